"""What members bought at the tills, for statistics."""

from odoo import api, models
from odoo.tools import SQL


class LoyaltyClubPurchase(models.AbstractModel):
    _inherit = "loyalty.club.purchase"

    @api.model
    def _club_queries(self):
        settled = SQL("0")
        if "sale_order_origin_id" in self.env["pos.order.line"]._fields:  # pos_sale: the sale order counts already
            settled = SQL(
                """COALESCE((SELECT ABS(SUM(l.price_subtotal_incl)) FROM pos_order_line l
                              WHERE l.order_id = o.id AND l.sale_order_origin_id IS NOT NULL), 0)"""
            )
        return super()._club_queries() + [
            SQL(
                """SELECT o.partner_id, o.company_id, o.date_order,
                          CASE WHEN o.is_refund THEN %(settled)s - ABS(o.amount_total)
                               ELSE o.amount_total - %(settled)s END / COALESCE(NULLIF(o.currency_rate, 0), 1)
                     FROM pos_order o WHERE o.state IN ('paid', 'done') AND o.partner_id IS NOT NULL""",
                settled=settled,
            )
        ]
