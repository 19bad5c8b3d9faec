"""Four eyes: returns at the till that give much value back wait for a second person, who allows them on the sale."""

from decimal import Decimal

from odoo import api, models
from odoo.addons.loyalty_club.models.club_refund import ALLOWANCE
from odoo.exceptions import UserError
from odoo.tools import SQL


class PosOrder(models.Model):
    _name = "pos.order"
    _inherit = ["pos.order", "loyalty.club.refund.mixin"]

    @api.model
    def _club_server_fields(self):
        # the receipt's figures are written with the rights of the cashier
        return frozenset(ALLOWANCE)

    @api.model
    def sync_from_ui(self, orders):
        """A till sends all fields of its orders; what only the server sets stays as it is."""
        return super().sync_from_ui([self._club_without_server_fields(order) for order in orders])

    def action_pos_order_paid(self):
        result = super().action_pos_order_paid()
        self._club_check_refund()
        return result

    def _club_check_refund(self):
        """Refuse a refund to value above the club's limit that no second person has allowed on the sale.

        All returns of a sale count together. Who stands at the till is no second person, manager or not.

        :raises UserError: it has to be allowed first; nothing is booked
        """
        self.ensure_one()
        club = self.config_id.sudo().club_id  # cashiers don't read the settings that their sales feed
        origins = self.lines.refunded_orderline_id.order_id
        if not origins or not club._club_limit("refund_limit"):
            return
        if not self._club_value_given(self):
            return
        refunds = origins.lines.refund_orderline_ids.order_id.filtered(lambda order: order.state != "cancel") | self
        given = self._club_value_given(refunds)
        message = origins._club_refund_refusal(club, given)
        if not message:
            return
        if not self.club_offline:
            raise UserError(message)
        self._club_note("refund", club, message, amount=float(given))

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
