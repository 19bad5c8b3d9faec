"""Sale orders that a till settles, with the modules that Odoo adds where a shop has both (`./club test together`)."""

from copy import deepcopy

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install", "-standard", "club_together")
class TestSettleTogether(ClubPosCommon):
    """One point for each paid currency unit; 100 points open a discount of 0.1 for each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        # core lets nobody settle an order without rights on sale orders
        cls.cashier.group_ids |= cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def _quotation(self, pieces=4, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.member.partner_id.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": self.bread.id, "product_uom_qty": pieces, "price_unit": 10})
                ],
                **values,
            }
        )

    def _confirmed(self, state="confirmed", pieces=4):
        self.club.sale_earn_state = state
        order = self._quotation(pieces)
        order.action_confirm()
        return order

    def _claim(self, order):
        order._update_programs_and_rewards()
        card = next(card for card, rewards in order._get_claimable_rewards().items() if self.reward in rewards)
        self.assertFalse(order._apply_program_reward(self.reward, card))

    def _settle(self, order, pieces=None):
        """What the till makes of a sale order: plain lines that name those of the order, rewards among them."""
        lines = []
        for line in order.order_line:
            quantity = pieces if pieces and not line.reward_id else line.product_uom_qty
            lines.append(
                {
                    "product": line.product_id,
                    "quantity": quantity,
                    "price_unit": line.price_unit,
                    "price_subtotal": line.price_unit * quantity,
                    "price_subtotal_incl": line.price_unit * quantity,
                    "tax_ids": [(6, 0, [])],
                    "sale_order_origin_id": order.id,
                    "sale_order_line_id": line.id,
                }
            )
        return self._sell(lines)

    def _seen(self, points):
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(self._points(), points)

    def _booked(self, record):
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", record._name), ("origin_id", "=", record.id)], order="id"
        )
        return [(entry.kind, entry.amount) for entry in entries]

    def test_an_order_settled_at_a_till_earns_twice(self):
        order = self._confirmed()
        receipt = self._settle(order)
        self._seen(40)
        self.assertEqual((self._booked(order), self._booked(receipt)), ([("earn", 40)], []))

    def test_a_line_that_is_said_to_settle_an_order_hides_what_it_takes_off(self):
        order = self._confirmed()
        self._seen(40)
        off = {"quantity": -1, "price_unit": 100, "price_subtotal": -100, "price_subtotal_incl": -100}
        hidden = {"product": self.tea, **off, "tax_ids": [(6, 0, [])], "sale_order_origin_id": order.id}
        self._sell([(self.bread, 10), hidden])
        self._seen(40)
        self._sell([(self.bread, 10), hidden, {"product": self.bread, "quantity": 4, "sale_order_origin_id": order.id}])
        self._seen(80)

    def test_an_order_that_earns_later_earns_at_the_till_and_again_with_its_delivery(self):
        order = self._confirmed("delivered")
        receipt = self._settle(order)
        self._seen(40)
        self.assertEqual(self._booked(receipt), [("earn", 40)])
        order.order_line.qty_delivered = 4
        self._seen(40)

    def test_what_a_till_did_not_sell_is_earned_by_the_order(self):
        order = self._confirmed("delivered")
        self._settle(order, 3)
        order.order_line.qty_delivered = 4
        self._seen(40)

    def test_a_quotation_settled_at_a_till_earns_twice(self):
        for state in ("confirmed", "delivered", "invoiced", "paid"):
            with self.subTest(state):
                self.club.sale_earn_state = state
                before = self._points()
                order = self._quotation()
                self._settle(order)
                self.assertEqual(order.state, "sale", "core confirms it")
                self._seen(before + 40)

    def test_the_part_of_an_invoiced_order_that_a_till_settles_earns_nothing(self):
        order = self._confirmed("invoiced")
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        self._seen(10)
        self._settle(order, 3)
        self._seen(40)

    def test_an_order_that_spent_its_reward_needs_the_points_again_at_the_till(self):
        self._give(100)
        order = self._quotation(pieces=10)
        self._claim(order)
        self.club.sale_earn_state = "delivered"
        order.action_confirm()
        self._seen(0)
        receipt = self._settle(order)
        self.assertEqual(receipt.amount_total, 90)
        self._seen(90)
        self.assertEqual(self._booked(order), [("redeem", -100)], "the discount is not given for nothing")

    def test_a_reward_that_the_till_names_is_not_spent_a_second_time(self):
        self._give(100)
        order = self._quotation(pieces=10)
        self._claim(order)
        order.action_confirm()
        reward = order.order_line.filtered("reward_id")
        line = self._reward_line(10, 100, sale_order_origin_id=order.id, sale_order_line_id=reward.id)
        self._sell([(self.bread, 10), line])
        self.env.invalidate_all()
        spent = self.env["loyalty.club.entry"].search([("kind", "=", "redeem")])
        self.assertEqual([(entry.origin_model, entry.amount) for entry in spent], [("sale.order", -100)])

    def test_a_quotation_whose_points_are_gone_pays_its_reward_with_what_it_earns(self):
        self._give(100)
        order = self._quotation(pieces=10)
        self._claim(order)
        self._post(self._account(self.member), 50, "redeem")
        with self.assertRaisesRegex(UserError, "Confirm"), self.env.cr.savepoint():
            self._settle(order)
        self.env.invalidate_all()
        self.assertEqual((order.state, self._points()), ("draft", 50))

    def test_goods_of_a_sale_order_come_back_to_the_till_and_keep_their_points(self):
        order = self._confirmed()
        receipt = self._settle(order)
        self._seen(40)
        self._refund(receipt, {receipt.lines: 1})
        self._seen(30)
        self._refund(receipt, {receipt.lines: 3})
        self._seen(0)
        self.assertEqual(sum(amount for _kind, amount in self._booked(order)), 0)

    def test_a_return_that_is_paid_later_is_not_noticed(self):
        self.bread.type = "service"  # no delivery tells the order of it
        order = self._confirmed()
        receipt = self._settle(order)
        back = {"product": self.bread, "quantity": -1, "refunded_orderline_id": receipt.lines.id}
        paid = self._order([back], is_refund=True)
        draft = self._send({**deepcopy(paid), "state": "draft", "payment_ids": [], "amount_paid": 0})
        self._seen(40)
        self._send({**paid, "id": draft.id, "lines": []})
        self._seen(30)

    def test_goods_that_earned_at_the_till_are_taken_back_once(self):
        order = self._confirmed("invoiced")
        receipt = self._settle(order)
        self._seen(40)
        self._refund(receipt, {receipt.lines: 1})
        self._seen(30)
        self.assertEqual(self._booked(order), [])

    def test_a_reward_of_a_sale_order_that_comes_back_to_the_till_stays_spent(self):
        account = self._give(100).account_id
        order = self._quotation(pieces=10)
        self._claim(order)
        self.club.sale_earn_state = "confirmed"
        order.action_confirm()
        self._seen(90)
        receipt = self._settle(order)
        self._refund(receipt)
        self._seen(100)
        self.assertEqual(account.lot_ids.sorted("id")[0].remaining, 100, "back in its own lot")
