"""Programs that a club manages: their balances are the ledger's."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: The kind of value that a program of each of Odoo's types keeps; a prepaid program is a gift card program, marked so.
KIND_OF_TYPE = {"loyalty": "points", "ewallet": "credit", "gift_card": "gift"}


#: What the accounts of a program stand for: it stays as it is once there are any.
IDENTITY = {"program_type", "club_kind", "currency_id", "club_id"}


class LoyaltyProgram(models.Model):
    _name = "loyalty.program"
    _inherit = ["loyalty.program", "loyalty.club.managed.mixin", "loyalty.club.guarded.mixin"]

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

    @api.model_create_multi
    def create(self, vals_list):
        """A program begins without a club; the club takes it over."""
        if not self.env.su and any(vals.get("club_id") for vals in vals_list):
            raise AccessError(self._club_taken_over_only())
        return super().create([{"club_id": False, **vals} for vals in vals_list])

    def write(self, vals):
        if "club_id" in vals and not self.env.su:
            raise AccessError(self._club_taken_over_only())
        if IDENTITY & set(vals):
            self._club_refuse_identity(vals)
        return super().write(vals)

    def _club_taken_over_only(self):
        return self.env._("A program comes into a club with “Take over a program” on the club, and stays there.")

    def _club_refuse_identity(self, vals):
        """
        :raises UserError: balances would become something else
        """
        for program in self.sudo().filtered("club_account_ids"):
            for name in IDENTITY & set(vals):
                if program._fields[name].convert_to_cache(vals[name], program) != program._fields[
                    name
                ].convert_to_cache(program[name], program):
                    raise UserError(
                        self.env._(
                            "“%s” has balances in the ledger: its type, its kind of value, its currency and its club "
                            "stay as they are. Make another program.",
                            program.name,
                        )
                    )

    def _club_programs_of(self):
        return self.sudo()  # whether a club has them is all that is asked

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
