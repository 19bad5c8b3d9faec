"""Who sees messages: companies their own, auditors all that is no secret, and nobody but the system credentials."""

from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.tests import tagged

#: The same for every club: what a member can be written to about, and days of the calendar.
COMMON = {
    "loyalty.club.trigger",
    "loyalty.club.placeholder",
    "loyalty.club.occasion",
    "loyalty.club.occasion.date",
}
#: Seen by nobody but the system.
SECRET = {"loyalty.club.bot.token"}


@tagged("post_install", "-at_install")
class TestMessageRoles(ClubCommon):
    def _models(self):
        names = {
            name
            for name, model in self.env.items()
            if name.startswith("loyalty.club")
            and model._original_module == "loyalty_club_sms"
            and not model._transient
            and not model._abstract
        }
        self.assertGreater(len(names), 14)
        return names

    def test_every_model_of_messages_has_a_company_rule(self):
        rules = self.env["ir.rule"].sudo().search([("groups", "=", False)])
        ruled = set(rules.model_id.mapped("model"))
        self.assertEqual(self._models() - COMMON - SECRET - ruled, set())

    def test_an_auditor_reads_messages_and_changes_nothing(self):
        auditor = self._user("auditor")
        for name in sorted(self._models() - SECRET):
            model = self.env[name].with_user(auditor)
            self.assertTrue(model.has_access("read"), name)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(model.has_access(operation), (name, operation))

    def test_nobody_in_the_shop_reads_tokens(self):
        for role in ("cashier", "officer", "manager", "accountant", "auditor"):
            for name in SECRET:
                self.assertFalse(self.env[name].with_user(self._user(role)).has_access("read"), (role, name))
