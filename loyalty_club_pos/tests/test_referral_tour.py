"""Browser tour: joining at the till with the name of who invited."""

from odoo.tests import tagged

from .common_tour import TillTourCase


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestReferralTour(TillTourCase):
    def test_a_customer_who_joins_says_who_invited_him(self):
        self.tour("club_join_invited")
        reza = self.env["loyalty.club.member"].search([("mobile", "=", "+989351234568")])
        self.assertEqual((reza.name, reza.referrer_id), ("Reza", self.sara))
