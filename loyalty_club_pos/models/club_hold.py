"""Holds of till payments: found again by the payment's uuid, whatever happened to the till in between."""

from odoo import api, models
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError


def _key(uuid):
    return f"pos.payment:{uuid}"


class LoyaltyClubHold(models.Model):
    _inherit = "loyalty.club.hold"

    # a payment whose time was over is found again when its order comes after all
    _released_key = models.Index("(key) WHERE state = 'released'")

    @api.model
    def _club_of_payments(self, uuids):
        """{payment uuid: what is set aside or was captured for it}, without those that have none."""
        # a cashier pays through the till's calls only, and never reads holds
        holds = self.sudo().search([("key", "in", [_key(uuid) for uuid in uuids]), ("state", "!=", "released")])
        return {hold.key.partition(":")[2]: hold for hold in holds}

    @api.model
    def _club_lapsed(self, uuid):
        """The last hold of a payment that was released, by hand or because its time was over; empty for none."""
        # as above
        return self.sudo().search([("key", "=", _key(uuid)), ("state", "=", "released")], order="id desc", limit=1)

    @api.model
    def _club_hold_payment(self, uuid, account, amount, **values):
        """Set ``amount`` (Decimal) of ``account`` aside for a payment; what was held for it before is released.

        :param values: branch, ticket, proof and order of ``_club_authorise``
        :return: the hold; when the same is held already, that one
        :raises UserError: as ``_club_authorise``; the payment is booked already
        """
        hold = self._club_of_payments([uuid]).get(uuid)
        if hold and hold.state == "captured":
            raise UserError(self.env._("This payment is booked already."))
        if hold and hold.account_id == account and to_amount(hold.amount, 3) == amount:
            return hold
        if hold:
            hold._club_release()
        return account._club_authorise(amount, key=_key(uuid), **values)

    @api.model
    def _club_release_payments(self, uuids):
        """Give back what is held for payments that will not be made; what is spent stays spent."""
        holds = self.sudo().browse().union(*self._club_of_payments(uuids).values())  # as above
        held = holds.filtered(lambda hold: hold.state == "held")
        if held:
            held._club_release()
