"""What tests of automations start from: a club that writes in English and Persian, and one automation at a time."""

from odoo.addons.loyalty_club.tests.common import ClubCommon


class AutomationCase(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fa_IR")
        cls.Automation = cls.env["loyalty.club.automation"].with_context(active_test=False)
        rial = cls.env.ref("base.IRR")
        rial.active = True
        cls.env.company.country_id = cls.env.ref("base.ir")
        cls.env.company.partner_id.tz = "Asia/Tehran"
        cls.club = cls._make_club(name="Bazaar", currency_id=rial.id)
        cls.club.with_context(lang="fa_IR").name = "بازار"
        cls.program = cls.club.points_program_id
        cls.credit = cls.club._club_ensure_program("credit")
        cls.branch = cls.env["loyalty.club.branch"].create({"club_id": cls.club.id, "name": "North", "code": "N"})
        cls.Automation.search([]).active = False

    @classmethod
    def automation(cls, code, club=None, **values):
        """The club's automation for a trigger, as the club got it with its making; switched on."""
        club = club or cls.club
        automation = cls.Automation.search([("club_id", "=", club.id), ("trigger_id.code", "=", code)], limit=1)
        automation.write({"active": True, **values})
        return automation

    @classmethod
    def person(cls, lang="en_US", name="Sara", born=None, **values):
        member = cls._member(name=name, **values)
        member.partner_id.write({"lang": lang, "club_birth_date": born})
        return member

    def messages(self, automation=None):
        self.env["loyalty.club.message"].invalidate_model()
        domain = (
            [("automation_id", "=", automation.id)] if automation else [("automation_id.club_id", "=", self.club.id)]
        )
        return self.env["loyalty.club.message"].search(domain, order="id")

    def text(self, message):
        """What the member will read."""
        texts = message.template_id._club_render(message.member_id.ids, {message.member_id.id: message.values})
        return texts[message.member_id.id][0]

    def happened(self, code, member, cause="1", **row):
        self.env["loyalty.club.messenger"]._club_happened(
            code, [{"member_id": member.id, "cause": f"test:{cause}", **row}]
        )

    def job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club_sms.ir_cron_automation").method_direct_trigger()
        self.env.invalidate_all()
