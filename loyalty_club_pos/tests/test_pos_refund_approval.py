"""Four eyes: what a return gives back to credit above the limit needs a second person."""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ClubPosCommon
from .common_pay import ClubPayCommon


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
        self.club.sudo().refund_limit = 0
        self.assertTrue(self.give_back(40))


@tagged("post_install", "-at_install")
class TestPosRefundApprovalAtTheTill(ClubPayCommon):
    """The whole way: paid with credit, returned at the till."""

    def setUp(self):
        super().setUp()
        self._load_credit(100)
        self.account = self._account(self.member, self.club.credit_program_id)

    def test_a_large_return_to_credit_waits_for_the_manager_and_books_nothing_before(self):
        self.club.refund_limit = 50
        order = self._pay([(self.bread, 10)], {"credit": 60, "cash": 40})
        before = self.account.balance
        with self._refused("Another person"):
            self._refund_to(order, {"credit": 60, "cash": 40})
        self.assertEqual(self.account.balance, before)
        manager = new_test_user(
            self.env,
            "refund_boss",
            groups="base.group_user,loyalty_club.group_club_manager,point_of_sale.group_pos_user",
        )
        order.with_user(manager).action_club_allow_refund()
        self._refund_to(order, {"credit": 60, "cash": 40})
        self.assertEqual(self.account.balance, before + 60)

    def test_credit_above_the_club_s_limit_is_not_spent_without_proof(self):
        """Row 32 for credit: the till is told to ask for it."""
        self.club.write({"proof_credit": True, "proof_limit_credit": 20})
        self.registry_enter_test_mode()
        order = self._pay([(self.bread, 2)], {"credit": 20})
        self.assertTrue(order)
        with self.assertRaises(AssertionError) as unpaid:  # the helper wants the payment to be held
            self._pay([(self.bread, 3)], {"credit": 30})
        self.assertIn("proof_needed", str(unpaid.exception))
        self.assertEqual(self.account.balance, 80)
