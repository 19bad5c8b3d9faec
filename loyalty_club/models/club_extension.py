"""Extensions: open lots get a later last day, expired ones come back, with a reason and in the club's limits.

A lot is never edited: what is left of it moves into a new lot of the same issuer, what expired of it comes back by a
reversal of the expiry. ``origin_lot_id`` names the lot it came from.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lives import last_day_of
from ..rules.movement import Movement, NewLot


class LoyaltyClubExtension(models.Model):
    _name = "loyalty.club.extension"
    _inherit = ["loyalty.club.approval"]
    _description = "Longer Life"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, index=True, ondelete="restrict")
    lot_ids = fields.Many2many(
        comodel_name="loyalty.club.lot", string="Lots", required=True, domain="[('club_id', '=', club_id)]"
    )
    last_day = fields.Date(required=True, string="New last day", help="It can be spent until the end of this day.")
    consequence = fields.Char(string="What happens", compute="_compute_consequence")

    def _compute_name(self):
        for extension in self:
            extension.name = self.env._("Longer life %s", extension.id or "")

    @api.depends("lot_ids", "club_id")
    def _compute_needs_approval(self):
        return super()._compute_needs_approval()

    @api.depends("lot_ids", "last_day", "needs_approval", "state")
    def _compute_consequence(self):
        for extension in self:
            values = {
                "open": f"{sum(extension.lot_ids.mapped('remaining')):,.3f}".rstrip("0").rstrip("."),
                "expired": f"{sum(extension.lot_ids.mapped('expired')):,.3f}".rstrip("0").rstrip("."),
                "day": fields.Date.to_string(extension.last_day) or "…",
            }
            extension.consequence = (
                self.env._(
                    "Once a second person has approved it, %(open)s live until %(day)s, and %(expired)s that had "
                    "expired come back until then.",
                    **values,
                )
                if extension.needs_approval
                else self.env._(
                    "%(open)s live until %(day)s, and %(expired)s that had expired come back until then.", **values
                )
            )

    def _club_frozen(self):
        return super()._club_frozen() | {"club_id", "lot_ids", "last_day"}

    def _club_amounts(self):
        amounts = defaultdict(Decimal)
        for lot_id, (left, expired) in self._club_parts().items():
            lot = self.env["loyalty.club.lot"].browse(lot_id)
            amounts[lot.account_id._club_after_merge().member_id] += left + sum(expired.values())
        return {member: amount for member, amount in amounts.items() if amount}

    def _club_parts(self):
        """{lot id: (what is left of it, {expire entry id: what of it is gone and not back})}, as Decimals."""
        lot_ids = self.lot_ids._origin.ids
        if not lot_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT lot.id, lot.remaining::text, entry.id, (posting.amount - COALESCE((
                              SELECT SUM(back.amount) FROM loyalty_club_entry reversal
                                JOIN loyalty_club_posting back ON back.entry_id = reversal.id
                               WHERE reversal.reversal_of_id = entry.id), 0))::text
                     FROM loyalty_club_lot lot
                LEFT JOIN (loyalty_club_posting posting
                           JOIN loyalty_club_entry entry ON entry.id = posting.entry_id AND entry.kind = 'expire')
                       ON posting.lot_id = lot.id
                    WHERE lot.id = ANY(%s) ORDER BY lot.id, entry.id""",
                lot_ids,
            )
        )
        parts = {}
        for lot_id, left, entry_id, gone in rows:
            _left, expired = parts.setdefault(lot_id, (Decimal(left), {}))
            if entry_id and Decimal(gone):
                expired[entry_id] = Decimal(gone)
        return parts

    def _club_check_request(self):
        club = self.club_id
        today = club._club_today()
        if self.lot_ids.club_id - club:
            raise UserError(self.env._("These lots belong to several clubs. Choose lots of one club."))
        if not today <= self.last_day <= today + timedelta(days=club.extend_days):
            raise UserError(
                self.env._(
                    "The new last day must be between today and %s, as the club has set it.",
                    today + timedelta(days=club.extend_days),
                )
            )
        oldest = today - timedelta(days=club.reinstate_days)
        parts = self._club_parts()
        for lot in self.lot_ids:
            left, expired = parts[lot.id]
            if not left and not expired:
                raise UserError(self.env._("Nothing of %s is left or has expired.", lot.display_name))
            if not lot.expires_at:
                raise UserError(self.env._("%s never expires.", lot.display_name))
            ends = last_day_of(lot.expires_at, club._club_zone())
            if ends >= self.last_day:
                raise UserError(self.env._("%(lot)s lives until %(day)s already.", lot=lot.display_name, day=ends))
            if ends < oldest:
                raise UserError(
                    self.env._(
                        "%(lot)s ended on %(day)s. The club reinstates what ended on %(oldest)s or later.",
                        lot=lot.display_name,
                        day=ends,
                        oldest=oldest,
                    )
                )

    def _club_book(self):
        self.ensure_one()
        self._club_check_request()  # the second person may come days later
        end = self.club_id._club_end_of(self.last_day)
        Entry = self.env["loyalty.club.entry"].sudo()  # the request was checked; nobody writes entries by right
        Entry._club_lock(sorted(self.lot_ids.account_id.ids))
        movements = []
        for lot_id, (left, expired) in self._club_parts().items():
            lot = self.env["loyalty.club.lot"].browse(lot_id)
            new = NewLot(left, lot.branch_id.id or None, None, end, lot_id)
            if left:
                movements += self._club_move(lot, new)
            for entry_id, gone in expired.items():
                key = f"extension:{self.id}:{entry_id}"
                back = Entry.browse(entry_id)._club_reversal(key, gone, self.reason, origin=(self._name, self.id))
                movements.append(replace(back, lots=(), new_lots=(replace(new, amount=gone),)))
        Entry._club_post(movements)
        self.env["loyalty.club.lot"].invalidate_model(["expired", "state"], flush=False)
        return {}

    def _club_move(self, lot, new):
        """The two movements that bring what is left of ``lot`` into ``new``."""
        common = {
            "kind": "transfer",
            "counter": "transfer",
            "account_id": lot.account_id.id,
            "amount": new.amount,
            "origin": (self._name, self.id),
            "reason": self.reason,
        }
        new = replace(new, usable_from=lot.usable_from or None, idle_days=lot.idle_days or None)
        key = f"extension:{self.id}:lot:{lot.id}"
        return [
            Movement(key=f"{key}:out", incoming=False, exact=True, lots=((lot.id, new.amount),), **common),
            Movement(key=f"{key}:in", incoming=True, new_lots=(new,), **common),
        ]
