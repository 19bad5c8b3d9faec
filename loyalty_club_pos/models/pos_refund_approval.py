"""Four eyes: returns at the till that give much value back wait for a second person, who allows them on the sale."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class PosOrder(models.Model):
    _name = "pos.order"
    _inherit = ["pos.order", "loyalty.club.refund.mixin"]

    def _club_allowed_to_give(self, payments, club):
        """Whether ``payments`` may give value back: above the club's limit a second person has to allow it on the sale.

        All returns of a sale count together. Who stands at the till is no second person, manager or not. Without
        network nothing above the limit is given, and a person settles it.

        :param payments: those of this refund, with amounts below zero
        :raises UserError: it has to be allowed first; nothing is booked
        """
        origins = self.lines.refunded_orderline_id.order_id
        earlier = origins.lines.refund_orderline_ids.order_id.filtered(lambda order: order.state != "cancel") - self
        given = self._club_value_given(earlier) - self._club_money(sum(payments.mapped("amount")))
        message = origins._club_refund_refusal(club, given)
        if not message:
            return True
        if not self.club_offline:
            raise UserError(message)
        self._club_note("refund", club, message, amount=float(given))
        return False

    def _club_value_given(self, orders):
        """What these refunds gave back to credit, gift and prepaid cards, as Decimal."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(p.amount), 0)::text
                     FROM loyalty_club_entry e
                     JOIN loyalty_club_posting p ON p.entry_id = e.id AND p.to_account_id = p.account_id
                     JOIN loyalty_club_account a ON a.id = p.account_id AND a.kind IN ('credit', 'gift', 'prepaid')
                LEFT JOIN loyalty_club_entry back ON back.id = e.reversal_of_id
                    WHERE e.origin_model = 'pos.order' AND e.origin_id = ANY(%s)
                      AND (back.kind = 'redeem' OR e.kind = 'load' AND e.key LIKE 'pos.payment:%%')""",
                orders.ids,
            )
        )
        return Decimal(rows[0][0])
