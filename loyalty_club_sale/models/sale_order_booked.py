"""What the ledger holds for orders: their entries, what is left of each, and where merged members' points went."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from odoo import models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.tools import SQL

EARNED, SPENT = "earned", "spent"


@dataclass(slots=True)
class Booked:
    """An entry that an order made: what it moved, and what is left of it to undo."""

    entry_id: int
    side: str
    program_id: int
    booked_on: int
    account_id: int
    branch_id: int | None
    amount: Decimal
    left: Decimal


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_booked(self):
        """{order id: [Booked]} in the order of booking."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT entry.origin_id, entry.id, COALESCE(root.kind, entry.kind), account.program_id, account.id,
                          COALESCE(root.branch_id, entry.branch_id), member.merged_into_id, entry.reversal_of_id,
                          SUM(CASE WHEN posting.to_account_id = account.id
                                   THEN posting.amount ELSE -posting.amount END)::text,
                          (SELECT COALESCE(SUM(back.amount), 0)::text FROM loyalty_club_entry undo
                             JOIN loyalty_club_posting back ON back.entry_id = undo.id
                            WHERE undo.reversal_of_id = entry.id)
                     FROM loyalty_club_entry entry
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                     JOIN loyalty_club_account account ON account.id = posting.account_id
                LEFT JOIN loyalty_club_member member ON member.id = account.member_id
                LEFT JOIN loyalty_club_entry root ON root.id = entry.reversal_of_id
                    WHERE entry.origin_model = %s AND entry.origin_id = ANY(%s)
                 GROUP BY entry.id, root.id, account.id, member.id ORDER BY entry.id""",
                self._name,
                self.ids,
            )
        )
        booked = defaultdict(list)
        for order_id, *row in rows:
            booked[order_id].append(self._club_booked_row(*row))
        return booked

    def _club_booked_row(
        self, entry_id, kind, program_id, account_id, branch_id, merged_into_id, reversal_of_id, amount, undone
    ):
        amount = Decimal(amount)
        return Booked(
            entry_id=entry_id,
            side=SPENT if kind == "redeem" else EARNED,
            program_id=program_id,
            booked_on=account_id,
            account_id=self._club_account_after_merge(account_id, merged_into_id, program_id),
            branch_id=branch_id,
            amount=amount,
            left=ZERO if reversal_of_id else abs(amount) - Decimal(undone),
        )

    def _club_account_after_merge(self, account_id, merged_into_id, program_id):
        """The account that a member's balance moved to when he was merged with another one."""
        if not merged_into_id:
            return account_id
        member = self.env["loyalty.club.member"].browse(merged_into_id)
        while member.merged_into_id:
            member = member.merged_into_id
        return member._club_account(self.env["loyalty.program"].browse(program_id)).id

    def _club_lots_left(self, entry_ids):
        """{entry id: [(lot id, Decimal)]} that the entries put into or took from lots, not undone yet, last first."""
        lots = defaultdict(list)
        if not entry_ids:
            return lots
        rows = self.env.execute_query(
            SQL(
                """SELECT root.id, posting.lot_id,
                          SUM(CASE WHEN entry.id = root.id THEN posting.amount ELSE -posting.amount END)::text
                     FROM loyalty_club_entry root
                     JOIN loyalty_club_entry entry ON entry.id = root.id OR entry.reversal_of_id = root.id
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                    WHERE root.id = ANY(%s) AND posting.lot_id IS NOT NULL
                 GROUP BY root.id, posting.lot_id
                   HAVING SUM(CASE WHEN entry.id = root.id THEN posting.amount ELSE -posting.amount END) > 0
                 ORDER BY root.id, MAX(posting.id) FILTER (WHERE entry.id = root.id) DESC""",
                entry_ids,
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
                   SELECT moved.origin, lot.id, lot.account_id, lot.branch_id, lot.usable_from, lot.expires_at
                     FROM moved JOIN loyalty_club_lot lot ON lot.id = moved.id ORDER BY lot.id""",
                [lot_id for lot_id, _amount in movement.lots],
            )
        )
        parts = dict(movement.lots)
        if not movement.incoming:
            here = [(lot_id, parts[origin]) for origin, lot_id, account, *_ in rows if account == movement.account_id]
            return replace(movement, lots=tuple(here))
        new, left = [], movement.amount
        for origin, lot_id, _account, branch_id, start, end in rows:
            part = min(left, parts[origin]) if lot_id == origin else ZERO
            if part > 0:
                new.append(NewLot(part, branch_id, start, end, lot_id))
                left -= part
        if left:
            new.append(NewLot(left, movement.branch_id))
        return replace(movement, lots=(), new_lots=tuple(new))
