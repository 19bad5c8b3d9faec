"""Branches: the shops of a club, with their company and owner."""

from odoo import api, fields, models


class LoyaltyClubBranch(models.Model):
    _name = "loyalty.club.branch"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Club Branch"
    _order = "club_id, code, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True)
    code = fields.Char(required=True, copy=False, help="Short name on statements and reports.")
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        help="Who owns the shop and settles with the others. Empty: the company itself.",
    )

    _code_unique = models.Constraint("UNIQUE (club_id, code)", "Another branch of the club has this code.")

    @api.depends("name", "code")
    def _compute_display_name(self):
        for branch in self:
            branch.display_name = f"{branch.name} ({branch.code})" if branch.code else branch.name
