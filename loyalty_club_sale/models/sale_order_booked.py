"""What the ledger holds for orders: their entries, what is left of each, and where merged members' points went."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from odoo import models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.tools import SQL

EARNED, SPENT, LOADED = "earned", "spent", "loaded"
#: What an entry of each kind was for the order; all others gave something for the purchase.
SIDES = {"redeem": SPENT, "load": LOADED}


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
            side=SIDES.get(kind, EARNED),
            program_id=program_id,
            booked_on=account_id,
            account_id=self.env["loyalty.club.account"].browse(account_id)._club_after_merge().id
            if merged_into_id
            else account_id,
            branch_id=branch_id,
            amount=amount,
            left=ZERO if reversal_of_id else abs(amount) - Decimal(undone),
        )
