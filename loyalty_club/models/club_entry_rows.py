"""Rows: entries, lots and chained postings as they go into the database."""

import json

from odoo import models
from odoo.tools import SQL

from ..rules.chain import chain_hash, entry_text, life_text
from ..rules.movement import digest

#: Movements of one statement. They travel as JSON values: a list of VALUES costs PostgreSQL more to read than to write.
PAGE = 20000

#: Entries, their new lots and their postings in one statement; the trigger behind it moves balances, lots and points.
WRITE = """
    WITH entry AS (
        INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at,
               posted_at, user_id, origin_model, origin_id, reason, reversal_of_id, documented, details, witness)
        SELECT v.kind, v.key, v.digest, v.club, v.branch, v.company, v.occurred, v.posted, v.who,
               v.origin_model, v.origin, v.reason, v.reversal, v.documented, v.details, v.witness
          FROM json_to_recordset(%(entries)s) v(kind text, key text, digest text, club int, branch int, company int,
               occurred timestamp, posted timestamp, who int, origin_model text, origin int, reason text,
               reversal int, documented boolean, details jsonb, witness int)
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
               expires_at, opened_until, origin_lot_id, idle_days)
        SELECT v.id, v.account, entry.id, v.rank, v.branch, v.amount, v.amount, v.usable_from, v.expires_at,
               v.expires_at, v.origin, v.idle
          FROM json_to_recordset(%(lots)s) v(id int, key text, account int, rank int, branch int, amount numeric,
               usable_from timestamp, expires_at timestamp, origin int, idle int)
          JOIN entry ON entry.key = v.key)"""


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_insert(self, movements, plans, seen, now):
        """Write movements with the legs planned for each; {key: entry id}. Moves the rows of ``seen.accounts`` on."""
        accounts = seen.accounts
        lot_ids = self._club_new_lot_ids(sum(bool(leg.new_lot) for legs in plans for leg in legs))
        ids = {}
        for start in range(0, len(movements), PAGE):
            entries, lots, postings = [], [], []
            for movement, legs in zip(movements[start : start + PAGE], plans[start : start + PAGE], strict=True):
                account = accounts[movement.account_id]
                counter_id = seen.system[account["program_id"], movement.counter, movement.branch_id]
                entry = self._club_entry_row(movement, legs, account, now)
                said = _said(entry, seen.witness)
                entries.append(
                    {**entry, "digest": digest(movement), "club": account["club_id"], "witness": seen.witness[0]}
                )
                rank = 0
                for leg in legs:
                    lot_id = leg.lot_id
                    if leg.new_lot:
                        lot_id = next(lot_ids)
                        lots.append(self._club_lot_row(movement, leg, lot_id, rank))
                        rank += 1
                    row = self._club_posting_row(movement, leg, lot_id, account, counter_id, said)
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
        """What the entry says, as it is stored and as the hash of its postings covers it."""
        promised = {"promised": True} if any(leg.promised for leg in legs) else {}
        branch = self.env["loyalty.club.branch"].browse(movement.branch_id or ())
        return {
            "kind": movement.kind,
            "key": movement.key,
            "branch": movement.branch_id,
            "company": branch.company_id.id or None,
            "occurred": movement.occurred_at or now,
            "posted": now,
            "who": self.env.uid,
            "origin_model": movement.origin[0] if movement.origin else None,
            "origin": movement.origin[1] if movement.origin else None,
            "reason": movement.reason or None,
            "reversal": movement.reversal_of,
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

    def _club_posting_row(self, movement, leg, lot_id, account, counter_id, said):
        """One posting's values; moves the account's chain on. ``said``: text of its entry."""
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
            _life(leg.new_lot) if leg.new_lot else None,
            account["balance"],
            said,
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


def _said(entry, witness):
    return entry_text(**entry, witness=witness[1])


def _life(lot):
    return life_text(lot.usable_from, lot.expires_at, lot.idle_days, lot.origin_lot_id, lot.branch_id)
