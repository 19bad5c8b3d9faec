"""E-mail of a campaign goes to the same people as its messages, and only to those who agreed to e-mail."""

from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.exceptions import AccessError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampaignMailing(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agrees, cls.silent, cls.without = (cls._member(name=name) for name in ("Sara", "Ali", "Mina"))
        (cls.agrees | cls.silent).mapped("partner_id").write({"email": "x@example.com"})
        (cls.agrees | cls.without)._club_give_consent("news", "email", "office", note="Form")
        cls.template = cls.env["loyalty.club.template"].create({"name": "T", "body": "Hello", "purpose": "news"})
        cls.campaign = cls.env["loyalty.club.campaign"].create(
            {"name": "News", "club_id": cls.club.id, "variant_ids": [(0, 0, {"template_id": cls.template.id})]}
        )

    def _mailing(self):
        return self.env["mailing.mailing"].browse(self.campaign.action_make_mailing()["res_id"])

    def test_only_who_agreed_to_email_and_has_an_address_gets_it(self):
        mailing = self._mailing()
        self.assertEqual(mailing._get_recipients(), self.agrees.partner_id.ids)
        self.assertEqual((self.campaign.mail_reach_count, self.campaign.mailing_count), (1, 1))

    def test_who_withdraws_before_the_sending_gets_nothing(self):
        mailing = self._mailing()
        self.agrees._club_withdraw_consent(["news"], ["email"], "office")
        self.assertEqual(mailing._get_recipients(), [])

    def test_a_narrower_audience_is_the_mailing_s_too(self):
        mailing = self._mailing()
        self.campaign.write({"audience_kind": "domain", "audience_domain": "[('number', '=', 'nobody')]"})
        self.assertEqual(mailing._get_recipients(), [])

    def test_an_officer_makes_no_mailing(self):
        officer = self._user("officer")
        with self.assertRaises(AccessError):
            self.campaign.with_user(officer).action_make_mailing()
