"""Orders that are settled at a till (pos_sale): what the till has booked, and what the order itself counts of it."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import models
from odoo.addons.loyalty_club.rules.order_due import ZERO, Bill
from odoo.addons.loyalty_club.tools.amount import exact
from odoo.tools import SQL


@dataclass(slots=True)
class AtTill:
    """Of order lines, by line id: ``booked``, the part that has earned at a till, less what came back there; and the
    other sales and returns at tills as ``bills``, which are paid at once."""

    booked: dict = field(default_factory=lambda: defaultdict(lambda: ZERO))
    bills: dict = field(default_factory=lambda: defaultdict(list))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _club_at_till(self):
        """What was settled of these lines at tills, and came back there: an ``AtTill``."""
        at_till = AtTill()
        if "pos_order_line_ids" not in self._fields or not self.ids:
            return at_till
        rows = self.env.execute_query(
            SQL(
                """SELECT item.sale_order_line_id, item.order_id, item.qty::text, COALESCE((
                              SELECT SUM(-back.qty) FROM pos_order_line back
                                 JOIN pos_order refund ON refund.id = back.order_id
                               WHERE back.refunded_orderline_id = item.id AND refund.state NOT IN ('draft', 'cancel')
                          ), 0)::text, EXISTS (
                              SELECT FROM loyalty_club_entry entry
                               WHERE entry.origin_model = 'pos.order' AND entry.origin_id = item.order_id
                                 AND jsonb_exists(entry.details -> 'weights', item.uuid))
                     FROM pos_order_line item JOIN pos_order receipt ON receipt.id = item.order_id
                    WHERE item.sale_order_line_id = ANY(%s) AND item.refunded_orderline_id IS NULL
                      AND receipt.state NOT IN ('draft', 'cancel')
                 ORDER BY item.id""",
                self.ids,
            )
        )
        lines = {line.id: line for line in self}
        for line_id, receipt_id, quantity, back, earned in rows:
            sold, returned = (lines[line_id]._club_part_of(Decimal(pieces)) for pieces in (quantity, back))
            if earned:
                at_till.booked[line_id] += sold - returned
            else:
                at_till.bills[line_id] += [Bill(-receipt_id, sold, settled=True)]
                at_till.bills[line_id] += [Bill(0, -returned, against=-receipt_id)] if returned else []
        return at_till

    def _club_part_of(self, pieces):
        """The part of this line that so many pieces, in the product's own unit, are."""
        self.ensure_one()
        if not self.product_uom_qty:
            return ZERO
        unit = self.product_id.uom_id
        if unit and unit != self.product_uom_id:
            pieces = unit._compute_quantity(float(pieces), self.product_uom_id, round=False)
        return exact(pieces) / exact(self.product_uom_qty)
