"""Deliveries, invoices, payments and credit notes: each takes its share, none twice."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleDocuments(ClubSaleCommon):
    def _confirmed(self, state, lines=None, **values):
        self.club.sale_earn_state = state
        order = self._order(lines, **values)
        order.action_confirm()
        return order

    def test_a_refund_keeps_the_points(self):
        """Row 7: each piece that comes back takes its share, the last one takes the rest."""
        self.program.rule_ids.reward_point_amount = 0.033
        order = self._confirmed("invoiced", [(self.goods, 3, 100)])
        self._assert_totals(order, 0)
        invoice = self._invoice(order)
        self._assert_totals(order, 9)
        for left in (6, 3, 0):
            self._credit(invoice, 1)
            self._assert_totals(order, left)

    def test_a_refund_spends_the_redeemed_points_a_second_time(self):
        """Row 8: goods alone give nothing of the reward back; the whole credit note gives it all, to its lots."""
        account = self._give(20)
        self._give(20)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        invoice = self._invoice(order)
        self._credit(invoice, 2)
        self._assert_totals(order, 17, 20)
        self._credit(invoice)
        self._assert_totals(order, 0, 0)
        self.assertEqual(account.lot_ids.sorted("id").mapped("remaining")[:2], [20, 20])

    def test_a_credited_and_newly_billed_order_loses_its_points(self):
        order = self._confirmed("invoiced")
        invoice = self._invoice(order)
        self._credit(invoice)
        self._assert_totals(order, 0)
        self._invoice(order)
        self._assert_totals(order, 40)

    def test_a_credit_note_for_the_price_takes_all_points(self):
        order = self._confirmed("invoiced")
        note = self._reverse_invoice(self._invoice(order))
        note.invoice_line_ids.price_unit = 25
        note.action_post()
        self._assert_totals(order, 30)

    def test_an_invoice_that_is_reset_keeps_its_points(self):
        order = self._confirmed("invoiced")
        invoice = self._invoice(order)
        self._assert_totals(order, 40)
        invoice.button_draft()
        self._assert_totals(order, 0)
        invoice.action_post()
        self._assert_totals(order, 40)
        invoice.button_draft()
        invoice.button_cancel()
        self._assert_totals(order, 0)

    def test_a_draft_credit_note_takes_points_before_it_counts(self):
        order = self._confirmed("invoiced")
        note = self._reverse_invoice(self._invoice(order))
        self._assert_totals(order, 40)
        note.action_post()
        self._assert_totals(order, 0)
        note.button_draft()
        self._assert_totals(order, 40)

    def test_a_payment_taken_back_leaves_the_points(self):
        order = self._confirmed("paid")
        invoice = self._invoice(order)
        self._assert_totals(order, 0)
        self._pay(invoice)
        self._assert_totals(order, 40)
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        receivable.remove_move_reconcile()
        invoice.matched_payment_ids.action_draft()
        invoice.matched_payment_ids.action_cancel()
        self._assert_totals(order, 0)

    def test_half_a_payment_earns_all(self):
        order = self._confirmed("paid")
        invoice = self._invoice(order)
        self._register_payment(invoice, amount=100, payment_difference_handling="open")
        self._assert_totals(order, 0)

    def test_one_invoice_of_two_orders_earns_for_the_first_one_only(self):
        self.club.sale_earn_state = "paid"
        orders = self._order() | self._order([(self.goods, 1, 100)])
        orders.action_confirm()
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self._pay(invoice)
        self._assert_totals(orders[0], 40)
        self._assert_totals(orders[1], 10)

    def test_a_down_payment_earns_and_the_order_earns_again(self):
        order = self._confirmed("invoiced")
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 50})
        )
        wizard._create_invoices(order).action_post()
        self._assert_totals(order, 0)
        self._invoice(order, final=True)
        self._assert_totals(order, 40)

    def test_an_order_invoiced_in_another_unit_earns_twelve_times(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.program.rule_ids.write({"reward_point_mode": "unit", "reward_point_amount": 1})
        order = self._confirmed("invoiced", [(self.goods, 2, 1200)])
        self._commit()
        order._action_cancel()
        order.action_draft()
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        self._invoice(order)
        self._assert_totals(order, 24)

    def test_taxes_of_the_invoice_move_the_share(self):
        tax = self.percent_tax(15, price_include_override="tax_excluded")
        order = self._confirmed("invoiced", [(self._goods("Taxed", 100, taxes=tax), 3, 33.33)])
        invoice = self._invoice(order)
        self._assert_totals(order, 11)
        self._credit(invoice)
        self._assert_totals(order, 0)

    def test_delivered_pieces_earn_beyond_the_order(self):
        order = self._confirmed("delivered")
        for delivered, points in ((1, 10), (4, 40), (6, 40), (0, 0)):
            order.order_line.qty_delivered = delivered
            self._assert_totals(order, points)

    def test_a_picking_is_not_noticed(self):
        if "stock.picking" not in self.env or "picking_ids" not in self.env["sale.order"]._fields:
            self.skipTest("needs deliveries (sale_stock)")
        self.goods.write({"type": "consu"})
        order = self._confirmed("delivered")
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking._action_done()
        self._assert_totals(order, 30)
        wizard = (
            self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking").create({})
        )
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 1, "picked": True})
        returned._action_done()
        self._assert_totals(order, 20)

    def test_combos_earn_nothing_or_twice(self):
        parts = self._goods("Part A", 60) | self._goods("Part B", 40)
        combos = self.env["product.combo"].create(
            [
                {"name": part.name, "combo_item_ids": [Command.create({"product_id": part.id, "extra_price": 0})]}
                for part in parts
            ]
        )
        menu = self.env["product.product"].create(
            {"name": "Menu", "type": "combo", "list_price": 100, "combo_ids": [Command.set(combos.ids)], "taxes_id": []}
        )
        self.club.sale_earn_state = "invoiced"
        order = self._order([(menu, 2, None)])
        parent = order.order_line
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": item.product_id.id,
                            "product_uom_qty": 2,
                            "combo_item_id": item.id,
                            "linked_line_id": parent.id,
                        }
                    )
                    for item in combos.combo_item_ids
                ]
            }
        )
        self.assertEqual(order.amount_total, 200)
        order.action_confirm()
        invoice = self._invoice(order)
        self._assert_totals(order, 20)
        self._credit(invoice)
        self._assert_totals(order, 0)

    def test_the_entries_know_their_branch(self):
        order = self._confirmed("confirmed")
        self.assertEqual(order.club_branch_id, self.branch)
        self.assertEqual(self._entries(order).branch_id, self.branch)
        other = self.env["loyalty.club.branch"].create(
            {"club_id": self.club.id, "name": "Second", "code": "S", "company_id": self.company.id}
        )
        second = self._order()
        self.assertFalse(second.club_branch_id, "with two shops somebody has to say which one")
        second.club_branch_id = other
        second.action_confirm()
        second._action_cancel()
        self.assertEqual(self._entries(second).branch_id, other)
