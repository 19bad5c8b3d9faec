"""What tests of messages start from: a false gateway on loopback, its record, and the jobs that send."""

from odoo.addons.loyalty_club.tests.common import ClubCommon

from .fake import FakeKavenegar

PURPOSES = ("code", "service", "advertising")


def make_gateway(env, fake, code="kavenegar", name="Gateway", company=None, purposes=PURPOSES, **values):
    """A gateway with the credentials of ``fake``, and one line for each purpose."""
    return env["loyalty.club.gateway"].create(
        {
            "name": name,
            "type": code,
            "base_url": fake.url,
            "api_key": fake.key,
            "company_id": (company or env.company).id,
            "line_ids": [(0, 0, {"number": fake.senders[0], "purpose": purpose}) for purpose in purposes],
            **values,
        }
    )


class MessageCase(ClubCommon):
    """A club whose company has a gateway; members who agree to everything."""

    fake_class = FakeKavenegar
    driver = "kavenegar"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Message = cls.env["loyalty.club.message"]
        cls.club.write({"message_quiet_from": 0, "message_quiet_to": 0, "message_day_cap": 0, "message_part_cost": 100})

    def setUp(self):
        super().setUp()
        self.fake = self.enterContext(self.fake_class())
        self.gateway = make_gateway(self.env, self.fake, self.driver)
        self.club.company_id.club_gateway_id = self.gateway
        # what a shop expects is on with its gateway; these tests count what they queue themselves
        self.env["loyalty.club.automation"].search([("kind", "!=", "code")]).active = False

    @classmethod
    def person(cls, name="Sara", **values):
        """A member who agrees to news and offers by SMS."""
        member = cls._member(name=name, **values)
        for purpose in ("news", "offers"):
            cls.env["loyalty.club.consent"].create(
                {"member_id": member.id, "purpose": purpose, "channel": "sms", "given": True}
            )
        return member

    def people(self, count):
        return self.env["loyalty.club.member"].union(*(self.person(f"Member {number}") for number in range(count)))

    def queue(self, members, lane="service", text="Hello", key="test", **values):
        purpose = values.pop("purpose", {"campaign": "offers"}.get(lane, lane))
        return self.Message._club_queue(
            [
                {
                    "key": f"{key}:{member.id}",
                    "lane": lane,
                    "purpose": purpose,
                    "member_id": member.id,
                    "body": text,
                    **values,
                }
                for member in members
            ]
        )

    def send(self, *lanes):
        """Run the jobs of lanes once."""
        self.env.flush_all()
        for lane in lanes or ("code", "service", "campaign"):
            with self.enter_registry_test_mode():
                self.env.ref(f"loyalty_club_sms.ir_cron_message_{lane}").method_direct_trigger()
        self.env.invalidate_all()

    def states(self, messages):
        return messages.mapped("state")
