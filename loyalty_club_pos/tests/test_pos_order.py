"""What orders do to points, whatever way they reach the server."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosEarning(ClubPosCommon):
    def test_a_paid_order_earns_once_and_shows_it_on_the_receipt(self):
        order = self._sell([(self.bread, 2), (self.tea, 1)])
        self.assertEqual(self._points(), 45)
        entry = self._entries(order)
        self.assertEqual((entry.kind, entry.branch_id, entry.member_id), ("earn", self.branch, self.member))
        self.assertEqual(
            (order.club_points_earned, order.club_points_spent, order.club_points_balance, order.club_member_number),
            (45, 0, 45, self.member.number),
        )

    def test_the_same_order_sent_twice_earns_once(self):
        """Row 2: a retry after a lost answer booked points twice."""
        data = self._order([(self.bread, 3)])
        self._send(data)
        self._send(dict(data))
        self.assertEqual(self._points(), 30)

    def test_paying_again_by_another_path_books_nothing_more(self):
        order = self._sell([(self.bread, 3)])
        order.action_pos_order_paid()
        self.assertEqual(self._points(), 30)

    def test_the_browsers_figure_counts_for_nothing(self):
        """The browser said +1,000,000 points and Odoo booked them."""
        order = self._sell([(self.bread, 3)])
        card = self._account(self.member).card_id
        vals = {
            "points": 1000000,
            "program_id": self.program.id,
            "partner_id": self.member.partner_id.id,
            "coupon_id": card.id,
        }
        answer = order.with_user(self.cashier).confirm_coupon_programs({str(card.id): vals, "-1": dict(vals)})
        self.assertEqual(self._points(), 30)
        self.assertEqual({update["points"] for update in answer["coupon_updates"]}, {30})

    def test_a_cashier_cannot_write_points_or_history(self):
        self._give(10)
        card = self._account(self.member).card_id.with_user(self.cashier)
        with self.assertRaises(AccessError):
            card.points = 1000
        with self.assertRaises(AccessError):
            card.write({"points": 1000})
        self.assertEqual(self._points(), 10)

    def test_open_drafts_earn_nothing_when_another_order_is_paid(self):
        """Row 4: paying one order credited the points of other open ones."""
        for _number in range(3):
            draft = self._order([(self.bread, 1)], state="draft")
            draft.update(payment_ids=[], amount_paid=0)
            self._send(draft)
        self.assertEqual(self._points(), 0)
        self._sell([(self.bread, 1)])
        self.assertEqual(self._points(), 10)

    def test_a_first_purchase_needs_nothing_prepared(self):
        """Row 3: first-time buyers earned nothing."""
        newcomer = self._member(name="New")
        order = self._sell([(self.bread, 1)], member=newcomer)
        self.assertEqual(self._points(newcomer), 10)
        self.assertEqual(order.club_points_balance, 10)

    def test_a_customer_who_is_no_member_earns_nothing_and_no_card_appears(self):
        """Row 40."""
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self._sell([(self.bread, 1)], partner=stranger)
        self.assertEqual(order.state, "paid")
        self.assertFalse(self.env["loyalty.card"].search([("partner_id", "=", stranger.id)]))

    def test_a_blocked_member_buys_and_earns_nothing(self):
        self.member.sudo().state = "blocked"
        order = self._sell([(self.bread, 1)])
        self.assertEqual((order.state, self._points()), ("paid", 0))

    def test_tax_is_part_of_what_earns(self):
        self._sell([(self.cheese, 1)])
        self.assertEqual(self._points(), 44)

    def test_tips_earn_nothing(self):
        tip = self.env.ref("point_of_sale.product_product_tip")
        self._sell(
            [
                (self.bread, 1),
                {"product": tip, "quantity": 1, "price_unit": 5, "price_subtotal": 5, "price_subtotal_incl": 5},
            ]
        )
        self.assertEqual(self._points(), 10)

    def test_selling_a_gift_card_earns_nothing(self):
        """Row 34: points on the sale of a gift card and again on spending it."""
        card_product = self.create_product("Gift card", self.categ_basic, 50)
        self.env["loyalty.program"].create(
            {
                "name": "Gift cards",
                "program_type": "gift_card",
                "rule_ids": [
                    (0, 0, {"reward_point_mode": "money", "reward_point_amount": 1, "product_ids": card_product.ids})
                ],
                "reward_ids": [(0, 0, {"reward_type": "discount", "discount_mode": "per_point", "discount": 1})],
            }
        )
        self._sell([(self.bread, 1), (card_product, 1)])
        self.assertEqual(self._points(), 10)

    def test_points_are_rounded_down_once(self):
        self.program.rule_ids.reward_point_amount = 0.1
        self._sell([(self.tea, 1), (self.tea, 1), (self.tea, 1)])
        self.assertEqual(self._points(), 7, "7.65 rounded once, not three times 2")

    def test_a_failure_of_earning_never_blocks_the_paid_sale(self):
        """Row 38, and design rule 4: noted, not blocked."""
        data = self._order([(self.bread, 1)])
        self._post(self._account(self.member), 3, key=f"pos.order:{data['uuid']}:earn:{self.program.id}")
        order = self._send(data)
        self.assertEqual(order.state, "paid")
        note = self.env["loyalty.club.exception"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )
        self.assertEqual(note.kind, "refused")

    def test_an_order_in_the_back_office_earns_too(self):
        order = self._sell([(self.bread, 1)])
        copy = order.copy(
            {"uuid": "0f8a", "name": "Back office", "state": "draft", "partner_id": self.member.partner_id.id}
        )
        copy.lines.create(
            {
                "order_id": copy.id,
                "product_id": self.tea.id,
                "qty": 2,
                "price_unit": 25.5,
                "price_subtotal": 51,
                "price_subtotal_incl": 51,
            }
        )
        copy._compute_prices()
        self.env["pos.make.payment"].with_context(active_id=copy.id, active_ids=copy.ids).create(
            {"amount": copy.amount_total, "payment_method_id": self.cash_pm1.id}
        ).check()
        self.assertEqual(copy.state, "paid")
        self.assertEqual(self._points(), 10 + int(copy.amount_total))


@tagged("post_install", "-at_install")
class TestPosSpending(ClubPosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self._give(250)

    def test_spending_takes_points_and_earns_on_what_was_paid(self):
        """Row 33: points earned on the amount that points paid."""
        order = self._sell([(self.bread, 4), self._reward_line(15, 150)])
        self.assertEqual(self._points(), 250 - 150 + 25)
        self.assertEqual((order.club_points_earned, order.club_points_spent, order.club_points_balance), (25, 150, 125))

    def test_any_amount_of_points_can_be_spent(self):
        """Row 31: the cashier could not choose how many."""
        self._sell([(self.bread, 4), self._reward_line(12.3, 123)])
        self.assertEqual(self._points(), 250 - 123 + 27)

    def test_more_than_the_balance_is_refused_and_nothing_is_saved(self):
        data = self._order([(self.bread, 4), self._reward_line(30, 300)])
        with self.assertRaisesRegex(UserError, "250.*300"):
            self._send(data)

    def test_a_till_that_claims_a_smaller_cost_pays_the_true_one(self):
        self._sell([(self.bread, 4), self._reward_line(15, 1)])
        self.assertEqual(self._points(), 250 - 150 + 25)

    def test_a_reward_that_gives_more_than_the_goods_is_refused(self):
        data = self._order([(self.bread, 1), self._reward_line(15, 150)])
        with self.assertRaises(UserError):
            self._send(data)
        self.assertEqual(self._points(), 250)

    def test_an_order_without_a_member_cannot_claim(self):
        data = self._order([(self.bread, 4), self._reward_line(15, 150)], partner=self.customer)
        with self.assertRaisesRegex(UserError, "not a member"):
            self._send(data)

    def test_a_blocked_member_cannot_claim(self):
        self.member.sudo().state = "blocked"
        data = self._order([(self.bread, 4), self._reward_line(15, 150)])
        with self.assertRaisesRegex(UserError, "blocked"):
            self._send(data)
        self.assertEqual(self._points(), 250)

    def test_points_earned_by_an_order_cannot_be_spent_in_it(self):
        data = self._order([(self.bread, 40), self._reward_line(30, 300)])
        with self.assertRaises(UserError):
            self._send(data)

    def test_two_open_orders_spend_their_own_points_only(self):
        """Row 5: finishing one order drained the wallet for both."""
        first = self._order([(self.bread, 4), self._reward_line(10, 100)])
        second = self._order([(self.bread, 4), self._reward_line(20, 200)])
        self._send(first)
        self.assertEqual(self._points(), 250 - 100 + 30)
        with self.assertRaises(UserError):
            self._send(second)
        self.assertEqual(self._points(), 180)

    def test_spending_offline_beyond_the_balance_is_a_debt_and_a_note_never_a_lost_sale(self):
        """Rows 1 and 43."""
        self.club.sudo().offline_budget = 300
        order = self._sell([(self.bread, 4), self._reward_line(30, 300)], club_offline=True)
        self.assertEqual(order.state, "paid")
        self.assertEqual(self._points(), 250 - 300 + 10)
        note = self.env["loyalty.club.exception"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )
        self.assertEqual((note.kind, note.amount, note.state), ("debt", 50, "open"))

    def test_an_offline_reward_costs_what_it_gave_not_what_opens_it(self):
        """A member of 250 points took 5.00 off: 50 points, though 100 open the reward; a second till had spent 200."""
        self._post(self._account(self.member), 200, "redeem")
        self.club.sudo().offline_budget = 300
        self._sell([(self.bread, 4), self._reward_line(5, 50)], club_offline=True)
        self.assertEqual(self._points(), 35)
        self.assertFalse(self._account(self.member).debt)

    def test_an_offline_order_that_gives_more_than_its_reward_is_booked_with_a_note(self):
        self.club.sudo().offline_budget = 1000
        order = self._sell([(self.bread, 1), self._reward_line(10, 0.123456789)], club_offline=True)
        self.assertEqual(order.state, "paid")
        order = self._sell([(self.bread, 4), self._reward_line(45, 450)], club_offline=True, amount_paid=-5)
        self.assertEqual(order.state, "paid")
        note = self.env["loyalty.club.exception"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )
        self.assertIn("mismatch", note.mapped("kind"))


@tagged("post_install", "-at_install")
class TestPosQueries(ClubPosCommon):
    def test_the_loyalty_part_of_an_order_costs_few_queries(self):
        """Rows 35 and 36: nothing grows with cards, members or history."""
        self._sell([(self.bread, 1)])
        order = self._order([(self.bread, 1)] * 5)
        plain = self._order([(self.bread, 1)] * 5, partner=self.customer)
        self._sell([(self.bread, 1)], partner=self.customer)

        def queries(data):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["pos.order"].with_user(self.cashier).sync_from_ui([data])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        stranger, member = queries(plain), queries(order)
        self.assertLessEqual(member - stranger, 16)
