"""Paying with stored value: the one way in for tills, sale orders, invoices and the portal.

A channel authorises an amount of an account, which sets it aside, and captures the hold when its document is final:

    hold = account._club_authorise(amount, key=f"pos.payment:{uuid}", branch=branch, ticket=ticket)
    entry = hold._club_capture(branch_id=branch.id, origin=("pos.order", order.id), documented=True)
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

#: How long an amount stays set aside for a document that never comes.
HOLD_MINUTES = 15


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A line that is being paid: ``amount`` includes tax and all discounts, in the club's currency."""

    product_id: int
    amount: Decimal


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    def _club_authorise(self, amount, key, *, branch=None, ticket=None, proof=None, order=None, minutes=HOLD_MINUTES):
        """Set ``amount`` aside to pay a document with it, if this account may pay it there, and now.

        :param amount: Decimal above zero, in the club's currency
        :param key: names the payment; the same key again returns the first hold
        :param branch: ``loyalty.club.branch`` where it is spent, or None
        :param ticket: list of ``TicketLine`` that is being paid; None when there are no lines to look at
        :param proof: key of the ``proof for spending`` that the customer gave, or None
        :param order: names the document that is being paid (``pos.order:<uuid>``), to bind a proof to; None: ``key``
        :param minutes: how long it stays set aside
        :return: the hold
        :raises UserError: not that much, not here, not for this, not now, or not without proof; says what to do
        """
        self.ensure_one()
        # only what is looked at: whole members and clubs are wide, and a customer is waiting
        self.fetch(["kind", "club_id", "program_id", "member_id", "card_id", "scope_id"])
        self.member_id.fetch(["state", "number"])
        refusal = self._club_refusal(amount, branch, ticket) or self._club_proof_missing(amount, key, proof, order)
        if refusal:
            raise UserError(refusal)
        until = fields.Datetime.now() + timedelta(minutes=minutes)
        hold = self.env["loyalty.club.hold"]._club_hold(self, amount, key, until)
        found = self.env["loyalty.club.proof"]._club_find(proof)
        if found.member_id and found.member_id == self.member_id and not hold.proof_id:
            hold.sudo().proof_id = found  # that it covers the amount was checked above
        return hold
