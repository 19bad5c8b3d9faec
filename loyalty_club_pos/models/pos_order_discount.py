"""Discount cards at the till: used once with the order they reduce, given back with the whole discount."""

from odoo import api, fields, models
from odoo.addons.loyalty_club.models.club_payment import TicketLine
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.exceptions import UserError


class PosOrderLine(models.Model):
    _name = "pos.order.line"
    _inherit = ["pos.order.line", "loyalty.club.guarded.mixin"]

    club_discount_token = fields.Char(
        copy=False, help="Names the discount card for this order only. The server made it and the till gives it back."
    )
    club_discount_gift_id = fields.Many2one(
        comodel_name="loyalty.club.gift",
        string="Discount card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The discount card that gave this discount.",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_discount_token"]


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_discount_key(self, gift):
        return f"pos.order:{self.uuid}:discount:{gift.id}"

    def _club_book_discounts(self, branch):
        """Write down the use of the order's discount card, once, and give back those whose discounts came back.

        :raises UserError: the card does not give this discount now, and the order can still be refused
        """
        self._club_give_back_discounts()
        lines = self.lines.filtered(lambda line: line.club_discount_token and not line.refunded_orderline_id)
        # which card it was is the server's to say
        (self.lines - lines).filtered("club_discount_gift_id").sudo().club_discount_gift_id = False
        if not lines:
            return
        Gift = self.env["loyalty.club.gift"].sudo()  # cashiers use cards at the till and read none
        tokens = set(lines.mapped("club_discount_token"))
        gift = Gift._club_discount_of_token(tokens.pop(), f"pos.order:{self.uuid}") if len(tokens) == 1 else Gift
        if lines.club_discount_gift_id != gift:
            lines.sudo().club_discount_gift_id = gift
        amount = self._club_money(-sum(lines.mapped("price_subtotal_incl")))
        if gift._club_discount_known(self._club_discount_key(gift)):
            return
        problem = self._club_discount_problem(gift, amount, lines, branch)
        if problem:
            self._club_refuse_payment(problem, amount=float(amount))
        if not gift:
            return
        try:
            gift._club_discount_use(
                self._club_discount_key(gift),
                amount,
                branch=branch,
                origin=(self._name, self.id),
                occurred_at=self._club_at(),
            )
        except UserError as error:
            self._club_refuse_payment(str(error), amount=float(amount))

    def _club_discount_problem(self, gift, amount, lines, branch):
        """Why this discount is not given; False when it is."""
        if not gift:
            return self.env._("The discount was not given by one discount card. Take it off and scan the card again.")
        ticket = [
            TicketLine(line.product_id.id, self._club_money(line.price_subtotal_incl)) for line in self.lines - lines
        ]
        limit = gift._club_discount_amount(branch, ticket)
        if ZERO <= amount <= limit:
            return False
        return self.env._(
            "The discount card ending in %(last_four)s gives %(limit)s on this order, not %(amount)s. "
            "Take the discount off and scan the card again.",
            last_four=gift.last_four,
            limit=self.currency_id.format(float(limit)),
            amount=self.currency_id.format(float(amount)),
        )

    def _club_give_back_discounts(self):
        """Who brings the whole discount back can use the card once more."""
        origins = self.lines.refunded_orderline_id.order_id
        for origin in origins.filtered("lines.club_discount_gift_id"):
            discounts = origin.lines.filtered("club_discount_gift_id")
            returned = origin._club_returned()
            if all(returned.get(line.uuid, 0) >= 1 for line in discounts):
                for gift in discounts.club_discount_gift_id:
                    gift._club_discount_unuse(origin._club_discount_key(gift))
