"""Browser tour: joining at the till with a code to the mobile, and a tick for offers."""

from unittest.mock import patch

from odoo.tests import tagged

from .common_tour import TillTourCase


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestJoinTour(TillTourCase):
    """The dice always say 123456."""

    def setUp(self):
        super().setUp()
        self.club.confirm_mobile = True
        self.noted = []
        self.fix_codes()
        registry = self.env.registry
        for patcher in (
            # an addon that sends messages asks and writes down
            patch.object(
                registry["loyalty.club"],
                "_club_consent_asks",
                lambda _self: [{"purpose": "offers", "text_id": 7, "text": "I want offers."}],
            ),
            patch.object(
                registry["loyalty.club.member"], "_club_note_consents", lambda _self, *noted: self.noted.append(noted)
            ),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)

    def test_a_customer_confirms_his_mobile_and_agrees_to_offers(self):
        self.tour("club_join_confirmed")
        mina = self.env["loyalty.club.member"].search([("mobile", "=", "+989351234569")])
        self.assertTrue(mina.mobile_confirmed)
        self.assertEqual([one["purpose"] for one in self.noted[0][0]], ["offers"])
