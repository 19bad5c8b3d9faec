"""A till where members pay with credit, gift cards and prepaid cards, and what a till sends for it."""

from contextlib import contextmanager
from uuid import uuid4

from odoo.exceptions import UserError

from .common import ClubPosCommon


class ClubPayCommon(ClubPosCommon):
    """A club with credit and cards, methods for all of them, and a product that sells each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.points_program_id.portal_point_name = "Points"
        cls.credit = cls.club._club_ensure_program("credit")
        cls.gifts = cls.club._club_ensure_program("gift")
        cls.prepaid = cls.club._club_ensure_program("prepaid")
        cls.sold = {}
        for kind, program in (("credit", cls.credit), ("gift", cls.gifts), ("prepaid", cls.prepaid)):
            product = cls.create_product(f"Sells {kind}", cls.categ_basic, 50)
            product.available_in_pos = True
            program.trigger_product_ids = product
            cls.env["loyalty.club.book"]._club_set_up(cls.club, kind, cls.company)
            cls.sold[kind] = product
        cls.club.action_club_make_payment_methods()
        cls.methods = {method.club_kind: method for method in cls.till.payment_method_ids.filtered("club_kind")}

    def _load_credit(self, amount, member=None, **values):
        """Credit that the member had before."""
        account = self._account(member or self.member, self.credit)
        self._post(account, amount, kind="load", **values)
        return account

    def _payment(self, kind, amount, **values):
        """A payment as the till sends it."""
        return [
            0,
            0,
            {
                "uuid": str(uuid4()),
                "amount": amount,
                "payment_method_id": self.methods[kind].id,
                "payment_status": "done",
                **values,
            },
        ]

    def _cash(self, amount):
        return [0, 0, {"uuid": str(uuid4()), "amount": amount, "payment_method_id": self.cash_pm1.id}]

    def _pay_order(self, lines, payments, **values):
        """The till's dict of an order that is paid with ``payments``."""
        data = self._order(lines, **values)
        paid = sum(payment[2]["amount"] for payment in payments)
        return {**data, "payment_ids": payments, "amount_paid": paid, "amount_return": 0}

    def _till_call(self, method, *args, user=None, **kwargs):
        return getattr(self.till.with_user(user or self.cashier), method)(*args, **kwargs)

    def _start(self, payment, order, kind="credit", member=None, **values):
        """What the payment dialog asks the server before it says that the payment is done."""
        if kind == "credit":
            values.setdefault("partner_id", (member or self.member).partner_id.id)
        values.setdefault("lines", self._ticket(order))
        return self._till_call(
            "club_pay_start", payment[2]["uuid"], order["uuid"], kind, payment[2]["amount"], **values
        )

    @staticmethod
    def _ticket(order):
        return [
            {"product_id": line[2]["product_id"], "amount": line[2]["price_subtotal_incl"]} for line in order["lines"]
        ]

    def _pay(self, lines, kind_amounts, member=None, **values):
        """Sell and pay as at a till: hold each payment, then send the order; {kind: amount} or cash."""
        payments = [
            self._cash(amount) if kind == "cash" else self._payment(kind, amount)
            for kind, amount in kind_amounts.items()
        ]
        order = self._pay_order(lines, payments, member=member, **values)
        for (kind, amount), payment in zip(kind_amounts.items(), payments, strict=True):
            if kind == "credit" and amount > 0:
                answer = self._start(payment, order, member=member)
                assert answer["status"] == "held", answer
        return self._send(order)

    def _refund_to(self, order, kind_amounts, quantities=None, **values):
        """Return goods, paid back as {kind: positive amount}."""
        payments = [
            self._cash(-amount) if kind == "cash" else self._payment(kind, -amount)
            for kind, amount in kind_amounts.items()
        ]
        total = sum(kind_amounts.values())
        return self._refund(
            order,
            quantities,
            payment_ids=payments,
            amount_total=-total,
            amount_paid=-total,
            amount_return=0,
            **values,
        )

    @contextmanager
    def _refused(self, text):
        """What is in here is refused with a message that says ``text``, and nothing of it is kept."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertIn(text, str(caught.exception))

    def _close(self):
        """Close the register; the journal items of its entries as {account name: balance}."""
        session = self.till.current_session_id
        total = sum(
            session.order_ids.payment_ids.filtered(lambda p: p.payment_method_id == self.cash_pm1).mapped("amount")
        )
        session.post_closing_cash_details(total)
        session.close_session_from_ui()
        lines = session._get_related_account_moves().line_ids
        balances = {}
        for line in lines:
            balances[line.account_id] = round(balances.get(line.account_id, 0) + line.balance, 2)
        return balances
