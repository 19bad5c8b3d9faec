"""Core's call in which a browser says what points have changed: managed cards are not named in it by any way.

Core adds what it is told to the card whose id it is told, with the rights of the system, and asks nobody whether the
card belongs to the program that stands beside it.
"""

from odoo import models
from odoo.exceptions import UserError

from .pos_config import is_id


class PosOrder(models.Model):
    _inherit = "pos.order"

    def validate_coupon_programs(self, point_changes, new_codes):
        """Cards of a club are judged when their order is booked; a cashier does not read them, so core can't either.

        :raises UserError: not in the form of a till
        """
        try:
            named = {key: int(key) for key in point_changes}
        except (TypeError, ValueError):
            raise UserError(self.env._("These changes of points cannot be read. Load the till again."))
        cards = self.env["loyalty.card"].sudo().browse(filter(is_id, named.values()))  # whose they are
        managed = set(cards.exists().filtered("program_id.club_id").ids)
        theirs = {key: point_changes[key] for key, card_id in named.items() if card_id not in managed}
        return super().validate_coupon_programs(theirs, new_codes)

    def confirm_coupon_programs(self, coupon_data):
        """
        :raises UserError: not in the form of a till, or a card under a program that is not its own
        """
        if not isinstance(coupon_data, dict) or not all(map(self._club_is_change, coupon_data.items())):
            raise UserError(self.env._("These changes of points cannot be read. Load the till again."))
        Card = self.env["loyalty.card"].sudo()  # whether a club has them is all that is asked
        for key, vals in coupon_data.items():
            cards = Card.browse([value for value in (int(key), vals.get("coupon_id")) if is_id(value)]).exists()
            strangers = cards.filtered(lambda card, vals=vals: card.program_id.id != int(vals["program_id"]))
            if strangers.program_id.filtered("club_id"):
                raise UserError(self.env._("This card belongs to another program. Load the till again."))
        return super().confirm_coupon_programs(coupon_data)

    def _club_is_change(self, change):
        key, vals = change
        try:
            return bool(int(key)) and isinstance(vals, dict) and is_id(int(vals["program_id"]))
        except (KeyError, TypeError, ValueError):
            return False
