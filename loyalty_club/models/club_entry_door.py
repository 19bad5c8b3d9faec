"""The one door: every movement of value is locked, checked and written here, for one or for a hundred thousand."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.movement import digest, problem_of

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
        seen = self._club_look(movements, rolling)
        ids = self._club_known(movements, seen.known)
        fresh = [movement for movement in movements if movement.key not in ids]
        if fresh:
            self._club_refuse_released(fresh, seen.holds)
            before = {account_id: row["balance"] for account_id, row in seen.accounts.items()}
            ids.update(self._club_write(fresh, seen))
            if rolling:
                self._club_roll(rolling, fresh, seen.accounts, ids)
            self._club_tell_milestones(fresh, before, seen.accounts)
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

    def _club_refuse_released(self, movements, holds):
        if any(holds[movement.captures] != "held" for movement in movements if movement.captures):
            raise UserError(self.env._("This amount is no longer set aside. Start the payment again."))

    def _club_known(self, movements, known):
        """{key: entry id} of what was posted before; ``known``: {key: (digest, entry id)}.

        :raises UserError: the same key with other inputs
        """
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

    def _club_write(self, movements, seen):
        """Plan and write movements that are new; {key: entry id}."""
        now = fields.Datetime.now()
        plans = self._club_plan(movements, seen, now)
        wanted = {(seen.accounts[m.account_id]["program_id"], m.counter, m.branch_id) for m in movements}
        if not wanted <= set(seen.system):
            seen.system.update(self.env["loyalty.club.account"]._club_system_accounts(wanted))
        entry_ids = self._club_insert(movements, plans, seen, now)
        self._club_forget(seen.accounts)
        return entry_ids
