"""Credit at the till when goods come back, and when there is no network."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_pay import ClubPayCommon


@tagged("post_install", "-at_install")
class TestPosCreditBack(ClubPayCommon):
    def setUp(self):
        super().setUp()
        self.account = self._load_credit(100)

    def test_a_refund_goes_back_to_the_lots_it_was_paid_from(self):
        """Row 8 and 15."""
        order = self._pay([(self.bread, 10)], {"credit": 60, "cash": 40})
        lots = self.account.lot_ids.mapped(lambda lot: (lot.id, lot.remaining))
        refund = self._refund_to(order, {"credit": 60, "cash": 40})
        self.assertEqual(self.account.balance, 100)
        self.assertEqual(len(self.account.lot_ids), len(lots))
        self.assertEqual(refund.club_credit_spent, -60)
        entry = self._entries(refund).filtered(lambda entry: entry.account_id == self.account)
        self.assertEqual((entry.kind, entry.documented, entry.reversal_of_id.kind), ("reverse", True, "redeem"))

    def test_a_refund_in_parts_never_gives_back_more_than_was_paid(self):
        order = self._pay([(self.bread, 10)], {"credit": 60, "cash": 40})
        line = order.lines
        self._refund_to(order, {"credit": 50}, {line: 5})
        self.assertEqual(self.account.balance, 90)
        with self._refused("more than what was paid"):
            self._refund_to(order, {"credit": 50}, {line: 5})
        self._refund_to(order, {"credit": 10, "cash": 40}, {line: 5})
        self.assertEqual(self.account.balance, 100)

    def test_a_refund_beyond_what_was_paid_needs_the_clubs_consent(self):
        order = self._pay([(self.bread, 5)], {"cash": 50})
        with self.assertRaises(UserError):
            self._refund_to(order, {"credit": 50})
        self.club.refund_to_credit = True
        refund = self._refund_to(order, {"credit": 50})
        self.assertEqual(self.account.balance, 150)
        entry = self._entries(refund).filtered(lambda entry: entry.account_id == self.account)
        self.assertEqual((entry.kind, entry.documented), ("load", True))
        refund.sudo()._club_book()
        self.assertEqual(self.account.balance, 150)

    def test_a_top_up_is_refunded_only_while_it_is_unspent(self):
        order = self._pay([(self.sold["credit"], 2)], {"cash": 100})
        self.assertEqual(self.account.balance, 200)
        line = order.lines
        self._refund(order, {line: 1})
        self.assertEqual(self.account.balance, 150)
        self._pay([(self.bread, 12)], {"credit": 120})
        with self._refused("spent"):
            self._refund(order, {line: 1})
        self.assertEqual(self.account.balance, 30)

    def test_credit_is_sold_to_members_only(self):
        with self._refused("member"):
            self._send(self._order([(self.sold["credit"], 1)], partner=self.env["res.partner"]))

    def test_credit_paid_without_network_is_taken_and_what_is_not_there_is_a_debt(self):
        """Row 43."""
        self.club.sudo().offline_credit = 200
        payment = self._payment("credit", 120)
        order = self._send(self._pay_order([(self.bread, 12)], [payment], club_offline=True))
        self.assertEqual((order.state, self.account.balance, self.account.debt), ("paid", -20, 20))
        note = self.env["loyalty.club.exception"].search([("origin_id", "=", order.id)])
        self.assertEqual((note.kind, note.amount), ("debt", 20))

    def test_credit_beyond_the_offline_budget_is_taken_and_noted(self):
        payment = self._payment("credit", 50)
        order = self._send(self._pay_order([(self.bread, 5)], [payment], club_offline=True))
        self.assertEqual(self.account.balance, 50)
        note = self.env["loyalty.club.exception"].search([("origin_id", "=", order.id)])
        self.assertEqual(note.kind, "mismatch")

    def test_a_card_that_nobody_checked_is_noted_and_the_sale_stands(self):
        payment = self._payment("gift", 50)
        order = self._send(self._pay_order([(self.bread, 5)], [payment], club_offline=True))
        self.assertEqual(order.state, "paid")
        note = self.env["loyalty.club.exception"].search([("origin_id", "=", order.id)])
        self.assertEqual((note.kind, note.amount), ("refused", 50))
