"""A salesman and a clerk who lie in every field of orders, lines and invoices, in any order of calls; and honest ones.

Whatever is accepted, nobody gains more than what was paid for by rule: points for what the order is worth, a reward on
an order or an invoice is paid for, and credit is money that came in. ``CLUB_LIAR_ORDERS`` says how many stories are
told.
"""

import os
import random
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.addons.loyalty_club_sale.tests.common_value import ClubValueCommon
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

STORIES = int(os.environ.get("CLUB_LIAR_ORDERS", "30"))
STEPS, GIVEN, COST = 9, 100, 20
REFUSALS = (UserError, ValueError, IntegrityError)
NUMBERS = (-1000, -390, -50, -1, 0, 0.5, 1, 2, 100, 1000)
LINE_FIELDS = (
    "price_unit",
    "product_uom_qty",
    "discount",
    "price_total",
    "price_subtotal",
    "points_cost",
    "qty_delivered",
    "qty_invoiced",
    "technical_price_unit",
)
LINE_FLAGS = ("is_downpayment", "club_discount", "is_delivery")


@tagged("post_install", "-at_install")
class TestSaleLiar(ClubValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.sale_earn_state = "confirmed"
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        groups = "sales_team.group_sale_salesman_all_leads"
        cls.salesman = new_test_user(cls.env, "liar", groups=groups, **company)
        cls.clerk = new_test_user(cls.env, "liar_clerk", groups=f"{groups},account.group_account_invoice", **company)
        cls.other = cls._member(name="Reza")

    # -- what a liar does ----------------------------------------------------------------------------------------------

    def _lie_vals(self, rng, line):
        """Random values of a line, of those that a client may think of."""
        reward = self.program.reward_ids
        fields = line._fields
        choices = [{name: rng.choice(NUMBERS)} for name in LINE_FIELDS if name in fields]
        choices += [{name: rng.choice((True, False))} for name in LINE_FLAGS if name in fields]
        choices += [
            {"coupon_id": rng.choice((False, self.card.id))},
            {"reward_id": rng.choice((False, reward.id))},
            {"reward_identifier_code": rng.choice((False, "1", self.code))},
            {"product_id": rng.choice((self.goods, self.top_up)).id},
            {"invoice_lines": [rng.choice((Command.clear(), Command.link(self.paid_item.id)))]},
            {"order_id": self.spare.id},
        ]
        return {name: value for vals in rng.sample(choices, rng.randint(1, 3)) for name, value in vals.items()}

    def _lie_line(self, rng):
        line = rng.choice(self.order.order_line or [self.order.order_line])
        vals = self._lie_vals(rng, line)
        context = rng.choice(({}, {"loyalty_club_discount": True}, {"loyalty_club_before_discount": True}))
        line = line.with_user(self.salesman).with_context(**context)
        order = line.order_id or self.order.with_user(self.salesman)
        way = rng.choice(("write", "command", "create", "defaults", "copy"))
        if way == "write":
            line.write(vals)
        elif way == "command" and line:
            order.write({"order_line": [Command.update(line.id, vals)]})
        elif way == "create":
            order.write({"order_line": [Command.create({"product_id": self.goods.id, "name": "Lie", **vals})]})
        elif way == "defaults":
            hidden = {f"default_{name}": value for name, value in vals.items()}
            line.with_context(**hidden).create({"order_id": self.order.id, "product_id": self.goods.id, "name": "Lie"})
        elif line:
            line.copy({"order_id": self.order.id, **vals})

    def _lie_order(self, rng):
        vals = rng.choice(
            (
                {"state": rng.choice(("draft", "sent", "sale", "cancel"))},
                {"partner_id": self.other.partner_id.id},
                {"amount_total": 1000000},
                {"date_order": "2020-01-01 10:00:00"},
                {"applied_coupon_ids": [Command.link(self.card.id)]},
            )
        )
        self.order.with_user(self.salesman).write(vals)

    def _lie_bill(self, rng):
        moves = self.order.invoice_ids.with_user(self.clerk)
        if not moves:
            return
        move = rng.choice(moves)
        item = rng.choice(move.invoice_line_ids or [move.invoice_line_ids])
        self.lines = (self.order.order_line | self.spare.order_line).ids
        loose = {"name": "Off", "quantity": 1, "price_unit": rng.choice(NUMBERS), "tax_ids": False}
        rng.choice(
            (
                lambda: move.write({"payment_state": rng.choice(("paid", "invoicing_legacy", "reversed"))}),
                lambda: move.write({"invoice_line_ids": [Command.create(loose)]}),
                lambda: item.write({"price_unit": rng.choice(NUMBERS)}),
                lambda: item.write({"price_total": 100000}),
                lambda: item.write({"sale_line_ids": [Command.set(rng.sample(self.lines, 1))]}),
                lambda: move.button_draft(),
                lambda: move.write({"partner_id": self.other.partner_id.id}),
            )
        )()

    # -- what anybody does ---------------------------------------------------------------------------------------------

    def _do_confirm(self, _rng):
        self.order.with_user(self.salesman).action_confirm()

    def _do_cancel(self, _rng):
        self.order.with_user(self.salesman)._action_cancel()

    def _do_draft(self, _rng):
        self.order.with_user(self.salesman).action_draft()

    def _do_claim(self, _rng):
        order = self.order.with_user(self.salesman)
        order._update_programs_and_rewards()
        for card, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[:1], card)

    def _do_bill(self, _rng):
        self.order._create_invoices(final=True)

    def _do_post(self, _rng):
        self.order.invoice_ids.filtered(lambda move: move.state == "draft")[:1].with_user(self.clerk).action_post()

    def _do_pay(self, _rng):
        moves = self.order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice" and move.amount_residual > 0
        )
        if moves:
            self._register_payment(moves[:1])

    def _do_write_off(self, _rng):
        moves = self.order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice" and move.amount_residual > 1
        )
        if moves:
            account = self.company_data["default_account_expense"].id
            off = {"payment_difference_handling": "reconcile", "writeoff_account_id": account}
            self._register_payment(moves[:1], amount=1, **off)

    def _do_credit(self, _rng):
        moves = self.order.invoice_ids.filtered(lambda move: (move.state, move.move_type) == ("posted", "out_invoice"))
        if moves:
            self._reverse_invoice(moves[:1])

    # -- what holds ----------------------------------------------------------------------------------------------------

    def _money(self):
        """What came in for this order's invoices and did not go out again, in cash (Decimal)."""
        payments = self.env["account.payment"].search([("partner_id", "in", self.partners.ids), ("id", ">", self.last)])
        cash = payments.filtered(lambda payment: not payment.club_kind and payment.state in ("in_process", "paid"))
        signs = {"inbound": 1, "outbound": -1}
        return sum((signs[payment.payment_type] * Decimal(str(payment.amount)) for payment in cash), Decimal(0))

    def _worth(self):
        """What the order is worth in money, by its prices alone, without what sells credit."""
        if self.order.state != "sale":
            return 0
        return sum(
            line.product_uom_qty * line.price_unit * (1 - line.discount / 100)
            for line in self.order.order_line
            if line.product_id != self.top_up or line.product_uom_qty * line.price_unit < 0
        )

    def _given(self):
        """Whether a reward is on the confirmed order or on a posted invoice that nobody credited."""
        claimed = self.order.order_line.filtered(lambda line: line.reward_id and line.price_total < 0)
        if self.order.state == "sale" and claimed:
            bills = claimed._club_bills()
            return claimed._club_returned_share(bills) < 1
        product = self.program.reward_ids.discount_line_product_id
        items = self.order.invoice_ids.invoice_line_ids.filtered(
            lambda item: item.product_id == product and item.parent_state == "posted" and item.price_total < 0
        )
        signs = {"out_invoice": 1, "out_refund": -1}
        return sum(item.price_total * signs[item.move_id.move_type] for item in items) < 0

    def _assert_nothing_for_nothing(self, told):
        rows = self.order._club_booked().get(self.order.id, [])
        of_points = [row for row in rows if row.program_id == self.program.id]
        earned = sum((row.amount for row in of_points if row.side == "earned"), Decimal(0))
        spent = -sum((row.amount for row in of_points if row.side == "spent"), Decimal(0))
        self.assertLessEqual(earned * 10, max(0, self._worth()) + 1e-6, f"points for nothing: {told}")
        self.assertGreaterEqual(spent, COST if self._given() else 0, f"a reward for nothing: {told}")
        points = self._balance() + self._balance(self.other) - self.before
        self.assertLessEqual(points, earned - spent, f"points from elsewhere: {told}")
        credit = self._credit_balance() + self._credit_balance(self.other)
        self.assertLessEqual(credit, max(Decimal(0), self._money()), f"credit for nothing: {told}")

    # -- stories -------------------------------------------------------------------------------------------------------

    def setUp(self):
        super().setUp()
        account = self._give(GIVEN)
        self.card = account.card_id
        self.partners = self.partner | self.other.partner_id
        paid = self._billed([(self.goods, 1, 500)], partner=self.other.partner_id)
        self._pay(paid)
        self.paid_item = paid.invoice_line_ids
        self.last = max(self.env["account.payment"].search([]).ids, default=0)
        self.before = self._balance() + self._balance(self.other)

    def _begin(self, rng):
        lines = [(self.goods, rng.randint(1, 4), 100)]
        if rng.random() < 0.4:
            lines.append((self.top_up, 1, rng.choice((50, 1000))))
        self.order, self.spare = self._order(lines), self._order([(self.goods, 1, 1)])
        if rng.random() < 0.6:
            self._do_claim(rng)
        self.code = self.order.order_line.filtered("reward_id").reward_identifier_code or "2"

    def _tell(self, seed):
        rng = random.Random(seed)
        honest = [getattr(self, name) for name in dir(self) if name.startswith("_do_")]
        lies = [self._lie_line, self._lie_line, self._lie_order, self._lie_bill]
        self._begin(rng)
        told, accepted = [], 0
        for _step in range(STEPS):
            step = rng.choice(lies if rng.random() < 0.45 else honest)
            try:
                with self.env.cr.savepoint():
                    step(rng)
                    self._commit()
                told.append(step.__name__)
                accepted += 1
            except REFUSALS as refusal:
                told.append(f"{step.__name__} refused: {str(refusal)[:60]}")
            self.env.invalidate_all()
            self._assert_nothing_for_nothing(f"seed {seed}: {told}")
        return accepted

    def test_a_lie_is_worth_something(self):
        accepted = 0
        for seed in range(STORIES):
            savepoint = self.env.cr.savepoint()
            accepted += self._tell(seed)
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
        self.assertGreater(accepted, STORIES * STEPS / 3, "the liar gets somewhere")

    def test_an_honest_order_is_refused(self):
        """Bought, claimed, billed, paid and credited as people do; each ends with exactly what it is worth."""
        for seed in range(max(10, STORIES // 3)):
            rng = random.Random(seed)
            savepoint = self.env.cr.savepoint()
            self._begin(rng)
            order, salesman = self.order, self.order.with_user(self.salesman)
            salesman.action_confirm()
            if rng.random() < 0.5:
                salesman.write({"order_line": [Command.update(order.order_line[0].id, {"product_uom_qty": 5})]})
            worth = int(self._worth() // 10)
            claimed = bool(order.order_line.filtered("reward_id"))
            invoice = self._invoice(order, final=True)
            self._pay(invoice)
            self._assert_totals(order, worth, COST if claimed else 0)
            sold = sum(line.price_total for line in order.order_line if line.product_id == self.top_up)
            self.assertEqual(self._credit_balance(), Decimal(str(sold)))
            self._pay(self._credit(invoice))
            self._assert_totals(order, 0, 0)
            self.assertEqual(self._credit_balance(), 0)
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
