"""Random days at a till: sales paid with money, credit and a card, returns to each of them, drafts, replays, closings.

After every step the ledger, the orders and the accounts say the same.
"""

import random
from decimal import Decimal

from odoo.addons.loyalty_club.tests.books import BooksCase
from odoo.addons.loyalty_club.tools.gift_code import new_code
from odoo.tests import tagged

from .common_pay import ClubPayCommon

KINDS = ("credit", "gift", "cash")
LOADED, CARD, PRICE, STEPS = 150, 120, 10, 16


@tagged("post_install", "-at_install")
class TestPosWalk(BooksCase, ClubPayCommon):
    """A member with credit of 150 and a gift card of 120; bread costs 10, and each unit of money gives a point."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book, cls.gift_book = cls._book(), cls._book("gift")
        for method in cls.methods.values():
            method.receivable_account_id = cls.pos_receivable_bank

    def _begin(self, seed):
        self.rng, self.path, self.sent = random.Random(seed), [], []
        self.left = {"credit": Decimal(LOADED), "gift": Decimal(CARD)}
        self.points = Decimal(0)
        self.sales = {}
        card, code = {"product": self.sold["gift"], "quantity": 1, "price_unit": CARD}, new_code()
        sale = self._pay_order([card | {"price_subtotal": CARD, "price_subtotal_incl": CARD}], [self._cash(CARD)])
        self._send({**sale, "club_codes": {sale["lines"][0][2]["uuid"]: [code]}})
        self.code = code
        self._pay([(self.sold["credit"], 3)], {"cash": LOADED})
        gift = self.env["loyalty.club.gift"]._club_find(self.club, code)
        self.accounts = {"credit": self._account(self.member, self.credit), "gift": gift.account_id}

    def _resend(self, order):
        """The same order once more, as a till does that has not heard the answer."""
        self.env["pos.order"].with_user(self.cashier).sync_from_ui([order])

    def _send(self, *orders, **values):
        self.sent += [order for order in orders if order.get("state") != "draft"]
        return super()._send(*orders, **values)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _split(self, total, most):
        """``total`` in random parts of cents: {kind: amount}, of each kind no more than ``most`` has."""
        parts = {}
        for kind in self.rng.sample(KINDS[:2], 2):
            part = min(total, most[kind], Decimal(self.rng.randint(0, int(total * 100))) / 100)
            parts[kind] = part
            total -= part
        parts["cash"] = total
        return {kind: amount for kind, amount in parts.items() if amount}

    def _basket(self):
        """(the till's dict of an order, its parts); its payments are set aside."""
        pieces = self.rng.randint(1, 6)
        parts = self._split(Decimal(pieces * PRICE), self.left)
        payments = {
            kind: self._cash(float(part)) if kind == "cash" else self._payment(kind, float(part))
            for kind, part in parts.items()
        }
        data = self._pay_order([(self.bread, pieces)], list(payments.values()))
        for kind in set(parts) - {"cash"}:
            values = {"code": self.code} if kind == "gift" else {}
            answer = self._start(payments[kind], data, kind=kind, **values)
            self.assertEqual(answer["status"], "held", answer)
        return data, parts

    def _do_sell(self):
        data, parts = self._basket()
        order = self._send(data)
        self.sales[order] = {"paid": parts, "pieces": order.lines.qty}
        self._move(parts, -1)
        self.points += sum(parts.values())

    def _move(self, parts, sign):
        for kind in set(parts) - {"cash"}:
            self.left[kind] += sign * parts[kind]

    def _do_walk_away(self):
        """The customer leaves before he has paid: what was set aside is free again."""
        data, _parts = self._basket()
        for payment in data["payment_ids"]:
            self._till_call("club_pay_cancel", payment[2]["uuid"])

    def _do_cancel_a_draft(self):
        data, _parts = self._basket()
        self._send({**data, "state": "draft"}).action_pos_order_cancel()

    def _return(self, whole):
        open_sales = [order for order, sale in self.sales.items() if sale["pieces"]]
        if not open_sales:
            return
        order = self.rng.choice(open_sales)
        sale = self.sales[order]
        pieces = sale["pieces"] if whole else self.rng.randint(1, int(sale["pieces"]))
        total = Decimal(int(pieces) * PRICE)
        if pieces == sale["pieces"]:
            parts = {kind: part for kind, part in sale["paid"].items() if part}
        else:
            parts = self._part_of(sale["paid"], total)
        self._refund_to(order, {kind: float(part) for kind, part in parts.items()}, {order.lines: pieces})
        sale["pieces"] -= pieces
        sale["paid"] = {kind: part - parts.get(kind, 0) for kind, part in sale["paid"].items()}
        self._move(parts, 1)
        self.points -= total

    def _part_of(self, paid, total):
        """``total`` of what was paid, the kinds in a random order."""
        parts = {}
        for kind in self.rng.sample(sorted(paid), len(paid)):
            parts[kind] = min(total, paid[kind])
            total -= parts[kind]
        return {kind: part for kind, part in parts.items() if part}

    def _do_return_a_part(self):
        self._return(whole=False)

    def _do_return_the_rest(self):
        self._return(whole=True)

    def _do_send_again(self):
        self._resend(self.rng.choice(self.sent))

    def _do_book_again(self):
        orders = self.env["pos.order"].search([("session_id", "=", self.pos_session.id), ("state", "=", "paid")])
        for order in orders:
            order.action_pos_order_paid()

    def _do_close(self):
        session = self.pos_session
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        self.open_new_session()

    # -- what has to hold ----------------------------------------------------------------------------------------------

    def _check(self):
        told = " → ".join(self.path)
        for kind, account in self.accounts.items():
            account.invalidate_recordset()
            self.assertEqual(Decimal(str(account.balance)), self.left[kind], f"{kind}: {told}")
            self.assertEqual(account.held, 0, f"{kind} held: {told}")
        self.assertEqual(Decimal(str(self._points())), self.points, f"points: {told}")
        for order, sale in self.sales.items():
            self._check_order(order, sale, told)
        for book in self.book, self.gift_book:
            tie = book._club_tie()
            self.assertEqual(tie["difference"], 0, f"{book.kind}: {tie}: {told}")

    def _check_order(self, order, sale, told):
        """Its payments and those of its returns, less what is still paid, come to nothing; and so do its entries."""
        orders = order | order.lines.refund_orderline_ids.order_id
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "in", orders.ids)]
        )
        for kind, account in self.accounts.items():
            payments = orders.payment_ids.filtered(
                lambda payment, kind=kind: payment.payment_method_id.club_kind == kind
            )
            booked = entries.filtered(lambda entry, account=account: entry.account_id == account)
            kept = sale["paid"].get(kind, Decimal(0))
            self.assertAlmostEqual(sum(payments.mapped("amount")), float(kept), 2, f"payments: {told}")
            self.assertEqual(-sum(booked._club_signed_amounts().values(), Decimal(0)), kept, f"entries: {told}")

    def test_random_days_leave_ledger_orders_and_accounts_out_of_step(self):
        steps = {name.removeprefix("_do_"): name for name in dir(self) if name.startswith("_do_")}
        weighted = [*steps, "sell", "sell", "return_a_part"]
        taken, session = set(), self.pos_session
        for seed in range(4):
            savepoint = self.env.cr.savepoint()
            self._begin(seed)
            for _step in range(STEPS):
                self.path.append(self.rng.choice(weighted))
                getattr(self, steps[self.path[-1]])()
                self._check()
            self._do_close()
            self._check()
            self._check_ledger()
            taken |= set(self.path)
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
            self.pos_session = session
        self.assertEqual(taken, set(steps))
