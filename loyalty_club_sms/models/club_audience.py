"""Audience: which members something is for. One question, ``_club_members``, answered by each kind in its own way.

A new kind (segments, tiers …) is a word more in ``audience_kind``, its fields, and a method
``_club_members_<kind>`` that returns a domain on members; see ``docs/guide/messages-campaigns.md``.
"""

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class LoyaltyClubAudience(models.AbstractModel):
    _name = "loyalty.club.audience"
    _description = "Audience"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    audience_kind = fields.Selection(
        selection=[
            ("all", "All members"),
            ("domain", "Members that match a filter"),
            ("branches", "Members of branches"),
            ("file", "Members from a file"),
        ],
        string="For",
        required=True,
        default="all",
    )
    audience_domain = fields.Char(string="Filter", default="[]")
    audience_branch_ids = fields.Many2many(
        comodel_name="loyalty.club.branch", string="Branches", domain="[('club_id', '=', club_id)]"
    )
    audience_branch_by = fields.Selection(
        selection=[("joined", "joined there"), ("moved", "earned or spent there")],
        string="Who",
        default="joined",
        required=True,
    )
    audience_file_id = fields.Many2one(
        comodel_name="loyalty.club.audience.file",
        string="List",
        domain="[('club_id', '=', club_id), ('state', '=', 'ready')]",
        ondelete="restrict",
    )
    audience_text = fields.Char(string="Audience", compute="_compute_audience_text")

    @api.constrains("audience_domain")
    def _check_audience_domain(self):
        for record in self:
            record._club_members_domain()

    @api.depends("audience_kind", "audience_domain", "audience_branch_ids", "audience_branch_by", "audience_file_id")
    def _compute_audience_text(self):
        kinds = dict(self._fields["audience_kind"]._description_selection(self.env))
        for record in self:
            record.audience_text = record._club_audience_text() or kinds.get(record.audience_kind)

    def _club_audience_text(self):
        """In a few words whom it is for; False: the name of the kind says it all."""
        if self.audience_kind == "branches" and self.audience_branch_ids:
            return ", ".join(self.audience_branch_ids.mapped("name"))
        if self.audience_kind == "file":
            return self.audience_file_id.name
        return False

    def _club_members(self):
        """The active members of the club that this is for, as a domain on ``loyalty.club.member``.

        :raises UserError: the audience is not chosen completely
        """
        self.ensure_one()
        return self._club_active_members() & getattr(self, f"_club_members_{self.audience_kind}")()

    def _club_active_members(self):
        return (
            Domain("club_id", "=", self.club_id.id)
            & Domain("state", "=", "active")
            & Domain("merged_into_id", "=", False)
        )

    def _club_members_all(self):
        return Domain.TRUE

    def _club_members_domain(self):
        """What the domain editor made; evaluated as data, never as code."""
        try:
            domain = Domain(literal_eval(self.audience_domain or "[]"))
            domain.validate(self.env["loyalty.club.member"])
        except (ValueError, SyntaxError, TypeError, KeyError):
            raise UserError(self.env._("The filter “%s” cannot be read. Choose it again.", self.audience_domain))
        return domain

    def _club_members_branches(self):
        if not self.audience_branch_ids:
            raise UserError(self.env._("Choose the branches whose members this is for."))
        branches = self.audience_branch_ids.ids
        if self.audience_branch_by == "joined":
            return Domain("joined_branch_id", "in", branches)
        return Domain("account_ids.posting_ids.entry_id.branch_id", "in", branches)

    def _club_members_file(self):
        if not self.audience_file_id:
            raise UserError(self.env._("Read in a file with card numbers or mobiles, and confirm what was found."))
        return Domain("audience_file_ids", "in", self.audience_file_id.ids)


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    audience_file_ids = fields.Many2many(
        comodel_name="loyalty.club.audience.file",
        relation="loyalty_club_audience_file_member",
        column1="member_id",
        column2="file_id",
        string="Lists",
        readonly=True,
        copy=False,
    )
