"""Browser tours: a member spends more than the club lets go without a code."""

from odoo.tests import tagged

from .common_tour import TillTourCase


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestProofTour(TillTourCase):
    """Sara has 100 points and may spend 50 a day without a code; the dice always say 123456."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.write({"proof_points": True, "proof_limit_points": 50})

    def setUp(self):
        super().setUp()
        self.texts = self.fix_codes()

    def test_spending_much_needs_the_code_from_the_member_s_mobile(self):
        self.tour("club_proof_code")
        self.assertEqual((self.orders().club_points_spent, self.account.balance), (60, 44))
        self.assertEqual(len(self.texts), 1)

    def test_five_wrong_codes_end_it_and_nothing_is_spent(self):
        self.tour("club_proof_wrong_code")
        self.assertEqual(self.account.balance, 100)
        self.assertEqual(self.env["loyalty.club.proof"].search([("member_id", "=", self.sara.id)]).state, "failed")

    def test_a_pin_does_as_well(self):
        self.sara._club_set_pin("1397")
        self.tour("club_proof_pin")
        self.assertEqual(self.account.balance, 44)
