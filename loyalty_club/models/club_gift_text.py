"""A card's code by SMS, to whom the card is for: the text leaves once, and nobody can read it afterwards."""

from odoo import models

from ..tools.gift_code import pretty
from ..tools.phone import to_mobile


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    def _club_number(self, raw):
        """The mobile number ``raw`` as E.164, or None: it is of the club's country unless it says otherwise."""
        return to_mobile(raw, self.club_id.country_id.code)

    def _club_send_text(self, number, code, sender=None):
        """Send the code by SMS.

        :param number: E.164
        :param sender: name of who gives it
        :return: whether there is a channel that took it
        """
        self.ensure_one()
        why = self.env._("Gift card %s", self.serial)
        text = self._club_code_text(code, sender)
        return self.env["loyalty.club.messenger"]._club_send_secret(number, text, why, club=self.club_id)

    def _club_code_text(self, code, sender):
        text = self.env._(
            "%(club)s: a gift card of %(value)s for you. Code %(code)s",
            club=self.club_id.name,
            value=self.currency_id.format(self.value),
            code=pretty(code),
        )
        values = {
            "code": pretty(code),
            "value": self.value,
            "name": self.recipient_name or None,
            "sender": sender or None,
            "message": self.message or None,
            "credit_expire_on": self.expires_on or None,
        }
        nobody = self.env["loyalty.club.member"]  # who receives it may be no member
        return self.env["loyalty.club.messenger"]._club_text("gift_received", nobody, values, text, club=self.club_id)
