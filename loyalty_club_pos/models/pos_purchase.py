"""What members bought at the tills, for statistics."""

from odoo import api, models
from odoo.tools import SQL


class LoyaltyClubPurchase(models.AbstractModel):
    _inherit = "loyalty.club.purchase"

    @api.model
    def _club_queries(self):
        own = SQL("TRUE")
        if "sale_order_origin_id" in self.env["pos.order.line"]._fields:  # pos_sale: the sale order counts already
            own = SQL("l.sale_order_origin_id IS NULL")
        return super()._club_queries() + [
            SQL(
                """SELECT o.partner_id, o.company_id, o.date_order,
                          SUM(l.price_subtotal_incl) / COALESCE(NULLIF(o.currency_rate, 0), 1)
                     FROM pos_order o JOIN pos_order_line l ON l.order_id = o.id AND %s
                    WHERE o.state IN ('paid', 'done') AND o.partner_id IS NOT NULL
                 GROUP BY o.id""",
                own,
            )
        ]
