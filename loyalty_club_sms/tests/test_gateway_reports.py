"""What gateways tell later: reports and incoming messages by asking, and callbacks that only prompt."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.tests import HttpCase, tagged

from .fake import FakeKavenegar
from .messages import MessageCase, make_gateway


@tagged("post_install", "-at_install")
class TestReports(MessageCase):
    """What gateways tell later, by asking them."""

    def poll(self, minutes=5):
        """Let some minutes pass, then run the job."""
        self.fake.wait(minutes * 60)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE loyalty_club_message SET called_at = called_at - %(by)s * interval '1 minute',
                      polled_at = polled_at - %(by)s * interval '1 minute'""",
            {"by": minutes},
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club_sms.ir_cron_gateway_poll").method_direct_trigger()
        self.env.invalidate_all()

    def asked(self):
        return len([call for call in self.fake.calls if "status" in call.path])

    def test_messages_are_delivered_failed_or_blocked_as_the_gateway_says(self):
        people = self.people(3)
        messages = self.queue(people)
        self.fake.unreachable, self.fake.blacklist = {people[1].mobile}, {people[2].mobile}
        self.send()
        self.assertEqual(self.states(messages), ["sent"] * 3)
        self.poll()
        told = {message.member_id: (message.state, message.reason) for message in messages}
        expected = [("delivered", False), ("failed", "not_delivered"), ("blocked", "blacklist")]
        self.assertEqual([told[member] for member in people], expected)
        asked = self.asked()
        self.poll(60)
        self.assertEqual(self.asked(), asked, "what is known is not asked again")

    def test_a_message_is_asked_for_more_and_more_seldom(self):
        self.fake.stage = lambda message: "sent"
        self.queue(self.person())
        self.send()
        asked = []
        for _minute in range(40):
            before = self.asked()
            self.poll(1)
            asked.append(self.asked() - before)
        self.assertLess(sum(asked), 10)
        self.assertGreater(sum(asked[:8]), sum(asked[-8:]))

    def test_a_gateway_that_does_not_answer_keeps_no_other_from_being_asked(self):
        other_fake = self.enterContext(FakeKavenegar())
        other_fake.now = self.fake.now
        message = self.queue(self.person())
        self.send()
        broken = make_gateway(self.env, other_fake, name="Broken", sequence=1)
        broken.api_key = "wrong"
        self.poll()
        self.assertEqual(message.state, "delivered")
        self.assertIn("does not accept the key", broken.trouble)
        self.assertNotIn("wrong", broken.trouble)
        self.assertFalse(self.gateway.trouble)

    def test_what_members_write_is_read_once(self):
        sara = self.person()
        self.fake.inbox = [{"number": sara.mobile, "body": "salam", "at": self.fake.now}]
        before = self.env["loyalty.club.incoming"].search_count([])
        for _again in range(2):
            self.poll()
        self.assertEqual(self.env["loyalty.club.incoming"].search_count([]), before + 1)

    def test_a_callback_only_prompts_and_not_too_often(self):
        self.assertTrue(self.gateway._club_prompted())
        self.assertFalse(self.gateway._club_prompted())
        self.assertLessEqual(self.gateway.callback_at, fields.Datetime.now())
        self.gateway.callback_at -= timedelta(minutes=1)
        self.assertTrue(self.gateway._club_prompted())


@tagged("post_install", "-at_install")
class TestCallback(ClubCase, HttpCase):
    def test_a_callback_with_the_secret_path_prompts_and_any_other_finds_nothing(self):
        club = self._make_club()
        with FakeKavenegar() as fake:
            gateway = make_gateway(self.env, fake, company=club.company_id)
            path = f"/loyalty_club_sms/callback/{gateway.callback_token}"
            self.assertEqual(self.url_open(path, data={"messageid": "1", "status": "10"}).status_code, 200)
            self.assertEqual(self.url_open(path).status_code, 200)
            gateway.invalidate_recordset()
            self.assertTrue(gateway.callback_at)
            for wrong in (path[:-1], f"{path}x", "/loyalty_club_sms/callback/False", "/loyalty_club_sms/callback/%25"):
                self.assertEqual(self.url_open(wrong).status_code, 404)
            old = gateway.callback_token
            gateway.action_new_callback()
            self.assertNotEqual(gateway.callback_token, old)
            self.assertEqual(self.url_open(path).status_code, 404)
            self.assertFalse(fake.calls, "nothing is asked in the vendor's request")

    def test_balance_is_exact(self):
        club = self._make_club()
        with FakeKavenegar() as fake:
            gateway = make_gateway(self.env, fake, company=club.company_id)
            self.assertIsInstance(gateway._club_driver().balance(), Decimal)
