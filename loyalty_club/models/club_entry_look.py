"""What the door looks at: locked accounts, keys that came before, lots and counter accounts, all in one statement."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lots import Lot
from ..rules.movement import VALUE_KINDS

#: Value accounts, locked in the order of their ids.
ACCOUNTS = """
    SELECT id, club_id, program_id, kind, balance::text, held::text, debt::text, seq, head
      FROM loyalty_club_account WHERE id = ANY(%(accounts)s) ORDER BY id FOR NO KEY UPDATE"""

#: One row of JSON arrays: for a till each statement costs more on the way than in the database.
LOOK = f"""
    WITH account AS MATERIALIZED ({ACCOUNTS})
    SELECT (SELECT json_agg(account) FROM account),
           (SELECT json_agg(json_build_array(key, digest, id)) FROM loyalty_club_entry WHERE key = ANY(%(keys)s)),
           (SELECT json_agg(json_build_array(program_id, kind, branch_id, id)) FROM loyalty_club_account
             WHERE program_id IN (SELECT program_id FROM account) AND kind = ANY(%(counters)s)
               AND kind NOT IN ('points', 'credit', 'gift', 'prepaid')
               AND COALESCE(branch_id, 0) = ANY(%(branches)s)),
           (SELECT json_build_array(id, hash) FROM loyalty_club_posting ORDER BY id DESC LIMIT 1)"""
LOTS = """,
           (SELECT json_agg(json_build_array(account_id, id, amount::text, remaining::text, usable_from, expires_at,
                                             branch_id))
              FROM loyalty_club_lot WHERE account_id = ANY(%(drawing)s) AND remaining > 0)"""
STATES = """,
           (SELECT json_agg(json_build_array(id, state)) FROM loyalty_club_hold WHERE id = ANY(%(holds)s))"""
NAMED = """,
           (SELECT json_agg(json_build_array(account_id, id, amount::text, remaining::text, usable_from, expires_at,
                                             branch_id))
              FROM loyalty_club_lot WHERE id = ANY(%(named)s))"""


@dataclass(slots=True)
class Seen:
    """``accounts`` {id: row}, ``known`` {key: (digest, entry id)}, ``lots`` {account id: {lot id: Lot}},
    ``system`` {(program id, kind, branch id): account id}, ``holds`` {id of a hold that is captured: its state},
    ``witness`` (id, hash) of the newest posting of anybody; what this call writes says that it was there."""

    accounts: dict
    known: dict
    system: dict
    holds: dict
    lots: dict
    witness: tuple


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_lock(self, account_ids):
        """Lock value accounts in id order and return {id: row}; a concurrent change makes the request start again."""
        self.env.cr.execute(SQL(ACCOUNTS, accounts=account_ids), log_exceptions=False)  # see _club_look
        return self._club_locked(account_ids, self.env.cr.dictfetchall())

    def _club_locked(self, account_ids, rows):
        accounts = {row["id"]: row for row in rows}
        if len(accounts) != len(account_ids) or any(row["kind"] not in VALUE_KINDS for row in accounts.values()):
            raise UserError(self.env._("A movement needs the account of a member or bearer."))
        for row in accounts.values():
            # Odoo reads numeric as float, so the exact figures come as text
            row.update({name: Decimal(row[name]) for name in ("balance", "held", "debt")})
        return accounts

    def _club_look(self, movements, others):
        """Lock the accounts of ``movements`` and ``others`` (ids), and read what planning them needs; a ``Seen``."""
        account_ids = sorted({movement.account_id for movement in movements} | set(others))
        values = {
            "accounts": account_ids,
            "keys": [movement.key for movement in movements],
            "counters": list({movement.counter for movement in movements}),
            "branches": list({movement.branch_id or 0 for movement in movements}),
            "holds": [movement.captures for movement in movements if movement.captures],
            "drawing": list({movement.account_id for movement in movements if not movement.incoming}),
            "named": list({lot_id for movement in movements for lot_id, _part in movement.lots}),
        }
        parts = [part for name, part in (("holds", STATES), ("drawing", LOTS), ("named", NAMED)) if values[name]]
        rows = self._club_look_at(SQL(LOOK + "".join(parts), **values), account_ids, bool(values["holds"]))
        accounts, known, system, witness, *others = (found or [] for found in rows[0])
        holds = others.pop(0) if values["holds"] else []
        return Seen(
            self._club_locked(account_ids, accounts),
            {key: (stored, entry_id) for key, stored, entry_id in known},
            {(program, kind, branch): account_id for program, kind, branch, account_id in system},
            dict(holds),
            _lots_of(row for rows in others for row in rows),
            tuple(witness or (None, None)),
        )

    def _club_look_at(self, query, account_ids, paying):
        """Rows of ``query``, which locks the accounts; who pays with what was set aside waits for his turn."""
        if paying:
            accounts = SQL("SELECT unnest(%s::int[])", account_ids)
            return self.env["loyalty.club.account"]._club_in_turn(query, accounts)
        # a serialisation failure here is normal: the request is replayed
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()


def _lots_of(rows):
    lots = defaultdict(dict)
    for account_id, lot_id, amount, remaining, usable_from, expires_at, branch_id in rows:
        days = (day and datetime.fromisoformat(day) for day in (usable_from, expires_at))
        lots[account_id][lot_id] = Lot(lot_id, Decimal(amount), Decimal(remaining), *days, branch_id)
    return lots
