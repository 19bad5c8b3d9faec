"""Transfers: amounts move from one account to another with their issuers and lives."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lots import ZERO
from ..rules.movement import Movement, NewLot


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    def _club_after_merge(self):
        """The account that this balance moved to when its member was merged; itself when he was not."""
        self.ensure_one()
        member = self.member_id
        while member.merged_into_id:
            member = member.merged_into_id
        return self if member == self.member_id else member._club_account(self.program_id)

    def _club_move_all(self, target, key, reason=""):
        """Move everything, also a debt and what is not usable yet, to ``target``. Lots keep their issuer and life.

        :param target: account of the same program
        :param key: names the transfer; its two entries are ``<key>:out`` and ``<key>:in``
        :return: the entries, empty when there was nothing to move
        :raises UserError: another program, or an amount is held
        """
        self.ensure_one()
        if target.program_id != self.program_id:
            raise UserError(self.env._("Balances move between accounts of one program only."))
        self.env.flush_all()
        entry_model = self.env["loyalty.club.entry"].sudo()
        rows = entry_model._club_lock(sorted([self.id, target.id]))
        source = rows[self.id]
        if source["held"]:
            raise UserError(
                self.env._("An amount of this account is being paid with right now. Try again when that is done.")
            )
        movements = self._club_lot_transfer(target, key, reason)
        if source["debt"]:
            movements += self._club_debt_transfer(target, key, reason, source["debt"])
        return entry_model._club_post(movements)

    def _club_lot_transfer(self, target, key, reason):
        """The two movements that carry all open lots over; none when there are none."""
        lots = [
            (lot_id, Decimal(left), *life)
            for lot_id, left, *life in self.env.execute_query(
                SQL(
                    """SELECT id, remaining::text, branch_id, usable_from, expires_at, idle_days FROM loyalty_club_lot
                        WHERE account_id = %s AND remaining > 0 ORDER BY id""",
                    self.id,
                )
            )
        ]
        total = sum((lot[1] for lot in lots), ZERO)
        if not total:
            return []
        common = {"kind": "transfer", "counter": "transfer", "reason": reason, "amount": total}
        return [
            Movement(
                key=f"{key}:out",
                account_id=self.id,
                incoming=False,
                exact=True,
                lots=tuple((lot[0], lot[1]) for lot in lots),
                **common,
            ),
            Movement(
                key=f"{key}:in",
                account_id=target.id,
                incoming=True,
                new_lots=tuple(NewLot(lot[1], *lot[2:5], lot[0], lot[5]) for lot in lots),
                **common,
            ),
        ]

    def _club_debt_transfer(self, target, key, reason, debt):
        """The two movements that carry a debt over."""
        common = {"kind": "transfer", "counter": "transfer", "reason": reason, "amount": debt}
        return [
            Movement(key=f"{key}:debt-out", account_id=self.id, incoming=True, **common),
            Movement(key=f"{key}:debt-in", account_id=target.id, incoming=False, allow_debt=True, **common),
        ]
