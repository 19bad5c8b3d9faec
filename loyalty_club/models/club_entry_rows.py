"""Rows: entries, lots and chained postings as they go into the database."""

import hashlib
import json

from odoo import fields, models
from odoo.tools import SQL

from ..rules.movement import digest

#: Rows of one INSERT. They travel as one JSON value: a list of VALUES costs PostgreSQL more to read than to write.
PAGE = 20000


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_insert(self, query, rows):
        """Run ``query``, which inserts from ``json_to_recordset(%s)``, for all ``rows`` (dicts); what it returns."""
        returned = []
        for start in range(0, len(rows), PAGE):
            self.env.cr.execute(SQL(query, json.dumps(rows[start : start + PAGE], default=str)))
            if self.env.cr.description:
                returned += self.env.cr.fetchall()
        return returned

    def _club_insert_entries(self, movements, accounts, now):
        """Insert the entries; {key: entry id}."""
        rows = [
            {
                "kind": movement.kind,
                "key": movement.key,
                "digest": digest(movement),
                "club": accounts[movement.account_id]["club_id"],
                "branch": movement.branch_id,
                "occurred": movement.occurred_at or now,
                "posted": now,
                "who": self.env.uid,
                "origin_model": movement.origin[0] if movement.origin else None,
                "origin": movement.origin[1] if movement.origin else None,
                "reason": movement.reason or None,
                "reversal_of": movement.reversal_of,
                "documented": movement.documented,
                "details": movement.details or None,
            }
            for movement in movements
        ]
        inserted = self._club_insert(
            """INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at,
                      posted_at, user_id, origin_model, origin_id, reason, reversal_of_id, documented, details)
               SELECT v.kind, v.key, v.digest, v.club, v.branch, b.company_id, v.occurred, v.posted, v.who,
                      v.origin_model, v.origin, v.reason, v.reversal_of, v.documented, v.details
                 FROM json_to_recordset(%s) v(kind text, key text, digest text, club int, branch int,
                      occurred timestamp, posted timestamp, who int, origin_model text, origin int, reason text,
                      reversal_of int, documented boolean, details jsonb)
            LEFT JOIN loyalty_club_branch b ON b.id = v.branch
            RETURNING key, id""",
            rows,
        )
        return dict(inserted)

    def _club_insert_lots(self, movements, plans, entry_ids):
        """Insert the new lots; {(entry id, rank): lot id}."""
        rows = [
            {
                "account": movement.account_id,
                "entry": entry_ids[movement.key],
                "rank": rank,
                "branch": leg.new_lot.branch_id,
                "amount": leg.amount,
                "usable_from": leg.new_lot.usable_from,
                "expires_at": leg.new_lot.expires_at,
                "origin": leg.new_lot.origin_lot_id,
                "idle": leg.new_lot.idle_days,
            }
            for movement, legs in zip(movements, plans, strict=True)
            for rank, leg in enumerate(leg for leg in legs if leg.new_lot)
        ]
        inserted = self._club_insert(
            """INSERT INTO loyalty_club_lot (account_id, entry_id, rank, branch_id, amount, remaining, usable_from,
                      expires_at, origin_lot_id, idle_days)
               SELECT account, entry, rank, branch, amount, amount, usable_from, expires_at, origin, idle
                 FROM json_to_recordset(%s) v(account int, entry int, rank int, branch int, amount numeric,
                      usable_from timestamp, expires_at timestamp, origin int, idle int)
            RETURNING entry_id, rank, id""",
            rows,
        )
        return {(entry_id, rank): lot_id for entry_id, rank, lot_id in inserted}

    def _club_insert_postings(self, rows):
        """Insert postings; the trigger behind them moves balances, lots and points."""
        self._club_insert(
            """INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
                      opens_lot, seq, balance_after, hash)
               SELECT entry, from_account, to_account, account, amount, lot, opens_lot, seq, balance, hash
                 FROM json_to_recordset(%s) v(entry int, from_account int, to_account int, account int, amount numeric,
                      lot int, opens_lot boolean, seq int, balance numeric, hash text)""",
            rows,
        )

    def _club_posting_row(self, movement, leg, lot_id, account, counter_id, entry_id, now):
        """One posting's values; moves the account's chain on."""
        ends = (counter_id, movement.account_id) if movement.incoming else (movement.account_id, counter_id)
        account["seq"] += 1
        account["balance"] += leg.amount if movement.incoming else -leg.amount
        account["head"] = chain_hash(
            account["head"],
            movement.account_id,
            account["seq"],
            *ends,
            leg.amount,
            lot_id,
            account["balance"],
            movement.key,
            movement.kind,
            movement.occurred_at or now,
            movement.branch_id,
            movement.reversal_of,
            movement.reason,
        )
        return {
            "entry": entry_id,
            "from_account": ends[0],
            "to_account": ends[1],
            "account": movement.account_id,
            "amount": leg.amount,
            "lot": lot_id,
            "opens_lot": bool(leg.new_lot),
            "seq": account["seq"],
            "balance": account["balance"],
            "hash": account["head"],
        }

    def _club_forget(self, accounts):
        """Drop cached values that the triggers changed."""
        Account = self.env["loyalty.club.account"]
        touched = Account.browse(accounts)
        touched.invalidate_recordset(
            ["balance", "held", "debt", "seq", "head", "available", "balance_display", "lot_ids", "posting_ids"],
            flush=False,
        )
        self.env["loyalty.club.lot"].invalidate_model(["remaining", "usable"], flush=False)
        self.env["loyalty.card"].invalidate_model(["points", "points_display"], flush=False)


def chain_hash(
    previous, account_id, seq, from_id, to_id, amount, lot_id, balance, key, kind, at, branch_id, reversal_id, reason
):
    """Hex SHA-256 that ties a posting to the one before it; ``sql/check.sql`` computes the same in PostgreSQL."""
    parts = (
        previous,
        account_id,
        seq,
        from_id,
        to_id,
        f"{amount:.3f}",
        lot_id or "",
        f"{balance:.3f}",
        key,
        kind,
        fields.Datetime.to_string(at),
        branch_id or "",
        reversal_id or "",
        reason or "",
    )
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
