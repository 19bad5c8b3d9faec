"""The liar's till: whatever it says, nobody has more value than was paid for by rule.

CLUB_ATTACK_ORDERS says how many orders it sends; `./club attack` sends more. A failure names the seed and the lies.
"""

import logging
import os
from math import copysign
from random import Random

from honest import HonestTill
from liar import Liar
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import mute_logger

ORDERS = int(os.environ.get("CLUB_ATTACK_ORDERS", "60"))
SEED = int(os.environ.get("CLUB_ATTACK_SEED", "1"))
#: What a caller is told, and what PostgreSQL refuses, which Odoo tells them.
REFUSED = (UserError, AccessError, MissingError, IntegrityError)

_logger = logging.getLogger(__name__)


class TestLiar(HonestTill):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.env["res.partner"].create({"name": "No member"})

    def setUp(self):
        super().setUp()
        self.random = Random(SEED)
        self.liar = Liar(self, self.random)
        self._give(2_000)
        self._load_credit(500)
        self.accepted = self.refused = 0

    def _value(self):
        """{kind: all that members and bearers have}."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT kind, SUM(balance) FROM loyalty_club_account"
            " WHERE kind IN ('points', 'credit', 'gift', 'prepaid') GROUP BY 1"
        )
        return {"points": 0.0, "credit": 0.0, "gift": 0.0, "prepaid": 0.0, **dict(self.env.cr.fetchall())}

    def _spent_before(self, order):
        """What the orders whose goods come back have spent: {points or value: amount}; more never comes back."""
        origins = order.lines.refunded_orderline_id.order_id
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "in", origins.ids), ("kind", "=", "redeem")]
        )
        spent = {"points": 0.0, "value": 0.0}
        for entry in entries:
            spent["points" if entry.account_id.kind == "points" else "value"] -= entry.amount
        return spent

    def _worth(self, line):
        """What a line costs; a till in its refund mode writes the other sign."""
        return copysign(abs(line.price_subtotal_incl), line.qty * line.price_unit)

    def _judge(self, order, before, after, lies):
        """Value gained is at most what was paid for by rule."""
        unit = 0.011 * (1 + len(order.lines))
        lies = (
            *lies,
            [(line.product_id.name, line.qty, line.discount, line.price_subtotal_incl) for line in order.lines],
            [(payment.payment_method_id.name, payment.amount) for payment in order.payment_ids],
            {kind: after[kind] - before[kind] for kind in after},
        )
        back = self._spent_before(order)
        money = sum(
            payment.amount
            for payment in order.payment_ids
            if not payment.payment_method_id.club_kind and payment.payment_method_id != self.pay_later_pm
        )
        stored = self.sold["credit"] | self.sold["gift"] | self.sold["prepaid"]
        sold = order.lines.filtered(lambda line: line.product_id in stored and line.qty > 0)
        loaded = sum(min(line.price_subtotal, line.qty * line.price_unit * (1 - line.discount / 100)) for line in sold)
        gained = sum(after[kind] - before[kind] for kind in ("credit", "gift"))
        gained += (after["prepaid"] - before["prepaid"]) / max(1, self.club.prepaid_factor)
        self.assertLessEqual(gained, max(0, min(loaded, money)) + back["value"] + unit, lies)
        goods = order.lines - order.lines.filtered(lambda line: line.product_id in stored)
        bought = sum(self._worth(line) for line in goods if line.qty > 0 or not line.refunded_orderline_id)
        self.assertLessEqual(after["points"] - before["points"], max(0, bought) + back["points"] + unit, lies)
        claimed = -sum(
            self._worth(line)
            for line in goods
            if line.reward_id.program_id == self.program and line.qty > 0 and not order.club_offline
        )
        paid_points = max(0, bought) - (after["points"] - before["points"]) + back["points"]
        self.assertLessEqual(claimed * 10, paid_points + 10 * unit, lies)

    def _try(self, attempt):
        """Whether an attempt was accepted; what is refused leaves nothing behind."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.addons.point_of_sale.models.pos_order"):
                attempt()
                self.env.flush_all()
        except REFUSED:
            self.env.invalidate_all()
            self.env.cr.precommit.data.clear()
            return False
        return True

    def _lie_once(self, number, plain, figures):
        order = self._till_order(plain, figures, self.random.choice(self.partners))
        lies = self.liar.spoil(order)
        before = self._value()
        till = self.env["pos.order"].with_user(self.cashier).with_context(**self.liar.context())
        if not self._try(lambda: till.sync_from_ui([order])):
            self.refused += 1
            self.assertEqual(self._value(), before, (number, lies))
            return
        self.env.invalidate_all()
        saved = self.env["pos.order"].search([("uuid", "=", order["uuid"])])
        self.accepted += 1
        if saved in self.liar.paid or saved.state not in ("paid", "done"):
            self.assertEqual(self._value(), before, (number, lies))
            return
        self._judge(saved, before, self._value(), (number, lies))
        self.liar.paid.append(saved)

    def _call_around(self):
        order = self.random.choice(self.liar.paid).with_user(self.cashier).with_context(**self.liar.context())
        calls = self.random.sample(self.liar.calls(order), 3)
        before = self._value()
        for _name, call in calls:
            self._try(call)
            self.env.invalidate_all()
        self.assertEqual(self._value(), before, [name for name, _call in calls])

    def test_a_till_that_lies_in_every_field_gains_nothing(self):
        baskets = [self._random_lines() for _number in range(ORDERS)]
        for number, (plain, figures) in enumerate(
            zip(baskets, self._figures([{"lines": lines} for lines in baskets]), strict=True)
        ):
            self._lie_once(number, plain, figures)
            if self.liar.paid and number % 5 == 0:
                self._call_around()
            if number % 50 == 49:
                self._check_ledger()
        _logger.info("%s orders of the liar were accepted, %s refused", self.accepted, self.refused)
        self.assertGreater(self.accepted, ORDERS // 20, "a liar whose every order is refused proves little")
        self.assertGreater(self.refused, ORDERS // 20)
