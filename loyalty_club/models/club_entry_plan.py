"""Planning: which lots each movement fills or draws on, before anything is written."""

from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from ..rules.lots import Shortage, plan_incoming, plan_outgoing, plan_promised

#: Entries whose amounts live as the program says. A reversal is among them for what it can't give back to a lot.
LIVED = ("earn", "load", "reverse")


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_plan(self, movements, seen, now):
        """The legs of each movement; movements of one account see what the earlier ones of the call did."""
        accounts, lots = seen.accounts, seen.lots
        plans = []
        state = {account_id: [row["debt"], row["held"]] for account_id, row in accounts.items()}
        for movement in movements:
            open_lots, sums = lots.get(movement.account_id, {}), state[movement.account_id]
            if movement.captures:
                sums[1] -= movement.amount
            way = self._club_plan_incoming if movement.incoming else self._club_plan_outgoing
            legs = way(movement, open_lots, sums, accounts, now)
            sign = 1 if movement.incoming else -1
            for leg in legs:
                if leg.lot_id:
                    lot = open_lots[leg.lot_id]
                    open_lots[leg.lot_id] = replace(lot, remaining=lot.remaining + sign * leg.amount)
                elif not leg.new_lot:
                    sums[0] -= sign * leg.amount
            plans.append(legs)
        return plans

    def _club_plan_incoming(self, movement, open_lots, sums, accounts, now):
        back_to = [(open_lots[lot_id], part) for lot_id, part in movement.lots if lot_id in open_lots]
        return plan_incoming(
            movement.amount,
            sums[0],
            back_to=back_to,
            new_lots=movement.new_lots or self._club_lives(movement, accounts, now),
            branch_id=movement.branch_id,
            dead_at=now,
            grace=self._club_grace(movement, back_to, accounts, now),
        )

    def _club_plan_outgoing(self, movement, open_lots, sums, accounts, now):
        lots, at = list(open_lots.values()), movement.occurred_at or now
        if movement.captures:
            legs = plan_promised(movement.amount, lots, at, held=sums[1])
        else:
            legs = plan_outgoing(
                movement.amount,
                lots,
                at,
                held=sums[1],
                first=movement.lots,
                exact=movement.exact,
                allow_debt=movement.allow_debt,
            )
        if isinstance(legs, Shortage):
            raise UserError(self._club_shortage_message(movement, legs))
        return legs

    def _club_lives(self, movement, accounts, now):
        """The lots of what comes in without a life of its own: by the program's policy, others never end."""
        if movement.kind not in LIVED:
            return ()
        program = self.env["loyalty.program"].browse(accounts[movement.account_id]["program_id"])
        return program._club_new_lots(movement.amount, movement.branch_id, movement.occurred_at or now)

    def _club_grace(self, movement, back_to, accounts, now):
        """The end of what comes back to a lot that has died by now; None when it dies with its lot."""
        if not any(lot.expires_at and lot.expires_at <= now for lot, _part in back_to):
            return None
        return self.env["loyalty.club"].browse(accounts[movement.account_id]["club_id"])._club_refund_end(now)

    def _club_shortage_message(self, movement, shortage):
        account = self.env["loyalty.club.account"].browse(movement.account_id)
        return self.env._(
            "%(who)s has %(available)s to spend; %(needed)s are needed. "
            "Lower the amount or take the reward off the order.",
            who=account.member_id.display_name or account.card_id.code,
            available=account._club_format(shortage.available),
            needed=account._club_format(shortage.needed),
        )
