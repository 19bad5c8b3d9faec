"""Lots: amounts that came in together, with their issuer and their life. Written by the door alone."""

from odoo import api, fields, models


class LoyaltyClubLot(models.Model):
    _name = "loyalty.club.lot"
    _description = "Club Lot"
    _log_access = False
    _order = "expires_at, id"

    account_id = fields.Many2one(comodel_name="loyalty.club.account", required=True, ondelete="restrict")
    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", required=True, ondelete="restrict")
    rank = fields.Integer(required=True, default=0, help="Position among the lots of one entry.")
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch", string="Issuer", index="btree_not_null", ondelete="restrict"
    )
    amount = fields.Float(digits=(16, 3), required=True)
    remaining = fields.Float(digits=(16, 3), required=True)
    usable_from = fields.Datetime(help="Empty: at once.")
    expires_at = fields.Datetime(help="The first instant at which it can no longer be spent. Empty: never.")
    origin_lot_id = fields.Many2one(
        comodel_name="loyalty.club.lot",
        ondelete="restrict",
        index="btree_not_null",
        help="The lot it was transferred from.",
    )
    idle_days = fields.Integer(
        string="Days without a visit", readonly=True, help="Each visit of the member lets it live that many days more."
    )
    usable = fields.Boolean(compute="_compute_usable", help="Can be spent now.")
    member_id = fields.Many2one(related="account_id.member_id")
    club_id = fields.Many2one(related="account_id.club_id")

    _entry_rank = models.UniqueIndex("(entry_id, rank)")
    _open = models.Index("(account_id, expires_at) WHERE remaining > 0")
    _dying = models.Index("(expires_at, id) WHERE remaining > 0 AND expires_at IS NOT NULL")
    _remaining_within = models.Constraint(
        "CHECK (remaining >= 0 AND remaining <= amount AND amount > 0)",
        "A lot cannot be spent beyond its amount.",
    )

    def _compute_display_name(self):
        for lot in self:
            lot.display_name = self.env._("Lot %s", lot.id)

    @api.depends_context("club_at")
    def _compute_usable(self):
        now = fields.Datetime.now()
        for lot in self:
            lot.usable = bool(
                lot.remaining
                and (not lot.usable_from or lot.usable_from <= now)
                and (not lot.expires_at or now < lot.expires_at)
            )
