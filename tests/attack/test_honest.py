"""Honest orders are never refused, whatever taxes, discounts, currencies and coins a shop has.

CLUB_ATTACK_HONEST says how many baskets each shop sells; `./club attack` sells more.
"""

import os

from honest import HonestTill

from odoo.addons.loyalty_club.tools.amount import to_amount

BASKETS = int(os.environ.get("CLUB_ATTACK_HONEST", "12"))


class Baskets:
    """Random baskets, their returns, and returns without a receipt."""

    allow_inherited_tests_method = True  # for Odoo, which runs no others

    def _sell_all(self):
        baskets = [self._random_lines() for _number in range(BASKETS)]
        orders = []
        for lines, figures in zip(baskets, self._figures([{"lines": lines} for lines in baskets]), strict=True):
            order = self._till_order(lines, figures, self.random.choice(self.partners))
            orders.append(self._send(self._change_for(order) if self.random.random() < 0.3 else order))
        self.assertEqual({order.state for order in orders}, {"paid"})
        refused = self.env["loyalty.club.exception"].search([("kind", "in", ["refused", "recomputed"])])
        self.assertFalse(refused.mapped("message"))
        return orders

    def _return_some(self, orders):
        """Returns from the list of orders: a till in its refund mode, whose lines have no sign."""
        chosen = orders[: max(2, BASKETS // 4)]
        plain = [
            [
                self._plain_line(
                    line.product_id,
                    -line.qty,
                    line.price_unit,
                    discount=line.discount,
                    tax_ids=line.tax_ids.ids,
                    refunded_orderline_id=line.id,
                )
                for line in order.lines
            ]
            for order in chosen
        ]
        found = self._figures([{"lines": lines, "is_refund": True} for lines in plain])
        for order, lines, figures in zip(chosen, plain, found, strict=True):
            credit = order.club_credit_earned
            refund = self._send(self._till_order(lines, figures, order.partner_id, is_refund=True))
            self.assertEqual(refund.state, "paid")
            self.assertEqual(to_amount(refund.club_credit_earned, 3), to_amount(-credit, 3))

    def test_every_honest_order_is_booked(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            with self.subTest(method=method):
                self._return_some(self._sell_all())

    def test_every_honest_order_in_coins_is_booked(self):
        coin = self.rounding * 5
        self.till.write(
            {
                "cash_rounding": True,
                "only_round_cash_method": self.random.choice((True, False)),
                "rounding_method": self.env["account.cash.rounding"].create(
                    {
                        "name": "Coins",
                        "rounding": coin,
                        "rounding_method": "HALF-UP",
                        "profit_account_id": self.company.default_cash_difference_income_account_id.id,
                        "loss_account_id": self.company.default_cash_difference_expense_account_id.id,
                    }
                ),
            }
        )
        self._sell_all()


class TestDollars(Baskets, HonestTill):
    pass


class TestRials(Baskets, HonestTill):
    rounding, decimals = 1.0, 0


class TestDinars(Baskets, HonestTill):
    rounding, decimals = 0.001, 3
