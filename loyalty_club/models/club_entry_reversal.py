"""Reversals: an entry undone by its opposite, from and to the very lots, also after members were merged."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lots import ZERO
from ..rules.movement import Movement, NewLot


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_reversed_amount(self):
        """How much of this entry was reversed before (Decimal, >= 0)."""
        return self._club_standing()[3]

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
        account, counter, signed, done, known = self._club_standing(key)
        left = abs(signed) - done
        amount = left if amount is None else amount
        if amount > left:
            raise UserError(
                self.env._("Only %(left)s of this entry is left to reverse, not %(amount)s.", left=left, amount=amount)
            )
        if not amount:
            return None
        moved_to = account._club_after_merge()
        values.setdefault("branch_id", self.branch_id.id or None)
        movement = Movement(
            key=key,
            kind="reverse",
            account_id=moved_to.id,
            amount=amount,
            incoming=signed < 0,
            counter=counter,
            lots=tuple(self._club_lots_left(but=known)[self.id]),
            reason=reason,
            reversal_of=self.id,
            **values,
        )
        return movement if moved_to == account else self._club_follow_merge(movement)

    def _club_account_now(self):
        """The account that this entry's balance is on now, after merges of members."""
        return self._club_standing()[0]._club_after_merge()

    def _club_standing(self, key=""):
        """What a reversal by ``key`` finds.

        :return: (value account, kind of the other side, Decimal that the account won, Decimal that reversals of other
            keys have undone, the entry that came with ``key`` before)
        """
        self.ensure_one()
        [(account_id, counter, signed, done, known_id)] = self.env.execute_query(
            SQL(
                """SELECT posting.account_id, MIN(counter.kind),
                          SUM(CASE WHEN to_account_id = posting.account_id THEN amount ELSE -amount END)::text,
                          COALESCE((SELECT SUM(back.amount) FROM loyalty_club_entry reversal
                                      JOIN loyalty_club_posting back ON back.entry_id = reversal.id
                                     WHERE reversal.reversal_of_id = %(entry)s AND reversal.key <> %(key)s), 0)::text,
                          (SELECT id FROM loyalty_club_entry WHERE key = %(key)s)
                     FROM loyalty_club_posting posting
                     JOIN loyalty_club_account counter ON counter.id IN (from_account_id, to_account_id)
                                                      AND counter.id <> posting.account_id
                    WHERE posting.entry_id = %(entry)s GROUP BY posting.account_id""",
                entry=self.id,
                key=key,
            )
        )
        account = self.env["loyalty.club.account"].browse(account_id)
        return account, counter, Decimal(signed), Decimal(done), self.browse(known_id)

    def _club_lots_left(self, but=None):
        """{entry id: [(lot id, Decimal)]} that these entries put into or took from lots, not undone yet, last first.

        :param but: a reversal that is looked at again and does not count
        """
        lots = defaultdict(list)
        if not self.ids:
            return lots
        # what came back to a dead lot is in a new one, and counts for the lot that it was spent from
        lot = "CASE WHEN entry.id <> root.id AND opens_lot THEN COALESCE(origin_lot_id, lot.id) ELSE lot.id END"
        signed = "CASE WHEN entry.id = root.id THEN posting.amount ELSE -posting.amount END"
        rows = self.env.execute_query(
            SQL(
                """SELECT root.id, %(lot)s, SUM(%(signed)s)::text
                     FROM loyalty_club_entry root
                     JOIN loyalty_club_entry entry ON entry.id = root.id OR entry.reversal_of_id = root.id
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                     JOIN loyalty_club_lot lot ON lot.id = posting.lot_id
                    WHERE root.id = ANY(%(roots)s) AND entry.id <> %(but)s
                 GROUP BY root.id, %(lot)s HAVING SUM(%(signed)s) > 0
                 ORDER BY root.id, MAX(posting.id) FILTER (WHERE entry.id = root.id) DESC""",
                signed=SQL(signed),
                lot=SQL(lot),
                roots=self.ids,
                but=but.id if but else 0,
            )
        )
        for entry_id, lot_id, amount in rows:
            lots[entry_id].append((lot_id, Decimal(amount)))
        return lots

    def _club_follow_merge(self, movement):
        """The same movement on the account that the lots moved to when the member was merged."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE moved AS (
                       SELECT id AS origin, id FROM loyalty_club_lot WHERE id = ANY(%s)
                       UNION SELECT moved.origin, lot.id
                               FROM loyalty_club_lot lot JOIN moved ON lot.origin_lot_id = moved.id)
                   SELECT moved.origin, lot.id, lot.account_id, lot.branch_id, lot.usable_from, lot.expires_at,
                          lot.idle_days
                     FROM moved JOIN loyalty_club_lot lot ON lot.id = moved.id ORDER BY lot.id""",
                [lot_id for lot_id, _amount in movement.lots],
            )
        )
        parts = dict(movement.lots)
        if not movement.incoming:
            here = [(lot_id, parts[origin]) for origin, lot_id, account, *_ in rows if account == movement.account_id]
            return replace(movement, lots=tuple(here))
        new, left = [], movement.amount
        for origin, lot_id, _account, branch_id, start, end, idle in rows:
            part = min(left, parts[origin]) if lot_id == origin else ZERO
            if part > 0:
                new.append(NewLot(part, branch_id, start, end, lot_id, idle))
                left -= part
        if left:
            new.append(NewLot(left, movement.branch_id))
        return replace(movement, lots=(), new_lots=tuple(new))
