"""Gift and prepaid cards sold by sale order: as many as are paid, each with its code sent once.

What should be there follows from the invoices alone, so every walk of an order ends with the same cards. A card is
``sale.order.line:<line>:<n>``; a number is used once, also when its card was taken back.
"""

from decimal import Decimal
from math import ceil, floor

from odoo import fields, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.order_due import kept_share
from odoo.addons.loyalty_club.tools.amount import exact, to_amount
from odoo.exceptions import UserError

#: Card numbers of a line looked up at once.
PAGE = 50


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _club_cards(self):
        """All cards that were ever sold on this line, the first one first."""
        self.ensure_one()
        Gift = self.env["loyalty.club.gift"].sudo()  # the order's own cards
        cards, start = Gift, 1
        while True:
            keys = [self._club_card_key(number) for number in range(start, start + PAGE)]
            found = Gift.search([("sold_key", "in", keys)])
            order = {key: place for place, key in enumerate(keys)}
            cards += found.sorted(lambda card, order=order: order[card.sold_key])
            if len(found) < PAGE:
                return cards
            start += PAGE

    def _club_card_key(self, number):
        return f"sale.order.line:{self.id}:{number}"

    def _club_card_price(self, place):
        """What was paid for the card at ``place`` (1 is the first); all of them add up to the line exactly."""
        units, digits = self._club_units(), self.currency_id.decimal_places
        before, after = (to_amount(exact(self.price_total) * count / units, digits) for count in (place - 1, place))
        return after - before

    def _club_settle_cards(self, program, bills):
        """Sell or take back cards of this line until there are as many as are paid.

        :raises UserError: a card that was credited is spent in part
        """
        self.ensure_one()
        cards = self._club_cards()
        alive = cards.filtered(lambda card: card.state in ("active", "disabled"))
        units = self._club_units()
        paid = units * self._club_paid_share(bills)
        if paid.denominator != 1:
            self._club_report_part(program)
        # a card that is there stays until all of it is credited; a new one is paid wholly first
        wanted, whole = ceil(paid), floor(paid)
        billed = ceil(units * kept_share("invoiced", ZERO, bills[self.id]))
        for place in range(len(alive), wanted, -1):
            self._club_take_back(alive[place - 1], must=place > billed)
        for place in range(len(alive) + 1, whole + 1):
            number = len(cards) + place - len(alive)
            price = self._club_card_price(place)
            if price > Decimal(0):
                self._club_sell_card(program, number, price)

    def _club_sell_card(self, program, number, price):
        order = self.order_id
        gift, code = (
            self.env["loyalty.club.gift"]
            .sudo()  # who sells or is paid need not see the club's cards
            ._club_sell(
                program,
                price,
                key=self._club_card_key(number),
                branch=order._club_branch_of(program.club_id) or None,
                origin=(self._name, self.id),
                partner=order.partner_id,
            )
        )
        if code:
            order._club_send_card(gift.sudo(), code)

    def _club_take_back(self, card, must):
        """Void a card. ``must``: its sale was credited; else its payment was undone, which nobody can refuse.

        :raises UserError: it must, and a part of it is spent
        """
        key = f"{card.sold_key}:back"
        values = {"origin": (self._name, self.id), "reason": self.order_id.name}
        if must:
            card._club_unsell(key, **values)
            return
        try:
            with self.env.cr.savepoint():
                card._club_unsell(key, **values)
        except UserError as refusal:
            self._club_tell(card.club_id, str(refusal), account_id=card.account_id.id, amount=card.paid)

    def _club_report_part(self, program):
        message = self.env._(
            "%(order)s: a part of the price of %(product)s was credited or not billed. "
            "The card keeps its whole value; credit whole pieces, or correct the invoice.",
            order=self.order_id.name,
            product=self.product_id.display_name,
        )
        self._club_tell(program.club_id, message)

    def _club_tell(self, club, message, **values):
        """Report once what a person has to look at."""
        Exceptions = self.env["loyalty.club.exception"].sudo()  # whoever is paid reports it
        same = [("origin_model", "=", "sale.order"), ("origin_id", "=", self.order_id.id), ("message", "=", message)]
        if not Exceptions.search_count([*same, ("state", "=", "open")], limit=1):
            Exceptions._club_report(
                "refused", club, message, origin_model="sale.order", origin_id=self.order_id.id, **values
            )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    club_card_count = fields.Integer(string="Cards sold", compute="_compute_club_card_count", compute_sudo=True)

    def _compute_club_card_count(self):
        for order in self:
            cards = (line._club_cards() for line in order._club_card_lines())
            order.club_card_count = sum(len(some.filtered(lambda card: card.state != "void")) for some in cards)

    def _club_card_lines(self):
        """{line: program} of the lines that sell gift or prepaid cards and that the ledger follows."""
        return {
            line: program
            for line, program in self._club_value_lines().items()
            if program.club_kind in ("gift", "prepaid") and line.order_id._club_follows(program)
        }

    def _club_settle_cards(self):
        """Bring the cards of these orders to what is paid."""
        lines = self._club_card_lines()
        if not lines:
            return
        bills = self.env["sale.order.line"].union(*lines)._club_bills()
        for line, program in lines.items():
            line._club_settle_cards(program, bills)
        self.env.flush_all()

    def _club_branch_of(self, club):
        """The order's branch, if it is one of this club."""
        self.ensure_one()
        return self.club_branch_id.filtered(lambda branch: branch.club_id == club)

    def _club_send_card(self, card, code):
        """Send the customer a code: by mail, with one that is drawn when it leaves; or, without an address, ``code``
        by SMS, sealed until it leaves and forgotten then."""
        self.ensure_one()
        card.recipient_email = card.recipient_email or self.partner_id.email
        card.recipient_name = card.recipient_name or self.partner_id.name
        if not card._club_send_mail():
            card.recipient_mobile = card.recipient_mobile or card._club_number(self.partner_id.phone)
            if card.recipient_mobile and card._club_send_text(card.recipient_mobile, code):
                return
            self.order_line[:1]._club_tell(
                card.club_id,
                self.env._(
                    "%(order)s: the code of %(card)s could not be sent: %(customer)s has neither an e-mail address nor "
                    "a mobile that gets SMS. Enter one and press “New codes” on the order.",
                    order=self.name,
                    card=card.serial,
                    customer=self.partner_id.display_name,
                ),
            )

    def action_club_new_codes(self):
        """Send new codes for the cards of this order that nobody has used; the old ones die."""
        self.ensure_one()
        self.check_access("write")
        unused = self.env["loyalty.club.gift"].sudo()  # this order's own cards
        for line in self._club_card_lines():
            alive = line._club_cards().filtered(lambda card: card.state == "active")
            unused |= alive.filtered(lambda card: card.account_id.balance == card.value and not card.account_id.held)
        if not unused:
            raise UserError(self.env._("All cards of this order are in use already, or none is paid yet."))
        to = self.partner_id.email or unused[:1]._club_number(self.partner_id.phone)
        if not to:
            raise UserError(
                self.env._("Enter the e-mail address or the mobile of %s first.", self.partner_id.display_name)
            )
        for card in unused:
            card._club_unsell(
                f"{card.sold_key}:back", origin=("sale.order.line", card.origin_id), reason=self.env._("New code")
            )
        self._club_settle_cards()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("New codes are on their way to %s.", to),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
