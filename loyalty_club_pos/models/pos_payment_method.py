"""Payment methods that pay with a club's credit, gift cards or prepaid cards."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

TERMINAL = "loyalty_club"


class PosPaymentMethod(models.Model):
    _inherit = "pos.payment.method"

    club_kind = fields.Selection(
        selection=[("credit", "Credit"), ("gift", "Gift cards"), ("prepaid", "Prepaid cards")],
        string="Pays with",
        help="What the members and bearers of the till's customer club pay with. The closing entry of the session "
        "takes it from the outstanding account, which is the club's liability.",
    )

    def _get_payment_terminal_selection(self):
        return [*super()._get_payment_terminal_selection(), (TERMINAL, self.env._("Customer club"))]

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_kind"]

    @api.constrains("use_payment_terminal", "club_kind", "journal_id", "outstanding_account_id", "split_transactions")
    def _check_club_kind(self):
        for method in self:
            if bool(method.club_kind) != (method.use_payment_terminal == TERMINAL):
                raise ValidationError(
                    self.env._(
                        "“%s”: a payment method of the customer club needs both the terminal “Customer club” "
                        "and what it pays with.",
                        method.name,
                    )
                )
            if method.club_kind and (method.journal_id.type != "bank" or not method.outstanding_account_id):
                raise ValidationError(
                    self.env._(
                        "“%s” needs a bank journal and, as its outstanding account, the liability of the club. "
                        "“Make payment methods” on the club sets both.",
                        method.name,
                    )
                )

    @api.onchange("use_payment_terminal")
    def _onchange_use_payment_terminal(self):
        result = super()._onchange_use_payment_terminal()
        if self.use_payment_terminal != TERMINAL:
            self.club_kind = False
        return result
