"""Lots: amounts that came in together, with their issuer and their life. Written by the door alone."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.lives import last_day_of, local_day
from ..rules.lots import is_usable


class LoyaltyClubLot(models.Model):
    _name = "loyalty.club.lot"
    _inherit = ["loyalty.club.guarded.mixin"]
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
    opened_until = fields.Datetime(
        readonly=True, help="The end that it was opened with; only a rolling lot has another."
    )
    rolled_by_id = fields.Many2one(
        comodel_name="loyalty.club.entry", readonly=True, ondelete="restrict", help="The visit that moved its end."
    )
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
    kind = fields.Selection(related="account_id.kind", string="Value")
    posting_ids = fields.One2many(comodel_name="loyalty.club.posting", inverse_name="lot_id", readonly=True)
    state = fields.Selection(
        selection=[("pending", "Waiting"), ("usable", "Usable"), ("expired", "Expired"), ("spent", "Spent")],
        compute="_compute_state",
        search="_search_state",
    )
    first_day = fields.Date(compute="_compute_days", string="Usable from", help="Where the club is. Empty: at once.")
    last_day = fields.Date(compute="_compute_days", help="Where the club is, inclusive. Empty: it never expires.")
    expired = fields.Float(compute="_compute_expired", digits=(16, 3), help="What of it has expired and is not back.")

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

    def _compute_usable(self):
        now = fields.Datetime.now()
        for lot in self:
            lot.usable = bool(lot.remaining) and is_usable(lot.usable_from or None, lot.expires_at or None, now)

    def _compute_state(self):
        now = fields.Datetime.now()
        for lot in self:
            over = lot.expires_at and lot.expires_at <= now
            if lot.usable:
                lot.state = "usable"
            elif over and (lot.remaining or lot.expired):
                lot.state = "expired"
            else:
                lot.state = "pending" if lot.remaining else "spent"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        has = Domain("remaining", ">", 0)
        over = Domain("expires_at", "<=", now)
        gone = Domain("posting_ids.entry_id.kind", "=", "expire")
        waits = Domain("usable_from", ">", now)
        domains = {
            "pending": has & waits & ~over,
            "usable": has & ~waits & ~over,
            "expired": over & (has | gone),
            "spent": Domain("remaining", "=", 0) & ~(over & gone),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("usable_from", "expires_at")
    def _compute_days(self):
        zones = {club: club.sudo()._club_zone() for club in self.club_id}
        for lot in self:
            zone = zones.get(lot.club_id, "UTC")
            lot.first_day = local_day(lot.usable_from, zone) if lot.usable_from else False
            lot.last_day = last_day_of(lot.expires_at, zone) if lot.expires_at else False

    def _compute_expired(self):
        rows = []
        if self.ids:
            rows = self.env.execute_query(
                SQL(
                    """SELECT posting.lot_id, SUM(posting.amount) - COALESCE(SUM((
                              SELECT SUM(back.amount) FROM loyalty_club_entry reversal
                                JOIN loyalty_club_posting back ON back.entry_id = reversal.id
                               WHERE reversal.reversal_of_id = entry.id)), 0)
                         FROM loyalty_club_posting posting
                         JOIN loyalty_club_entry entry ON entry.id = posting.entry_id AND entry.kind = 'expire'
                        WHERE posting.lot_id = ANY(%s) GROUP BY 1""",
                    self.ids,
                )
            )
        gone = dict(rows)
        for lot in self:
            lot.expired = float(gone.get(lot.id, 0))

    def action_club_extend(self):
        """Ask for a later last day of these lots; what has expired of them comes back."""
        clubs = self.club_id
        if len(clubs) > 1:
            raise UserError(self.env._("These lots belong to several clubs. Choose lots of one club."))
        day = clubs._club_today() + timedelta(days=min(30, clubs.extend_days))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Longer life"),
            "res_model": "loyalty.club.extension",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_club_id": clubs.id,
                "default_lot_ids": [(6, 0, self.ids)],
                "default_last_day": fields.Date.to_string(day),
            },
        }
