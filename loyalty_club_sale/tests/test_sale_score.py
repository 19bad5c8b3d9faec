"""What orders are worth in points: base, minimums, taxes, rounding, stored value, currencies."""

from decimal import Decimal

from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleScore(ClubSaleCommon):
    def test_reward_paid_amounts_earn_and_reward_lines_count(self):
        """Row 33: the base is what the customer pays."""
        self._give(100)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        self._assert_totals(order, 35, 20)

    def test_orders_below_the_minimum_earn(self):
        """Row 33."""
        self.program.rule_ids.write({"minimum_amount": 300, "minimum_amount_tax_mode": "incl"})
        order = self._order([(self.goods, 2, 100)])
        order.action_confirm()
        self._assert_totals(order, 0)
        order.order_line.product_uom_qty = 3
        self._assert_totals(order, 30)

    def test_a_negative_line_blocks_the_next_reward(self):
        """Row 9: pieces that come back on an order take off their own, and the rest counts."""
        self.program.rule_ids.write({"reward_point_mode": "unit", "reward_point_amount": 1, "minimum_qty": 2})
        order = self._order([(self.goods, 5, 100), (self.goods, -2, 100)])
        order.action_confirm()
        self._assert_totals(order, 3)

    def test_cards_with_zero_points_are_made_for_quotations(self):
        """Row 40."""
        order = self._order()
        order._update_programs_and_rewards()
        self._commit()
        self.assertFalse(self.env["loyalty.card"].search([("partner_id", "=", self.partner.id)]))
        order.action_confirm()
        self.assertEqual(len(self.env["loyalty.card"].search([("partner_id", "=", self.partner.id)])), 1)

    def test_the_quotation_shows_other_points_than_will_be_booked(self):
        self._give(100)
        order = self._order([(self.goods, 3, 33.33)])
        self._claim(order)
        shown = order.coupon_point_ids.points
        order._update_programs_and_rewards()
        shown = order.coupon_point_ids.points
        expected = order.club_will_earn
        order.action_confirm()
        self.assertEqual((shown, expected), (4.0, "4 points"))
        self._assert_totals(order, 4, 20)

    def test_tax_rounding_makes_points_of_what_nobody_paid(self):
        tax = self.percent_tax(9.5, price_include_override="tax_excluded")
        order = self._order([(self._goods("Taxed", 33.33, taxes=tax), 3, 33.33)])
        self.program.rule_ids.reward_point_amount = 1
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 109.49)
        self._assert_totals(order, 109)

    def test_part_of_a_point_is_lost_with_every_rounding(self):
        """Two halves of an order earn together what the whole earns, rounded once."""
        self.program.rule_ids.reward_point_amount = 0.333
        order = self._order([(self.goods, 1, 10), (self.goods, 1, 11)])
        order.action_confirm()
        self._assert_totals(order, 6)

    def test_a_reward_by_the_point_costs_whole_points(self):
        self.program.reward_ids.write({"discount_mode": "per_point", "discount": 10, "required_points": 1})
        self._give(100)
        order = self._order([(self.goods, 1, 48)])
        self._claim(order)
        self.assertEqual(sum(order.order_line.mapped("points_cost")), 5)
        order.action_confirm()
        self._assert_totals(order, 0, 5)

    def test_another_currency_counts_as_if_it_were_the_programs(self):
        """Row 39."""
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "Other", "currency_id": other.id})
        order = self._order([(self.goods, 1, 100)], pricelist_id=pricelist.id)
        order.action_confirm()
        self._assert_totals(order, 5)

    def test_amounts_are_exact(self):
        order = self._order([(self.goods, 3, 0.1)])
        self.program.write({"club_digits": 2})
        order.action_confirm()
        self.assertEqual(self._totals(order)[0], Decimal("0.03"))
