"""Refunds at the till: take back the earned share, give back the spent lots."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from odoo import models
from odoo.addons.loyalty_club.rules.clawback import give_back, take_back
from odoo.addons.loyalty_club.tools.amount import exact
from odoo.exceptions import UserError
from odoo.tools import SQL


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_post_reversals(self, branch):
        """Post what a refund takes back and gives back, each as {program id: Decimal}; what is spent is a debt.

        The sale says whose points they are, whoever brings the goods back, and at whatever till.
        """
        if not self.lines.refunded_orderline_id:
            return {}, {}
        movements = self._club_reversals(branch)
        try:
            entries = self.env["loyalty.club.entry"]._club_post(movements)
        except UserError as error:
            # the money is back with the customer; a person settles the points
            accounts = self.env["loyalty.club.account"].sudo().browse(movements[0].account_id)
            self._club_note("refused", accounts.club_id, str(error), member_id=accounts.member_id.id)
            return {}, {}
        totals = self._club_reversed_totals(movements)
        for account in entries.account_id.filtered("debt"):
            self._club_note(
                "debt",
                account.club_id,
                self.env._("%s returned goods whose points are spent already.", account.member_id.display_name),
                member_id=account.member_id.id,
                account_id=account.id,
                entry_id=entries[:1].id,
                amount=account.debt,
            )
        return {p: taken for p, (taken, _g) in totals.items()}, {p: given for p, (_t, given) in totals.items()}

    def _club_reversals(self, branch):
        """Movements that undo the returned share of the orders that this one refunds."""
        self.ensure_one()
        movements = []
        for origin in self.lines.refunded_orderline_id.order_id:
            entries = (
                self.env["loyalty.club.entry"]
                .sudo()
                .search(
                    [
                        ("origin_model", "=", "pos.order"),
                        ("origin_id", "=", origin.id),
                        ("kind", "in", ("earn", "redeem")),
                    ],
                    order="id",
                )
            )
            returned = origin._club_returned() if entries else {}
            for entry in entries:
                movement = (
                    self._club_take_back(entry, returned, branch)
                    if entry.kind != "redeem"
                    else self._club_give_back(entry, returned, branch)
                )
                if movement:
                    movements.append(movement)
        return movements

    def _club_returned(self):
        """{line uuid: returned fraction} over all paid refunds of this order so far.

        Goods count by quantity, a reward by the amount that was really paid back: its quantity has too few decimals for
        a part of it, and a reward that comes back for nothing is none. Amounts without their signs, since the till and
        the back office write those of refunds differently. A line that is not what it returns does not count.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.uuid, line.qty::text, SUM(-back.qty)::text, line.reward_id,
                          ABS(line.price_subtotal_incl)::text, SUM(ABS(back.price_subtotal_incl))::text
                 FROM pos_order_line line
                 JOIN pos_order_line back ON back.refunded_orderline_id = line.id AND back.qty < 0
                      AND back.product_id = line.product_id
                 JOIN pos_order refund ON refund.id = back.order_id AND refund.state NOT IN ('draft', 'cancel')
                WHERE line.order_id = %s AND line.qty <> 0 GROUP BY line.id""",
                self.id,
            )
        )
        returned = {}
        for uuid, quantity, back, reward_id, amount, amount_back in rows:
            fraction = Fraction(back) / Fraction(quantity)
            if reward_id and Fraction(amount):
                fraction = Fraction(amount_back) / Fraction(amount)
            returned[uuid] = fraction
        return returned

    def _club_take_back(self, entry, returned, branch):
        details = entry.details or {}
        weights = {key: Fraction(weight) for key, weight in details.get("weights", {}).items()}
        prices = {key: exact(price) for key, price in details.get("prices", {}).items()}
        amount = take_back(
            entry._club_signed_amounts()[entry.id],
            weights,
            returned,
            entry._club_reversed_amount(),
            entry.account_id.program_id._club_decimals(),
            prices,
        )
        return self._club_reversing(entry, "clawback", amount, branch, allow_debt=True)

    def _club_give_back(self, entry, returned, branch):
        rewards = {key: exact(amount) for key, amount in (entry.details or {}).get("rewards", {}).items()}
        whole = sum(rewards.values(), Fraction(0))
        if not whole:
            return None
        share = sum(
            (amount * min(Fraction(1), returned.get(key, Fraction(0))) for key, amount in rewards.items()), Fraction(0)
        )
        amount = give_back(
            -entry._club_signed_amounts()[entry.id],
            share / whole,
            entry._club_reversed_amount(),
            entry.account_id.program_id._club_decimals(),
        )
        return self._club_reversing(entry, "giveback", amount, branch)

    def _club_reversing(self, entry, what, amount: Decimal, branch, **values):
        if not amount:
            return None
        return entry._club_reversal(
            key=f"pos.order:{self.uuid}:{what}:{entry.id}",
            amount=amount,
            reason=self.env._("Refund %s", self.name),
            branch_id=branch.id or None,
            occurred_at=self._club_at(),
            origin=("pos.order", self.id),
            **values,
        )

    def _club_reversed_totals(self, movements):
        """{program id: (taken back, given back)} of reversing movements, for the receipt."""
        totals = defaultdict(lambda: [Decimal(0), Decimal(0)])
        accounts = self.env["loyalty.club.account"].sudo().browse({movement.account_id for movement in movements})
        programs = {account.id: account.program_id.id for account in accounts}
        for movement in movements:
            totals[programs[movement.account_id]][1 if movement.incoming else 0] += movement.amount
        return totals
