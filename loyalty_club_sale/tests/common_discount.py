"""Discount cards for orders, by short calls."""

from .common import ClubSaleCommon


class ClubDiscountCommon(ClubSaleCommon):
    @classmethod
    def _card(cls, club=None, **values):
        """(card, code) of a discount card that is in use."""
        batch = cls.env["loyalty.club.gift.batch"].create(
            {
                "name": "Spring",
                "club_id": (club or cls.club).id,
                "quantity": 1,
                "kind": "discount",
                "percent": 10,
                "activation": "now",
                **values,
            }
        )
        gift, code, pin = batch._club_hand_out()[0]
        return (gift, code, pin) if values.get("with_pin") else (gift, code)

    @classmethod
    def _tax(cls, name, amount, **values):
        return cls.env["account.tax"].create({"name": name, "amount": amount, **values})

    def _type(self, order, code, pin=False, user=None):
        """Type the code as a seller does, with the button."""
        order = order.with_user(user) if user else order
        action = order.action_club_discount_card()
        wizard = order.env[action["res_model"]].with_context(**action["context"]).create({"code": code, "pin": pin})
        return wizard.action_apply()

    def _discounts(self, order):
        return order.order_line.filtered("club_discount")

    def _given(self, order):
        return round(-sum(self._discounts(order).mapped("price_total")), 6)
