"""Entries: one thing that happened to a member's value. Append only; ``club_entry_door.py`` writes them."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.movement import Movement


class LoyaltyClubEntry(models.Model):
    _name = "loyalty.club.entry"
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
    details = fields.Json(readonly=True, help="How the amount came about, e.g. what each order line earned.")
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

    def _club_reversed_amount(self):
        """How much of this entry was reversed before (Decimal, >= 0)."""
        self.ensure_one()
        ids = [
            row[0]
            for row in self.env.execute_query(
                SQL("SELECT id FROM loyalty_club_entry WHERE reversal_of_id = %s", self.id)
            )
        ]
        return abs(sum(self.browse(ids)._club_signed_amounts().values(), Decimal(0)))

    def _club_reverse(self, key, amount=None, reason="", **values):
        """Undo this entry, or ``amount`` of it, by the opposite one.

        What was spent goes back to the very lots it came from, last spent first. What was earned is taken from the
        very lots it made, then from others; with ``allow_debt`` what is no longer there becomes a debt.

        :param key: names the reversal (a retry with the same key returns the first reversal)
        :param amount: Decimal; default all that was not reversed yet
        :param values: further values of the movement (branch_id, occurred_at, origin, allow_debt)
        :return: the reversing entry, or an empty record when nothing is left to reverse
        :raises UserError: more than the entry's rest, or not there any more and no debt allowed
        """
        movement = self._club_reversal(key, amount, reason, **values)
        return self._club_post([movement]) if movement else self.browse()

    def _club_reversal(self, key, amount=None, reason="", **values):
        """The movement behind ``_club_reverse``, for callers that post several at once; None when nothing is left."""
        self.ensure_one()
        known = self.search([("key", "=", key)], limit=1)
        signed = self._club_signed_amounts()[self.id]
        done = self._club_reversed_amount() - (abs(known._club_signed_amounts()[known.id]) if known else 0)
        left = abs(signed) - done
        amount = left if amount is None else amount
        if amount > left:
            raise UserError(
                self.env._("Only %(left)s of this entry is left to reverse, not %(amount)s.", left=left, amount=amount)
            )
        if not amount:
            return None
        rows = self.env.execute_query(
            SQL(
                """SELECT account_id, counter.kind, lot_id, posting.amount::text
                     FROM loyalty_club_posting posting
                     JOIN loyalty_club_account counter ON counter.id IN (from_account_id, to_account_id)
                                                      AND counter.id <> posting.account_id
                    WHERE entry_id = %s ORDER BY posting.id DESC""",
                self.id,
            )
        )
        values.setdefault("branch_id", self.branch_id.id or None)
        return Movement(
            key=key,
            kind="reverse",
            account_id=rows[0][0],
            amount=amount,
            incoming=signed < 0,
            counter=rows[0][1],
            lots=tuple((lot_id, Decimal(part)) for _account, _kind, lot_id, part in rows if lot_id),
            reason=reason,
            reversal_of=self.id,
            **values,
        )

    def write(self, vals):
        if self:
            raise UserError(
                self.env._("Entries of the club ledger are never changed. Post a reversal or an adjustment instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Entries of the club ledger are never deleted. Post a reversal instead."))

    def action_club_open_origin(self):
        """Open the order, invoice or adjustment that this entry came from."""
        self.ensure_one()
        if self.origin_model not in self.env or not self.origin_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "view_mode": "form",
        }
