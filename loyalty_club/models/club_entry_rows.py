"""Rows: entries, lots and chained postings as they go into the database."""

import hashlib
import json

from odoo import fields, models
from odoo.tools import SQL

from ..rules.movement import digest

#: Movements of one statement. They travel as JSON values: a list of VALUES costs PostgreSQL more to read than to write.
PAGE = 20000

#: Entries, their new lots and their postings in one statement; the trigger behind it moves balances, lots and points.
WRITE = """
    WITH entry AS (
        INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at,
               posted_at, user_id, origin_model, origin_id, reason, reversal_of_id, documented, details)
        SELECT v.kind, v.key, v.digest, v.club, v.branch, b.company_id, v.occurred, v.posted, v.who,
               v.origin_model, v.origin, v.reason, v.reversal_of, v.documented, v.details
          FROM json_to_recordset(%(entries)s) v(kind text, key text, digest text, club int, branch int,
               occurred timestamp, posted timestamp, who int, origin_model text, origin int, reason text,
               reversal_of int, documented boolean, details jsonb)
     LEFT JOIN loyalty_club_branch b ON b.id = v.branch
     RETURNING id, key),
    posting AS (
        INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
               opens_lot, seq, balance_after, hash)
        SELECT entry.id, v.from_account, v.to_account, v.account, v.amount, v.lot, v.opens_lot, v.seq, v.balance, v.hash
          FROM json_to_recordset(%(postings)s) v(key text, from_account int, to_account int, account int,
               amount numeric, lot int, opens_lot boolean, seq int, balance numeric, hash text, place int)
          JOIN entry ON entry.key = v.key
      ORDER BY v.place)
    {lots}
    SELECT key, id FROM entry"""
LOTS = """,
    lot AS (
        INSERT INTO loyalty_club_lot (id, account_id, entry_id, rank, branch_id, amount, remaining, usable_from,
               expires_at, origin_lot_id, idle_days)
        SELECT v.id, v.account, entry.id, v.rank, v.branch, v.amount, v.amount, v.usable_from, v.expires_at, v.origin,
               v.idle
          FROM json_to_recordset(%(lots)s) v(id int, key text, account int, rank int, branch int, amount numeric,
               usable_from timestamp, expires_at timestamp, origin int, idle int)
          JOIN entry ON entry.key = v.key)"""


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_insert(self, movements, plans, accounts, system, now):
        """Write movements with the legs planned for each; {key: entry id}. Moves the rows of ``accounts`` on."""
        lot_ids = self._club_new_lot_ids(sum(bool(leg.new_lot) for legs in plans for leg in legs))
        ids = {}
        for start in range(0, len(movements), PAGE):
            entries, lots, postings = [], [], []
            for movement, legs in zip(movements[start : start + PAGE], plans[start : start + PAGE], strict=True):
                account = accounts[movement.account_id]
                counter_id = system[account["program_id"], movement.counter, movement.branch_id]
                entries.append(self._club_entry_row(movement, legs, account, now))
                rank = 0
                for leg in legs:
                    lot_id = leg.lot_id
                    if leg.new_lot:
                        lot_id = next(lot_ids)
                        lots.append(self._club_lot_row(movement, leg, lot_id, rank))
                        rank += 1
                    row = self._club_posting_row(movement, leg, lot_id, account, counter_id, now)
                    postings.append({**row, "place": len(postings)})
            ids.update(self._club_insert_page(entries, lots, postings))
        return ids

    def _club_new_lot_ids(self, count):
        """An iterator over ``count`` ids for lots; a posting's hash names its lot, so they are known before."""
        if not count:
            return iter(())
        query = SQL("SELECT nextval('loyalty_club_lot_id_seq') FROM generate_series(1, %s)", count)
        return iter([row[0] for row in self.env.execute_query(query)])

    def _club_insert_page(self, entries, lots, postings):
        values = {"entries": json.dumps(entries, default=str), "postings": json.dumps(postings, default=str)}
        if lots:
            values["lots"] = json.dumps(lots, default=str)
        self.env.cr.execute(SQL(WRITE.format(lots=LOTS if lots else ""), **values))
        return self.env.cr.fetchall()

    def _club_entry_row(self, movement, legs, account, now):
        promised = {"promised": True} if any(leg.promised for leg in legs) else {}
        return {
            "kind": movement.kind,
            "key": movement.key,
            "digest": digest(movement),
            "club": account["club_id"],
            "branch": movement.branch_id,
            "occurred": movement.occurred_at or now,
            "posted": now,
            "who": self.env.uid,
            "origin_model": movement.origin[0] if movement.origin else None,
            "origin": movement.origin[1] if movement.origin else None,
            "reason": movement.reason or None,
            "reversal_of": movement.reversal_of,
            "documented": movement.documented,
            "details": {**(movement.details or {}), **promised} or None,
        }

    def _club_lot_row(self, movement, leg, lot_id, rank):
        return {
            "id": lot_id,
            "key": movement.key,
            "account": movement.account_id,
            "rank": rank,
            "branch": leg.new_lot.branch_id,
            "amount": leg.amount,
            "usable_from": leg.new_lot.usable_from,
            "expires_at": leg.new_lot.expires_at,
            "origin": leg.new_lot.origin_lot_id,
            "idle": leg.new_lot.idle_days,
        }

    def _club_posting_row(self, movement, leg, lot_id, account, counter_id, now):
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
            "key": movement.key,
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
