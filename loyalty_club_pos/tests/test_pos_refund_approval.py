"""Four eyes: what a return gives back to credit above the limit needs a second person."""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosRefundApproval(ClubPosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.refund_limit = 50
        cls.credit = cls._account(cls.member, cls.club._club_ensure_program("credit"))
        cls._post(cls.credit, 500, kind="load")
        cls.manager = new_test_user(
            cls.env,
            "refund_manager",
            groups="base.group_user,point_of_sale.group_pos_user,loyalty_club.group_club_manager",
        )

    def setUp(self):
        super().setUp()
        self.sale = self._sell([(self.tea, 4)])
        self.spent = self.credit._club_authorise(Decimal(100), key=f"test:{self.sale.uuid}")._club_capture(
            origin=("pos.order", self.sale.id)
        )

    def give_back(self, amount, user=None, **values):
        """A return of one tea whose ``amount`` goes back to credit, and the check at its end."""
        refund = self._refund(self.sale, {self.sale.lines: 1}, **values)
        self.spent._club_reverse(f"test:back:{refund.uuid}", Decimal(amount), origin=("pos.order", refund.id))
        refund.with_user(user or self.cashier)._club_check_refund()
        return refund

    def test_a_small_refund_needs_nobody_and_many_small_ones_do(self):
        self.give_back(30)
        with self.assertRaises(UserError) as refused:
            self.give_back(30)
        self.assertIn("Another person", str(refused.exception))

    def test_a_manager_allows_it_on_the_sale_under_his_name(self):
        with self.assertRaises(AccessError):
            self.sale.with_user(self.cashier).action_club_allow_refund()
        self.sale.with_user(self.manager).action_club_allow_refund()
        self.assertEqual(self.sale.club_refund_allowed_by_id, self.manager)
        self.assertTrue(self.give_back(60))

    def test_nobody_is_his_own_second_person(self):
        self.sale.with_user(self.manager).action_club_allow_refund()
        with self.assertRaises(UserError):
            self.give_back(60, user=self.manager)

    def test_without_a_limit_nobody_is_asked_and_without_network_it_is_noted(self):
        self.give_back(60, club_offline=True)
        self.assertEqual(self.env["loyalty.club.exception"].search([("kind", "=", "refund")]).amount, 60)
        self.club.refund_limit = 0
        self.assertTrue(self.give_back(40))
