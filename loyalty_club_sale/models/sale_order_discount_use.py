"""Uses of discount cards by orders: counted when an order is confirmed, given back when it is cancelled or credited.

A use follows from the order and its invoices alone, like everything that orders book (decision 020).
"""

from odoo import models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.order_due import kept_share
from odoo.exceptions import UserError


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_ensure_discount_product(self):
        product = super()._club_ensure_discount_product()
        if product.invoice_policy != "order":
            product.sudo().invoice_policy = "order"  # the club's own product; a discount is never delivered
        return product


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        self._club_use_discounts()
        return super().action_confirm()

    def _club_use_discounts(self):
        """Count the uses of these orders' cards before anything happens to the orders.

        :raises UserError: a card gives no discount any more, and nothing was paid online on the strength of it
        """
        quotations = self.sudo()  # the cards of orders, for whoever may confirm them
        for order in quotations.filtered(lambda order: order.state in ("draft", "sent")):
            order._club_refresh_discounts()
            if not order.club_discount_gift_id or order._club_discount_billed():
                continue  # an invoice with the discount holds the card already
            if not order._club_discount_lines():
                order.club_discount_gift_id = False  # what reduces nothing is not used up
                continue
            try:
                order._club_use_discount()
            except UserError as refusal:
                if order.transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done")):
                    continue  # who has paid is not turned away; a person is told when the order is settled
                raise UserError(
                    self.env._(
                        "%(order)s: %(problem)s Take the discount card off, then confirm again.",
                        order=order.name,
                        problem=refusal,
                    )
                ) from refusal

    def _club_discount_uses(self):
        """All uses of this order's card by it, also those given back."""
        self.ensure_one()
        Use = self.env["loyalty.club.gift.use"].sudo()  # this order's own
        gift = self.sudo().club_discount_gift_id
        if not gift:
            return Use
        return Use.search([("gift_id", "=", gift.id), ("origin_model", "=", self._name), ("origin_id", "=", self.id)])

    def _club_discount_use(self):
        """The use of the card that counts for this order now."""
        return self._club_discount_uses().filtered(lambda use: not use.undone_at)

    def _club_use_discount(self):
        """
        :raises UserError: used up, stopped, or not in this branch
        """
        self.ensure_one()
        if self._club_discount_use():
            return
        gift = self.club_discount_gift_id
        gift._club_discount_use(
            f"sale.order:{self.id}:discount:{gift.id}:{len(self._club_discount_uses()) + 1}",
            self._club_discount_given(),
            branch=self._club_branch_of(gift.club_id),
            origin=(self._name, self.id),
        )

    def _club_settle_discounts(self):
        """Bring the uses of these orders' cards to what the orders and their invoices are."""
        orders = self.sudo().filtered("club_discount_gift_id")  # who delivers or bills does it without rights on cards
        if not orders:
            return
        bills = orders._club_discount_lines()._club_bills()
        for order in orders:
            use, stands = order._club_discount_use(), order._club_discount_stands(bills)
            if use and not stands:
                use.gift_id._club_discount_unuse(use.key)
            elif use:
                use.gift_id._club_discount_amend(use.key, order._club_discount_given())
            elif stands:
                order._club_use_discount_again()

    def _club_discount_stands(self, bills):
        """Whether the customer has the discount: it is confirmed and not all credited, or on an invoice."""
        lines = self._club_discount_lines()
        if self.state == "sale":
            return bool(lines) and lines._club_returned_share(bills) < 1
        return any(kept_share("invoiced", ZERO, bills[line.id]) > 0 for line in lines)

    def _club_use_discount_again(self):
        """A discount that was given back stands again, or was paid for: that stops no invoice; somebody looks at it."""
        try:
            self._club_use_discount()
        except UserError as refusal:
            self.order_line[:1]._club_tell(self.club_discount_gift_id.club_id, f"{self.name}: {refusal}")
