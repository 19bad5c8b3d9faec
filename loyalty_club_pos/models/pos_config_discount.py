"""What a cashier's till asks when a customer shows a discount card. Refusals are answers: wrong codes are counted."""

from odoo import api, models
from odoo.http import request


class PosConfig(models.Model):
    _inherit = "pos.config"

    @api.model
    def _get_special_products(self):
        # loaded by every till and offered as goods by none; a till's user reads no clubs
        clubs = self.env["loyalty.club"].sudo().search([("discount_product_id", "!=", False)])
        return super()._get_special_products() | clubs.discount_product_id

    def _club_till_data(self):
        data = super()._club_till_data()
        # cashiers read the club they serve
        return data and {**data, "discount_product_id": self.sudo().club_id.discount_product_id.id}

    def club_discount_start(self, order_uuid, code, pin=False, lines=None):
        """What a discount card gives on an order. Called by the till when its code is scanned or typed.

        :param order_uuid: of the order on the till
        :param lines: what is on it without this discount: list of {product_id, amount}, amounts incl. tax
        :return: {status: ok or refused, message}; when ok also token (names the card, for this order only), percent,
            amount, last_four and product_ids (those whose price it reduces)
        """
        club = self._club_paying()
        # whoever has the code has the card; wrong ones are counted for this till and the caller's address
        gift, message = (
            self.env["loyalty.club.gift"]
            .sudo()
            ._club_discount_read(
                club,
                str(code or ""),
                pin=str(pin) if pin else None,
                till=f"{self.name} ({self.id})",
                address=request.httprequest.remote_addr if request else None,
            )
        )
        if message:
            return {"status": "refused", "message": message}
        return self._club_discount_answer(gift.sudo(), order_uuid, lines)

    def club_discount_again(self, order_uuid, token, lines=None):
        """What the card that ``club_discount_start`` answered with gives now that the order has changed.

        :return: as ``club_discount_start``
        """
        self._club_paying()
        Gift = self.env["loyalty.club.gift"].sudo()  # the token says that its code was typed
        gift = Gift._club_discount_of_token(token, f"pos.order:{order_uuid}")
        if not gift:
            return {"status": "refused", "message": Gift._club_wrong_code()}
        stopped = gift._club_stopped()
        if stopped:
            return {"status": "refused", "message": gift._club_stopped_message(stopped)}
        return self._club_discount_answer(gift, order_uuid, lines)

    def _club_discount_answer(self, gift, order_uuid, lines):
        ticket = self._club_ticket(lines) or []
        amount = gift._club_discount_amount(self.sudo().club_branch_id, ticket)
        if amount <= 0:
            return {
                "status": "refused",
                "message": self.env._("This discount card reduces nothing on this order, or not in this branch."),
            }
        products = {line.product_id for line in ticket}
        return {
            "status": "ok",
            "message": False,
            "token": gift._club_discount_token(f"pos.order:{order_uuid}"),
            "percent": gift.percent,
            "amount": float(amount),
            "last_four": gift.last_four,
            "product_ids": sorted(products - gift._club_discount_left_out(products)),
        }
