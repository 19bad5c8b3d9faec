"""Postings: one amount moving from one account to another. Append only; inserted by the door alone."""

from odoo import fields, models


class LoyaltyClubPosting(models.Model):
    _name = "loyalty.club.posting"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Club Posting"
    _log_access = False
    _order = "id desc"

    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", required=True, index=True, ondelete="restrict")
    from_account_id = fields.Many2one(
        comodel_name="loyalty.club.account", required=True, index=True, ondelete="restrict"
    )
    to_account_id = fields.Many2one(comodel_name="loyalty.club.account", required=True, index=True, ondelete="restrict")
    account_id = fields.Many2one(
        comodel_name="loyalty.club.account",
        required=True,
        ondelete="restrict",
        help="The account of the two that holds a balance.",
    )
    amount = fields.Float(digits=(16, 3), required=True)
    lot_id = fields.Many2one(
        comodel_name="loyalty.club.lot",
        index="btree_not_null",
        ondelete="restrict",
        help="The lot that was filled or drawn on; empty when a debt was made or paid.",
    )
    opens_lot = fields.Boolean(help="The lot came into being with this posting.")
    seq = fields.Integer(string="Number", required=True, help="Position in the account's chain.")
    balance_after = fields.Float(digits=(16, 3), required=True)
    hash = fields.Char(required=True)

    signed_amount = fields.Float(digits=(16, 3), compute="_compute_signed", string="Change")
    kind = fields.Selection(related="entry_id.kind")
    occurred_at = fields.Datetime(related="entry_id.occurred_at")
    branch_id = fields.Many2one(related="entry_id.branch_id")
    reason = fields.Char(related="entry_id.reason")
    user_id = fields.Many2one(related="entry_id.user_id")
    member_id = fields.Many2one(related="account_id.member_id")
    club_id = fields.Many2one(related="account_id.club_id")
    origin_name = fields.Char(related="entry_id.origin_name")

    _chain = models.UniqueIndex("(account_id, seq)")
    _amount_positive = models.Constraint(
        "CHECK (amount > 0 AND amount = round(amount, 3))", "An amount must be above zero."
    )
    _two_sides = models.Constraint(
        "CHECK (from_account_id <> to_account_id AND account_id IN (from_account_id, to_account_id))",
        "A posting moves an amount between two accounts.",
    )

    def _compute_signed(self):
        for posting in self:
            posting.signed_amount = posting.amount if posting.to_account_id == posting.account_id else -posting.amount

    def init(self):
        """Have PostgreSQL guard the ledger once all tables of the module exist."""
        self.env.registry.post_init(self.env["loyalty.club.check"]._club_install_guards, "loyalty_club/sql/ledger.sql")
