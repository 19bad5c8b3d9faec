"""The one door: every movement of value is locked, checked and written here, for one or for a hundred thousand."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.movement import VALUE_KINDS, digest, problem_of

#: What the door's SQL reads.
WRITTEN_FIRST = ("loyalty.club.account", "loyalty.club.hold", "loyalty.club.branch", "loyalty.card", "loyalty.program")


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    @api.model
    def _club_post(self, movements):
        """Post movements, each one an entry of its own; all or none.

        :param movements: list of ``rules.movement.Movement``
        :return: entries in the order of ``movements``; for a key posted before with the same inputs, the first entry
        :raises UserError: a key comes again with other inputs; an amount is not there; a movement makes no sense
        """
        movements = list(movements)
        self._club_refuse_nonsense(movements)
        if not movements:
            return self.browse()
        self = self.sudo()  # the ledger has no writers but this door; callers are checked before they come here
        self._club_flush()
        rolling = self._club_rolling(movements)
        accounts = self._club_lock(sorted({movement.account_id for movement in movements} | set(rolling)))
        ids = self._club_known(movements)
        fresh = [movement for movement in movements if movement.key not in ids]
        if fresh:
            before = {account_id: row["balance"] for account_id, row in accounts.items()}
            ids.update(self._club_write(fresh, accounts))
            if rolling:
                self._club_roll(rolling, fresh, accounts)
            self._club_tell_milestones(fresh, before, accounts)
        return self.browse([ids[movement.key] for movement in movements])

    def _club_flush(self):
        """Write what the door reads and nothing else: an order in the making would be written twice."""
        for model in WRITTEN_FIRST:
            self.env[model].flush_model()

    def _club_refuse_nonsense(self, movements):
        problems = {
            "no_key": self.env._("A movement needs a key."),
            "not_decimal": self.env._("An amount must be a Decimal."),
            "not_positive": self.env._("An amount must be above zero."),
            "too_fine": self.env._("An amount has at most three decimals."),
            "lots_do_not_sum": self.env._("The lots of a movement must add up to its amount."),
        }
        for movement in movements:
            code = problem_of(movement)
            if code:
                raise UserError(problems[code])
        if len({movement.key for movement in movements}) != len(movements):
            raise UserError(self.env._("Two movements of one call have the same key."))

    def _club_lock(self, account_ids):
        """Lock value accounts in id order and return {id: row}; a concurrent change makes the request start again."""
        self.env.cr.execute(
            SQL(
                """SELECT id, club_id, program_id, kind, balance::text, held::text, debt::text, seq, head
                     FROM loyalty_club_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE""",
                account_ids,
            ),
            log_exceptions=False,  # a serialisation failure here is normal: the request is replayed
        )
        accounts = {row["id"]: row for row in self.env.cr.dictfetchall()}
        if len(accounts) != len(account_ids) or any(row["kind"] not in VALUE_KINDS for row in accounts.values()):
            raise UserError(self.env._("A movement needs the account of a member or bearer."))
        for row in accounts.values():
            # Odoo reads numeric as float, so the exact figures come as text
            row.update({name: Decimal(row[name]) for name in ("balance", "held", "debt")})
        return accounts

    def _club_known(self, movements):
        """{key: entry id} of what was posted before.

        :raises UserError: the same key with other inputs
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT key, digest, id FROM loyalty_club_entry WHERE key = ANY(%s)",
                [movement.key for movement in movements],
            )
        )
        known = {key: (stored, entry_id) for key, stored, entry_id in rows}
        for movement in movements if known else ():
            if movement.key in known and known[movement.key][0] != digest(movement):
                raise UserError(
                    self.env._(
                        "“%(key)s” was booked before with another amount or account. "
                        "Nothing was changed; look at that entry.",
                        key=movement.key,
                    )
                )
        return {key: entry_id for key, (_digest, entry_id) in known.items()}

    def _club_write(self, movements, accounts):
        """Plan and write movements that are new; {key: entry id}."""
        now = fields.Datetime.now()
        plans = self._club_plan(movements, accounts, now)
        system = self.env["loyalty.club.account"]._club_system_accounts(
            {(accounts[m.account_id]["program_id"], m.counter, m.branch_id) for m in movements}
        )
        entry_ids = self._club_insert_entries(movements, accounts, now)
        lot_ids = self._club_insert_lots(movements, plans, entry_ids)
        rows = []
        for movement, legs in zip(movements, plans, strict=True):
            account = accounts[movement.account_id]
            counter_id = system[account["program_id"], movement.counter, movement.branch_id]
            entry_id = entry_ids[movement.key]
            rank = 0
            for leg in legs:
                lot_id = leg.lot_id
                if leg.new_lot:
                    lot_id = lot_ids[entry_id, rank]
                    rank += 1
                rows.append(self._club_posting_row(movement, leg, lot_id, account, counter_id, entry_id, now))
        self._club_insert_postings(rows)
        self._club_forget(accounts)
        return entry_ids
