"""Returns: the earned share goes back, spent points come back, whichever way the goods return."""

from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosRefunds(ClubPosCommon):
    def test_returning_everything_takes_back_everything(self):
        """Row 7: buy, earn, refund, keep the points."""
        order = self._sell([(self.bread, 2), (self.tea, 1)])
        refund = self._refund(order)
        self.assertEqual(self._points(), 0)
        self.assertEqual((refund.club_points_earned, refund.club_points_balance), (-45, 0))

    def test_returning_line_by_line_takes_back_exactly_what_was_earned(self):
        order = self._sell([(self.tea, 3), (self.bread, 1)])
        self.assertEqual(self._points(), 86)
        tea, bread = order.lines
        self._refund(order, {tea: 1})
        self.assertEqual(self._points(), 61, "the kept goods cost 61.00")
        self._refund(order, {tea: 2})
        self.assertEqual(self._points(), 10)
        self._refund(order, {bread: 1})
        self.assertEqual(self._points(), 0)

    def test_a_return_gives_spent_points_back_to_their_lots(self):
        """Row 8: a refund spent the redeemed points a second time."""
        self._give(200)
        order = self._sell([(self.bread, 4), self._reward_line(15, 150)])
        self.assertEqual(self._points(), 75)
        self._refund(order)
        self.assertEqual(self._points(), 200)
        self.assertEqual(self._account(self.member).lot_ids.filtered("remaining").mapped("amount"), [200])

    def test_returning_the_goods_alone_gives_no_points_back(self):
        """Money came back in full; giving points back too would pay twice."""
        self._give(200)
        order = self._sell([(self.bread, 4), self._reward_line(15, 150)])
        goods = order.lines.filtered(lambda line: not line.reward_id)
        self._refund(order, {goods: goods.qty})
        self.assertEqual(self._points(), 50)

    def test_half_a_reward_returned_gives_half_its_points_back(self):
        self._give(200)
        order = self._sell([(self.bread, 4), self._reward_line(15, 150)])
        goods, reward = order.lines
        self._refund(order, {goods: 2, reward: 0.5})
        self.assertEqual(self._points(), 50 + 75 + 12, "half of 25 earned is kept, rounded down")

    def test_returning_goods_whose_points_are_spent_is_a_debt_with_a_note(self):
        order = self._sell([(self.bread, 10)])
        self._post(self._account(self.member), 80, "redeem")
        refund = self._refund(order)
        self.assertEqual(self._points(), -80)
        note = self.env["loyalty.club.exception"].search(
            [("origin_id", "=", refund.id), ("origin_model", "=", "pos.order")]
        )
        self.assertEqual((note.kind, note.amount), ("debt", 80))

    def test_a_refund_sent_twice_takes_back_once(self):
        order = self._sell([(self.bread, 2)])
        self._sell([(self.bread, 5)])
        refund = self._refund(order)
        refund.action_pos_order_paid()
        self.assertEqual(self._points(), 50)

    def test_a_past_return_does_not_block_the_next_earning(self):
        """Row 9."""
        order = self._sell([(self.bread, 2)])
        bread = order.lines
        exchange = self._sell(
            [
                (self.tea, 2),
                {
                    "product": self.bread,
                    "quantity": -2,
                    "price_subtotal": -20,
                    "price_subtotal_incl": -20,
                    "refunded_orderline_id": bread.id,
                },
            ]
        )
        self.assertEqual(self._points(), 51)
        self.assertEqual(exchange.club_points_earned, 31, "51 earned, 20 taken back")

    def test_a_return_from_the_back_office_takes_back_too(self):
        order = self._sell([(self.bread, 2)])
        action = order.refund()
        refund = self.env["pos.order"].browse(action["res_id"])
        self.env["pos.make.payment"].with_context(active_id=refund.id, active_ids=refund.ids).create(
            {"amount": refund.amount_total, "payment_method_id": self.cash_pm1.id}
        ).check()
        self.assertEqual(self._points(), 0)

    def test_a_blocked_members_return_is_booked_all_the_same(self):
        order = self._sell([(self.bread, 2)])
        self.member.sudo().state = "blocked"
        self._refund(order)
        self.assertEqual(self._points(), 0)
