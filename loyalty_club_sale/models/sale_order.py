"""Sale orders: when the club looks at them, and which branch they belong to."""

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

#: Where a transaction notes what has to be looked at before it ends.
MARKS = "loyalty_club_sale.marks"


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "loyalty.club.guarded.mixin"]

    club_branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch",
        string="Club branch",
        compute="_compute_club_branch_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=False,
        help="The shop that this order belongs to in the club's books.",
    )
    club_score = fields.Json(
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="What each line is worth in points, kept from the moment when the order was confirmed or last changed.",
    )

    @api.depends(lambda self: ("company_id", "warehouse_id") if "warehouse_id" in self._fields else ("company_id",))
    def _compute_club_branch_id(self):
        # every seller's order belongs to a shop
        branches = self.env["loyalty.club.branch"].sudo().search([("company_id", "in", self.company_id.ids)])
        by_warehouse = "warehouse_ids" in branches._fields and "warehouse_id" in self._fields
        for order in self:
            ours = branches.filtered(lambda branch, order=order: branch.company_id == order.company_id)
            if by_warehouse and order.warehouse_id:
                there = ours.filtered(lambda branch, order=order: order.warehouse_id in branch.warehouse_ids)
                ours = there[:1] or ours
            order.club_branch_id = ours if len(ours) == 1 else False

    def _auto_init(self):
        # orders from before the club belong to no branch; computing them all would only cost time
        if not column_exists(self.env.cr, self._table, "club_branch_id"):
            create_column(self.env.cr, self._table, "club_branch_id", "int4")
        return super()._auto_init()

    def write(self, vals):
        result = super().write(vals)
        if {"state", "partner_id", "club_branch_id"} & set(vals):
            # also a confirmed order that somebody makes a quotation again
            orders = self.filtered(lambda order: order.state in ("sale", "cancel") or order._club_was_followed())
            self._club_mark("orders", orders)
        return result

    def action_confirm(self):
        self._club_refuse_odd_sales()
        self._club_refuse_overspending()
        self._club_follow()
        result = super().action_confirm()
        self._club_reconcile()
        return result

    def _action_cancel(self):
        # core lets only sales managers delete these rows, and so refuses a seller who cancels his own order
        self.sudo().coupon_point_ids.filtered(lambda row: row.order_id._club_follows(row.coupon_id.program_id)).unlink()
        result = super()._action_cancel()
        self._club_reconcile()
        return result

    # -- marks ---------------------------------------------------------------------------------------------------------

    @api.model
    def _club_mark(self, kind, records):
        """Have the club look at these orders (``orders``), at their discount cards (``discounts``) or at the orders of
        these invoices (``moves``) before the commit.

        Many small changes of one transaction so become one movement, and computed fields need not write.
        """
        ids = [record_id for record_id in records._ids if isinstance(record_id, int)]
        if not ids:
            return
        precommit = self.env.cr.precommit
        if MARKS not in precommit.data:
            precommit.data[MARKS] = {"discounts": set(), "moves": set(), "orders": set()}
            precommit.add(self.env["sale.order"]._club_look)
        precommit.data[MARKS][kind].update(ids)

    @api.model
    def _club_look(self):
        """Reconcile what was marked. A refusal (points that are not there) rolls the transaction back."""
        marks = self.env.cr.precommit.data.pop(MARKS, None)
        if not marks:
            return
        if marks["discounts"]:
            self.browse(sorted(marks["discounts"])).exists()._club_refresh_discounts()
        if marks["moves"]:
            rows = self.env.execute_query(
                SQL(
                    """SELECT DISTINCT line.order_id FROM account_move_line item
                         JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                         JOIN sale_order_line line ON line.id = rel.order_line_id
                        WHERE item.move_id = ANY(%s)""",
                    list(marks["moves"]),
                )
            )
            marks["orders"].update(order_id for (order_id,) in rows)
        self.browse(sorted(marks["orders"])).exists()._club_reconcile()

    def _club_unmark(self, kind="orders"):
        """These orders are being looked at now."""
        marks = self.env.cr.precommit.data.get(MARKS)
        if marks:
            marks[kind].difference_update(self.ids)
