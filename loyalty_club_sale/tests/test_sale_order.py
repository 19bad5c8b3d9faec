"""Confirming, cancelling and editing: what goes wrong elsewhere when orders spend and earn points."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleOrder(ClubSaleCommon):
    def test_confirming_one_order_credits_the_points_of_other_open_orders(self):
        """Row 4."""
        orders = self.env["sale.order"].concat(*(self._order() for _number in range(3)))
        for order in orders:
            order._update_programs_and_rewards()
        orders[1].action_confirm()
        self.assertEqual(self._balance(), 40)
        self.assertEqual([self._totals(order)[0] for order in orders], [0, 40, 0])

    def test_bulk_confirming_two_quotes_with_the_same_points_spends_them_twice(self):
        """Row 11."""
        self._give(20)
        orders = self._order() | self._order()
        for order in orders:
            self._claim(order)
        names = ".*".join(orders.mapped("name"))
        with self.assertRaisesRegex(UserError, f"20 points to spend; {names} need 40"), self.env.cr.savepoint():
            orders.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        self.assertEqual(self._balance(), 20)
        orders[0].action_confirm()
        self._assert_totals(orders[0], 35, 20)

    def test_points_spent_meanwhile_are_refused_with_a_message_and_nothing_is_confirmed(self):
        account = self._give(20)
        order = self._order()
        self._claim(order)
        self._post(account, 15, "redeem")
        with self.assertRaisesRegex(UserError, "5 points to spend"), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual((order.state, self._balance()), ("draft", 5))

    def test_an_order_cannot_be_paid_with_the_points_that_it_earns_itself(self):
        order = self._order([(self.goods, 10, 100)])
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())
        order.action_confirm()
        self.assertEqual(self._balance(), 100)

    def test_cancelling_gives_the_points_back_to_the_very_lots(self):
        """Rows 8 and 49."""
        account = self._give(12)
        self._give(30)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        first, second, earned = account.lot_ids.sorted("id")
        self.assertEqual((first.remaining, second.remaining, earned.remaining), (0, 22, 35))
        order._action_cancel()
        self.assertEqual((first.remaining, second.remaining, earned.remaining), (12, 30, 0))
        self._assert_totals(order, 0, 0)
        self.assertEqual(self._balance(), 42)

    def test_confirming_again_after_a_cancel_grants_again(self):
        """Row 49."""
        order = self._order()
        for expected in (40, 0, 40, 0):
            if order.state == "draft":
                order.action_confirm()
            else:
                order._action_cancel()
            self.assertEqual(self._balance(), expected)
            if order.state == "cancel":
                order.action_draft()
        self.assertEqual(len(set(self._entries(order).mapped("key"))), 4)

    def test_points_earned_and_spent_since_become_a_debt_that_somebody_sees(self):
        """Row 7."""
        order = self._order()
        order.action_confirm()
        self._post(self._account(self.member), 30, "redeem")
        order._action_cancel()
        account = self._account(self.member)
        self.assertEqual((account.balance, account.debt), (-30, 30))
        exception = self.env["loyalty.club.exception"].search([("account_id", "=", account.id)])
        self.assertEqual((exception.kind, exception.amount, exception.member_id), ("debt", 30, self.member))
        self.assertEqual((exception.origin_model, exception.origin_id), ("sale.order", order.id))
        self._order().action_confirm()
        self.assertEqual((account.balance, account.debt), (10, 0), "the next order pays it")

    def test_history_shows_the_net_and_is_stale_after_an_edit(self):
        """Row 28: earned and spent are told apart, and they follow the order."""
        self._give(100)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        self.assertEqual((order.loyalty_data["issued"], order.loyalty_data["cost"]), (35, 20))
        order.order_line.filtered(lambda line: line.product_id == self.goods).product_uom_qty = 8
        self._commit()
        self.assertEqual((order.loyalty_data["issued"], order.loyalty_data["cost"]), (75, 20))
        self.assertFalse(self.env["loyalty.history"].search([("order_id", "=", order.id)]), "core keeps no second book")

    def test_many_edits_of_one_request_are_one_movement(self):
        order = self._order([(self.goods, 1, 100), (self._goods("More", 30), 1, 30)])
        order.action_confirm()
        for line, quantity in zip(order.order_line, (3, 5), strict=True):
            line.product_uom_qty = quantity + 1
            line.product_uom_qty = quantity
        order.write(
            {"order_line": [Command.create({"product_id": self.goods.id, "product_uom_qty": 1, "price_unit": 50})]}
        )
        self._commit()
        self.assertEqual(self._entries(order).mapped("amount"), [13, 37])

    def test_a_rule_changed_later_takes_nothing_of_what_was_sold_before(self):
        order = self._order()
        order.action_confirm()
        self.program.rule_ids.reward_point_amount = 0.05
        self.program.date_to = "2020-01-01"
        invoice = self._invoice(order)
        self._assert_totals(order, 40)
        self._credit(invoice, 1)
        self._assert_totals(order, 30)

    def test_an_archived_program_takes_its_points_back_at_the_next_edit(self):
        order = self._order()
        order.action_confirm()
        self.program.active = False
        self._commit()
        self._assert_totals(order, 40)
        order.order_line.product_uom_qty = 6
        self._assert_totals(order, 40)
        order.order_line.product_uom_qty = 3
        self._assert_totals(order, 30)

    def test_a_changed_customer_leaves_the_points_with_the_first_one(self):
        """The customer stays while something is booked for them."""
        order = self._order()
        order.action_confirm()
        other = self._member(name="Reza")
        with self.assertRaisesRegex(UserError, "customer stays"), self.env.cr.savepoint():
            order.partner_id = other.partner_id
        order._action_cancel()
        self._commit()
        order.action_draft()
        order.partner_id = other.partner_id
        order.action_confirm()
        self._commit()
        self.assertEqual((self._balance(), self._balance(other)), (0, 40))

    def test_an_order_from_before_the_club_moves_points_again(self):
        """What core booked before the program was taken over stays core's; a cancel undoes it once."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Old program",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [Command.create(self._fixed_discount())],
            }
        )
        old = self._order()
        old.action_confirm()
        club = self._make_club(name="Later", points_program_id=program.id, company_id=self.company.id)
        member = club.member_ids
        self.assertEqual(self._balance(member, program), 400)
        invoice = self._invoice(old)
        self._credit(invoice, 1)
        self.assertEqual(self._balance(member, program), 400)
        old._action_cancel()
        self.assertEqual(self._balance(member, program), 0)

    def test_the_queries_of_a_confirmed_order_grow_with_the_members(self):
        partners = [self._member(name=f"Member {number}").partner_id for number in range(22)]
        orders = self.env["sale.order"].concat(*(self._order(partner=partner) for partner in partners))
        for partner in partners[:11]:
            self._give(1, member=partner.club_member_ids)

        def queries(records):
            records._club_follow()
            records.write({"state": "sale"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records._club_reconcile()
            return self.env.cr.sql_log_count - before

        one, ten = queries(orders[:1]), queries(orders[1:11])
        first, ten_first = queries(orders[11]), queries(orders[12:])
        self.assertEqual(self._balance(partners[5].club_member_ids), 41)
        self.assertEqual(self._balance(partners[15].club_member_ids), 40)
        self.assertLessEqual(one, 42)
        self.assertLessEqual(ten, one, "one order more costs nothing")
        self.assertLessEqual(ten_first, first + 12, "nor do members without an account")
