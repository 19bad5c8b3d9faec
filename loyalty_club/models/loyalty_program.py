"""Programs that a club manages: their balances are the ledger's."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The club whose ledger keeps the balances of this program.",
    )
    club_digits = fields.Integer(
        string="Decimals of points",
        default=0,
        help="Points are rounded down to this many decimals, once, at the end of the calculation.",
    )
    club_account_ids = fields.One2many(comodel_name="loyalty.club.account", inverse_name="program_id", readonly=True)

    _club_digits_range = models.Constraint("CHECK (club_digits BETWEEN 0 AND 3)", "Points have at most three decimals.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_managed(self):
        if self.filtered("club_id"):
            raise UserError(
                self.env._("This program belongs to a club and its balances; archive it instead of deleting it.")
            )

    def _club_decimals(self):
        """Decimals of an amount of this program: those of the currency for credit, ``club_digits`` for points."""
        self.ensure_one()
        return self.currency_id.decimal_places if self.is_payment_program else self.club_digits
