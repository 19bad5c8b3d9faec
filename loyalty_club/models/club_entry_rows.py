"""Rows: entries, lots and chained postings as they go into the database."""

import hashlib

from psycopg2.extras import Json

from odoo import fields, models

from ..rules.movement import digest

#: Rows of one INSERT; PostgreSQL plans each of them, so a statement stays small.
PAGE = 1000


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_insert_entries(self, movements, accounts, now):
        """Insert the entries; {key: entry id}."""
        rows = [
            (
                movement.kind,
                movement.key,
                digest(movement),
                accounts[movement.account_id]["club_id"],
                movement.branch_id,
                movement.occurred_at or now,
                now,
                self.env.uid,
                movement.origin[0] if movement.origin else None,
                movement.origin[1] if movement.origin else None,
                movement.reason or None,
                movement.reversal_of,
                Json(movement.details) if movement.details else None,
            )
            for movement in movements
        ]
        inserted = self.env.cr.execute_values(
            """INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at,
                      user_id, origin_model, origin_id, reason, reversal_of_id, details)
               SELECT v.kind, v.key, v.digest, v.club, v.branch::int, b.company_id, v.at, v.now, v.who, v.model,
                      v.origin::int, v.reason, v.reversal_of::int, v.details::jsonb
                 FROM (VALUES %s) v(kind, key, digest, club, branch, at, now, who, model, origin, reason, reversal_of,
                                    details)
            LEFT JOIN loyalty_club_branch b ON b.id = v.branch::int RETURNING key, id""",
            rows,
            page_size=PAGE,
            fetch=True,
        )
        return dict(inserted)

    def _club_insert_lots(self, movements, plans, entry_ids):
        """Insert the new lots; {(entry id, rank): lot id}."""
        rows = []
        for movement, legs in zip(movements, plans, strict=True):
            for rank, leg in enumerate(leg for leg in legs if leg.new_lot):
                lot = leg.new_lot
                rows.append(
                    (
                        movement.account_id,
                        entry_ids[movement.key],
                        rank,
                        lot.branch_id,
                        leg.amount,
                        leg.amount,
                        lot.usable_from,
                        lot.expires_at,
                        lot.origin_lot_id,
                    )
                )
        if not rows:
            return {}
        inserted = self.env.cr.execute_values(
            """INSERT INTO loyalty_club_lot (account_id, entry_id, rank, branch_id, amount, remaining, usable_from,
                      expires_at, origin_lot_id) VALUES %s RETURNING entry_id, rank, id""",
            rows,
            page_size=PAGE,
            fetch=True,
        )
        return {(entry_id, rank): lot_id for entry_id, rank, lot_id in inserted}

    def _club_insert_postings(self, rows):
        """Insert postings; the trigger behind them moves balances, lots and points."""
        self.env.cr.execute_values(
            """INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
                      opens_lot, seq, balance_after, hash) VALUES %s""",
            rows,
            page_size=PAGE,
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
        return (
            entry_id,
            *ends,
            movement.account_id,
            leg.amount,
            lot_id,
            bool(leg.new_lot),
            account["seq"],
            account["balance"],
            account["head"],
        )

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
