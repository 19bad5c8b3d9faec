"""Programs that a club manages: their balances are the ledger's."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: The kind of value that a program of each of Odoo's types keeps; a prepaid program is a gift card program, marked so.
KIND_OF_TYPE = {"loyalty": "points", "ewallet": "credit", "gift_card": "gift"}


class LoyaltyProgram(models.Model):
    _name = "loyalty.program"
    _inherit = ["loyalty.program", "loyalty.club.guarded.mixin"]

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The club whose ledger keeps the balances of this program.",
    )
    club_kind = fields.Selection(
        selection=[
            ("points", "Points"),
            ("credit", "Credit"),
            ("gift", "Gift cards"),
            ("prepaid", "Prepaid cards"),
        ],
        string="Kind of value",
        compute="_compute_club_kind",
        store=True,
        readonly=False,
        help="What the balances of this program are. All but points are money that the club owes.",
    )
    club_digits = fields.Integer(
        string="Decimals of points",
        default=0,
        help="Points are rounded down to this many decimals, once, at the end of the calculation.",
    )
    club_account_ids = fields.One2many(comodel_name="loyalty.club.account", inverse_name="program_id", readonly=True)

    _club_digits_range = models.Constraint("CHECK (club_digits BETWEEN 0 AND 3)", "Points have at most three decimals.")

    @api.depends("program_type")
    def _compute_club_kind(self):
        for program in self:
            program.club_kind = KIND_OF_TYPE.get(program.program_type, "points")

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
