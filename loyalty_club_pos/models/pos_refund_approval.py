"""Four eyes: returns at the till that give much value back wait for a second person, who allows them on the sale."""

from decimal import Decimal

from odoo import fields, models
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    refund_limit = fields.Float(
        string="Refunds to credit and cards need a second person above",
        digits=(16, 3),
        tracking=True,
        help="What returns of one sale may give back to credit, gift and prepaid cards at a till before a manager "
        "has to allow it on that sale. 0: nobody is asked.",
    )


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_refund_allowed_by_id = fields.Many2one(
        comodel_name="res.users", string="Refund to value allowed by", readonly=True, copy=False
    )
    club_refund_allowed_at = fields.Datetime(readonly=True, copy=False)

    def action_pos_order_paid(self):
        result = super().action_pos_order_paid()
        self._club_check_refund()
        return result

    def action_club_allow_refund(self):
        """Allow that returns of this sale go back to credit or cards above the club's limit."""
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager allows large refunds to credit and cards."))
        self.check_access("read")
        self.sudo().write(  # managers of the club need not be managers of tills
            {"club_refund_allowed_by_id": self.env.uid, "club_refund_allowed_at": fields.Datetime.now()}
        )

    def _club_check_refund(self):
        """Refuse a refund to value above the club's limit that no second person has allowed on the sale.

        All returns of a sale count together. Who stands at the till is no second person, manager or not.

        :raises UserError: it has to be allowed first; nothing is booked
        """
        self.ensure_one()
        club = self.config_id.sudo().club_id  # cashiers don't read the settings that their sales feed
        origins = self.lines.refunded_orderline_id.order_id
        if not origins or not club.refund_limit:
            return
        if not self._club_value_given(self):
            return
        refunds = origins.lines.refund_orderline_ids.order_id.filtered(lambda order: order.state != "cancel") | self
        given = self._club_value_given(refunds)
        allowed = all(
            origin.club_refund_allowed_by_id and origin.club_refund_allowed_by_id != self.env.user for origin in origins
        )
        if given <= to_amount(club.refund_limit, 3) or allowed:
            return
        message = self.env._(
            "%(given)s would go back to credit or cards for %(sale)s, more than %(limit)s. Another person, a manager "
            "of the club, allows it first: Point of Sale, Orders, %(sale)s, button “Allow refund to credit”.",
            given=format_amount(self.env, float(given), club.currency_id),
            limit=format_amount(self.env, club.refund_limit, club.currency_id),
            sale=", ".join(origins.mapped("pos_reference")),
        )
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
