"""Uses of discount cards on orders: counted when the order is confirmed, given back when it comes to nothing."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_discount import ClubDiscountCommon


@tagged("post_install", "-at_install")
class TestSaleDiscountUse(ClubDiscountCommon):
    """How often."""

    def _confirmed(self, code, lines=None):
        order = self._order(lines)
        self._type(order, code)
        order.action_confirm()
        return order

    def test_the_last_use_is_given_once_and_comes_back_with_a_cancelled_order(self):
        gift, code = self._card(uses=1)
        first, second = self._order(), self._order()
        self._type(first, code)
        self._type(second, code)
        first.action_confirm()
        self.assertEqual((gift.use_count, gift.use_ids.amount, gift.use_ids.origin_id), (1, 40, first.id))
        self.assertEqual(gift.use_ids.branch_id, self.branch)
        second.invalidate_recordset(["club_discount_problem"])
        self.assertIn("as often as it may be", second.club_discount_problem)
        with self.assertRaisesRegex(UserError, "as often as it may be"), self.env.cr.savepoint():
            second.action_confirm()
        self.assertEqual(second.state, "draft")
        first._action_cancel()
        self.assertEqual(gift.use_count, 0)
        second.invalidate_recordset(["club_discount_problem"])
        second.action_confirm()
        self.assertEqual(gift.use_count, 1)
        first.action_draft()
        with self.assertRaisesRegex(UserError, "as often as it may be"), self.env.cr.savepoint():
            first.action_confirm()
        first.action_club_remove_discount_card()
        first.action_confirm()
        self.assertEqual((first.amount_total, gift.use_count), (400, 1))

    def test_an_order_confirmed_again_after_its_cancellation_uses_nothing(self):
        gift, code = self._card(uses=1)
        order = self._confirmed(code)
        for _time in range(3):
            order._action_cancel()
            self.assertEqual(gift.use_count, 0)
            order.action_draft()
            order.action_confirm()
            self.assertEqual((gift.use_count, order.amount_total), (1, 360))

    def test_a_card_that_was_stopped_meanwhile(self):
        gift, code = self._card()
        order = self._order()
        self._type(order, code)
        gift._club_disable("stolen")
        order.invalidate_recordset(["club_discount_problem"])
        self.assertIn("disabled", order.club_discount_problem)
        with self.assertRaisesRegex(UserError, "disabled"), self.env.cr.savepoint():
            order.action_confirm()

    def test_a_confirmed_order_that_changes_keeps_its_percentage_until_it_is_billed(self):
        gift, code = self._card(uses=1)
        order = self._confirmed(code)
        order.order_line[0].product_uom_qty = 2
        self._commit()
        self.assertEqual((order.amount_total, gift.use_ids.amount, gift.use_count), (180, 20, 1))
        self._invoice(order)
        order.order_line[0].product_uom_qty = 3
        self._commit()
        self.assertEqual((self._given(order), gift.use_ids.amount), (20, 20))

    def test_points_are_earned_on_what_was_paid(self):
        order = self._confirmed(self._card()[1])
        self._assert_totals(order, 36)

    def test_the_use_comes_back_with_the_whole_discount_only(self):
        gift, code = self._card(uses=1)
        order = self._confirmed(code)
        invoice = self._invoice(order)
        part = self._reverse_invoice(invoice)
        part.invoice_line_ids.filtered(lambda line: line.product_id != self.goods).unlink()
        part.invoice_line_ids.quantity = 1
        part.action_post()
        self._commit()
        self.assertEqual(gift.use_count, 1)
        note = self._reverse_invoice(invoice)
        note.action_post()
        self._commit()
        self.assertEqual(gift.use_count, 0)

    def test_a_cancelled_order_whose_invoice_stands_gives_the_card_twice(self):
        gift, code = self._card(uses=1)
        order = self._confirmed(code)
        invoice = self._invoice(order)
        order._action_cancel()
        self.assertEqual(gift.use_count, 1)
        with self.assertRaisesRegex(UserError, "Cancel or credit"):
            order.action_draft()
            order.action_club_remove_discount_card()
        self._credit(invoice)
        self.assertEqual(gift.use_count, 0)

    def test_who_has_paid_online_is_turned_away(self):
        gift, code = self._card(uses=1)
        first, second = self._order(), self._order()
        self._type(first, code)
        self._type(second, code)
        first.action_confirm()
        methods = self.env["payment.method"].with_context(active_test=False).sudo()
        provider = self.env["payment.provider"].sudo().create({"name": "Bank", "company_id": self.company.id})
        self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": "paid online",
                "amount": second.amount_total,
                "currency_id": second.currency_id.id,
                "partner_id": second.partner_id.id,
                "state": "done",
                "sale_order_ids": [Command.set(second.ids)],
            }
        )
        second.action_confirm()
        self.assertEqual((second.state, second.amount_total, gift.use_count), ("sale", 360, 1))
        told = self.env["loyalty.club.exception"].search(
            [("origin_model", "=", "sale.order"), ("origin_id", "=", second.id)]
        )
        self.assertIn("as often as it may be", told.message)
        self.assertEqual(len(told), 1)
