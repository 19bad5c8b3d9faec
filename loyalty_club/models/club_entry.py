"""Entries: one thing that happened to a member's value. Append only; ``club_entry_door.py`` writes them."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class LoyaltyClubEntry(models.Model):
    _name = "loyalty.club.entry"
    _inherit = ["loyalty.club.origin.mixin", "loyalty.club.guarded.mixin"]
    _description = "Club Entry"
    _log_access = False
    _order = "id desc"

    kind = fields.Selection(
        selection=[
            ("opening", "Opening balance"),
            ("earn", "Earned"),
            ("load", "Loaded"),
            ("redeem", "Spent"),
            ("reverse", "Reversed"),
            ("adjust", "Adjusted"),
            ("expire", "Expired"),
            ("transfer", "Transferred"),
            ("fee", "Fee"),
            ("core", "Changed by Odoo"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="Names what happened; the same thing is never booked twice.")
    digest = fields.Char(required=True, readonly=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, ondelete="restrict")
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, ondelete="restrict")
    occurred_at = fields.Datetime(required=True, readonly=True)
    posted_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="restrict")
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(model_field="origin_model", readonly=True, string="Origin record")
    origin_name = fields.Char(compute="_compute_origin_name", string="Origin")
    reason = fields.Char(readonly=True)
    reversal_of_id = fields.Many2one(
        comodel_name="loyalty.club.entry", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    reversal_ids = fields.One2many(comodel_name="loyalty.club.entry", inverse_name="reversal_of_id", readonly=True)
    documented = fields.Boolean(
        string="In the documents",
        readonly=True,
        help="The till session, invoice or payment that it comes from writes it into the accounts. "
        "Other entries of stored value are written there by the club's journal.",
    )
    details = fields.Json(readonly=True, help="How the amount came about, e.g. what each order line earned.")
    # a number without a reference: a reference would lock that row for every till that books at this moment
    witness = fields.Integer(
        readonly=True,
        help="The newest posting of anybody when this was booked; the chain covers it, so it can't be removed unseen.",
    )
    posting_ids = fields.One2many(comodel_name="loyalty.club.posting", inverse_name="entry_id", readonly=True)
    lot_ids = fields.One2many(comodel_name="loyalty.club.lot", inverse_name="entry_id", readonly=True)
    account_id = fields.Many2one(
        comodel_name="loyalty.club.account", compute="_compute_account", search="_search_account"
    )
    member_id = fields.Many2one(related="account_id.member_id")
    amount = fields.Float(digits=(16, 3), compute="_compute_account", help="What the account won (+) or lost (-).")

    _key_unique = models.Constraint("UNIQUE (key)", "This was booked before.")
    _by_origin = models.Index("(origin_model, origin_id)")
    _club_time = models.Index("(club_id, occurred_at)")

    @api.depends("kind", "key")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            entry.display_name = f"{kinds.get(entry.kind, '')} #{entry.id}"

    def _compute_account(self):
        for entry in self:
            entry.account_id = entry.posting_ids[:1].account_id
            entry.amount = sum(entry.posting_ids.mapped("signed_amount"))

    def _search_account(self, operator, value):
        return [("posting_ids.account_id", operator, value)]

    def _compute_origin_name(self):
        names = {}
        for model, entries in self.grouped("origin_model").items():
            if model in self.env:
                # the name of the order only; who reads the ledger need not have the right to open it
                origins = self.env[model].sudo().browse({entry.origin_id for entry in entries} - {False}).exists()
                names.update({(model, origin.id): origin.display_name for origin in origins})
        for entry in self:
            entry.origin_name = names.get((entry.origin_model, entry.origin_id), False)

    def _club_signed_amounts(self):
        """{entry id: exact signed Decimal that its account won or lost}."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT entry_id, SUM(CASE WHEN to_account_id = account_id THEN amount ELSE -amount END)::text
                     FROM loyalty_club_posting WHERE entry_id IN %s GROUP BY entry_id""",
                tuple(self.ids),
            )
        )
        return {entry_id: Decimal(amount) for entry_id, amount in rows}

    def write(self, vals):
        if self:
            raise UserError(
                self.env._("Entries of the club ledger are never changed. Post a reversal or an adjustment instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Entries of the club ledger are never deleted. Post a reversal instead."))

    @api.model
    def _club_action_of(self, name, *origins):
        """The action that opens what documents booked.

        :param name: what the documents are called
        :param origins: (model, ids) of each kind of origin
        """
        domains = (Domain("origin_model", "=", model) & Domain("origin_id", "in", ids) for model, ids in origins)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Club entries of %s", name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": list(Domain.OR(domains)),
        }
