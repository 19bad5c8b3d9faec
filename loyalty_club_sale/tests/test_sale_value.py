"""Selling credit by sale order: it is there when it is paid, once, and goes with the credit note."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_value import ClubValueCommon


@tagged("post_install", "-at_install")
class TestSaleValue(ClubValueCommon):
    def _sold(self, quantity=1, price=100, **values):
        order = self._order([(self.top_up, quantity, price)], **values)
        order.action_confirm()
        return order

    def test_credit_is_there_before_it_is_paid(self):
        order = self._sold(2, 50)
        self.assertEqual(self._credit_balance(), 0)
        invoice = self._invoice(order)
        self.assertEqual(self._credit_balance(), 0)
        self._pay(invoice)
        self.assertEqual((self._credit_balance(), self._owed()), (100, 100))
        entry = self._entries(order)
        self.assertEqual((entry.kind, entry.documented), ("load", True))
        order._club_reconcile()
        self.assertEqual(self._entries(order), entry)

    def test_stored_value_earns_points_and_credit_when_it_is_sold(self):
        """Row 34."""
        self.credit.rule_ids = [
            Command.create({"club_grants": True, "reward_point_mode": "money", "reward_point_amount": 0.05})
        ]
        order = self._order([(self.goods, 1, 100), (self.top_up, 1, 200)])
        order.action_confirm()
        invoice = self._invoice(order)
        self._assert_totals(order, 10)
        self._assert_totals(order, 5, program=self.credit)
        granted = self._entries(order).filtered(lambda entry: entry.amount == 5)
        self.assertEqual((granted.kind, granted.documented), ("earn", False))
        self._pay(invoice)
        self.assertEqual((self._credit_balance(), self._owed()), (205, 200))
        self._credit(invoice)
        self.assertEqual((self._credit_balance(), self._owed(), self._balance()), (0, 0, 0))

    def test_credit_paid_in_two_invoices_is_loaded_with_the_first(self):
        order = self._sold(2, 50)
        first = self._invoice(order)
        first.button_draft()
        first.invoice_line_ids.quantity = 1
        first.action_post()
        second = self._invoice(order)
        self._pay(second)
        self.assertEqual(self._credit_balance(), 50)
        self._pay(first)
        self.assertEqual(self._credit_balance(), 100)

    def test_a_paid_top_up_whose_order_is_cancelled_is_lost(self):
        """Row 49: the invoice stands, so does what was paid for; its credit note takes it back."""
        order = self._sold()
        invoice = self._invoice(order)
        self._pay(invoice)
        order._action_cancel()
        self._commit()
        self.assertEqual((self._credit_balance(), self._owed()), (100, 100))
        self._credit(invoice)
        self.assertEqual((self._credit_balance(), self._owed()), (0, 0))

    def test_the_payment_of_a_top_up_bounces(self):
        """What was spent of it meanwhile is owed, and somebody is told."""
        order = self._sold()
        invoice = self._invoice(order)
        self._pay(invoice)
        self._register(self._billed(), 60)
        invoice.line_ids.remove_move_reconcile()
        self._commit()
        account = self._account(self.member, self.credit)
        self.assertEqual((account.balance, account.debt), (-60, 60))
        found = self.env["loyalty.club.exception"].search([("account_id", "=", account.id), ("kind", "=", "debt")])
        self.assertEqual(found.amount, 60)
        self._pay(invoice)
        self.assertEqual((account.balance, account.debt), (40, 0))

    def test_a_stranger_buys_credit(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self._order([(self.top_up, 1, 100)], partner=stranger)
        with self.assertRaisesRegex(UserError, "not a member"):
            order.action_confirm()

    def test_credit_is_sold_in_another_currency(self):
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "Other", "currency_id": other.id})
        with self.assertRaisesRegex(UserError, "pricelist"):
            self._sold(pricelist_id=pricelist.id)

    def test_credit_becomes_a_discount_line(self):
        """Credit pays; it is no reward, and quotations leave no rows behind."""
        self._give(70, program=self.credit)
        order = self._order()
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())
        self.assertFalse(order.coupon_point_ids | order.coupon_point_ids.browse())
        self.assertNotIn(self.credit, order.applied_coupon_ids.program_id)
        card = self._account(self.member, self.credit).card_id
        answer = order._apply_program_reward(self.credit.reward_ids, card)
        self.assertIn("error", answer)
        answer = order._try_apply_code(card.code)
        self.assertTrue(answer.get("not_found"))
        self.assertIn("invalid", answer["error"])
        order.action_confirm()
        self.assertEqual(order.amount_total, 400)
