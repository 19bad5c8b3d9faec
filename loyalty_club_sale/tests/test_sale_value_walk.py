"""Walks of orders that sell and are paid with stored value: ledger, order and accounts stay in step on every path."""

import random
from decimal import Decimal

from odoo.tests import tagged

from .common_value import ClubValueCommon

GOODS, TOP_UP, GIVEN = 100, 30, 60
SETTLED = ("paid", "in_payment", "reversed")


@tagged("post_install", "-at_install")
class TestSaleValueWalk(ClubValueCommon):
    """One order of goods for 100 and credit for 30, of a member who was given 60; a person can take each step."""

    def setUp(self):
        super().setUp()
        self.account = self._give(GIVEN, program=self.credit)
        self.books["credit"].action_club_post()
        self.order = self._order([(self.goods, 1, GOODS), (self.top_up, 1, TOP_UP)])

    @property
    def _bills(self):
        return self.order.invoice_ids.filtered(lambda move: move.state == "posted").sorted("id")

    @property
    def _notes(self):
        return self._bills.filtered(lambda move: move.move_type == "out_refund" and move.amount_residual)

    @property
    def _open(self):
        return self._bills.filtered(lambda move: move.move_type == "out_invoice" and move.amount_residual)

    def _ours(self, state=("in_process", "paid"), kind=("inbound", "outbound")):
        found = self.env["account.payment"].search([("journal_id", "=", self.journals["credit"].id)], order="id")
        return found.filtered(lambda payment: payment.state in state and payment.payment_type in kind)

    def _legal(self):
        """Names of the steps below that can be taken now."""
        to_bill = self.order.state == "sale" and self.order.invoice_status == "to invoice"
        possible = {
            "confirm": self.order.state == "draft",
            "redraft": self.order.state == "cancel",
            "cancel": self.order.state == "sale",
            "bill": to_bill,
            "pay_cash": self._open,
            "pay_credit": self._open and self.account.available >= 1,
            "credit": self._creditable,
            "refund_cash": self._notes,
            "refund_credit": self._notes,
            "reset": self._ours() and self._may_reset(),
            "repost": self._ours(("draft",)),
        }
        return [name for name, can in possible.items() if can]

    @property
    def _creditable(self):
        return self._bills.filtered(lambda move: move.move_type == "out_invoice" and not move.reversal_move_ids)

    def _may_reset(self):
        """The last payment; a refund only while what it returned is there."""
        last = self._ours()[-1]
        return last.payment_type == "inbound" or self.account.available >= last.amount

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _do_confirm(self):
        self.order.action_confirm()

    def _do_redraft(self):
        self.order.action_draft()

    def _do_cancel(self):
        self.order._action_cancel()

    def _do_bill(self):
        self.order._create_invoices(final=True).action_post()

    def _do_pay_cash(self):
        self._register_payment(self._open[0])

    def _do_pay_credit(self):
        move = self._open[0]
        goods = sum(line.price_total for line in move.invoice_line_ids if line.product_id == self.goods)
        self._register(move, min(move.amount_residual, self.account.available, goods))

    def _do_credit(self):
        self._credit(self._creditable[0])

    def _do_refund_cash(self):
        self._register_payment(self._notes[0])

    def _do_refund_credit(self):
        self._register(self._notes[0])

    def _do_reset(self):
        self._ours()[-1].action_draft()

    def _do_repost(self):
        payment = self._ours(("draft",))[0]
        if payment.payment_type == "inbound" and self.account.available < payment.amount:
            payment.amount = 0.01
        payment.action_post()

    # -- what has to hold ----------------------------------------------------------------------------------------------

    def _expected(self):
        """The balance by the documents alone."""
        paid = [move for move in self._bills if move.move_type == "out_invoice" and move.payment_state in SETTLED]
        credited = self._bills.filtered(lambda move: move.move_type == "out_refund").reversed_entry_id
        loaded = sum(TOP_UP for move in paid if move not in credited)
        spent = sum(self._ours(kind=("inbound",)).mapped("amount"))
        returned = sum(self._ours(kind=("outbound",)).mapped("amount"))
        return round(GIVEN + loaded - spent + returned, 2)

    def _check(self, path):
        self._commit()
        told = " → ".join(path)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.balance, self._expected(), f"balance: {told}")
        tie = self.books["credit"]._club_tie()
        self.assertEqual(tie["difference"], Decimal(0), f"books: {tie}: {told}")
        self.assertEqual(self.account.held, 0, f"held: {told}")

    def _walk(self, seed, steps):
        rng = random.Random(seed)
        path = []
        for _step in range(steps):
            name = rng.choice(self._legal())
            path.append(name)
            getattr(self, f"_do_{name}")()
            self._check(path)
        return path

    def test_random_walks_leave_ledger_and_accounts_out_of_step(self):
        """Row 49."""
        taken = set()
        for seed in range(6):
            savepoint = self.env.cr.savepoint()
            taken |= set(self._walk(seed, 14))
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
        self.assertLessEqual({"bill", "pay_cash", "pay_credit", "credit", "reset", "repost"}, taken)

    def test_an_order_paid_twice_over_and_undone_leaves_something(self):
        """Quotation, confirmed, billed, paid by credit and cash, refunded to both, cancelled, and all of it again."""
        for _round in range(2):
            for name in ("confirm", "bill", "pay_credit", "pay_cash", "credit"):
                getattr(self, f"_do_{name}")()
                self._check([name])
            self._register(self._notes[0], GIVEN)
            self._do_refund_cash()
            self._check(["refunds"])
            self.assertEqual(self.account.balance, GIVEN)
            self._do_cancel()
            self._do_redraft()
            self._check(["again"])
