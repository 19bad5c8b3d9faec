"""Selling stored value at the till: top-ups of credit, gift and prepaid cards; and taking them back."""

from fractions import Fraction

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import exact, floor_amount, to_amount
from odoo.addons.loyalty_club.tools.gift_code import is_code
from odoo.exceptions import UserError
from odoo.http import request

#: Key in the order's JSON: {uuid of a line: codes of the cards it sells}. They are never stored.
CODES = "club_codes"
#: Where they are kept until the order is booked: with the transaction, gone when it ends or is replayed.
KEPT = "loyalty_club_pos.codes"


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    club_gift_ids = fields.Many2many(
        comodel_name="loyalty.club.gift",
        relation="pos_order_line_club_gift_rel",
        string="Cards sold",
        readonly=True,
        copy=False,
    )
    club_cards = fields.Char(
        string="Cards", readonly=True, copy=False, help="The last four characters of the cards that this line sold."
    )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_cards"]

    def _club_card_key(self, number):
        """Names the sale of one card of this line; so the card knows the line that sold it."""
        return f"pos.order.line:{self.uuid}:{number}"

    def _club_sold_cards(self):
        """The cards that this line sold: those that say so themselves."""
        keys = [self._club_card_key(number) for number in range(max(0, int(self.qty)))]
        return self.env["loyalty.club.gift"].sudo().search([("sold_key", "in", keys)])  # to take them back

    def _club_stored(self):
        """What this line sells of stored value: its price, without a tax that only an order without network has."""
        return min(self.price_subtotal, self.price_subtotal_incl)

    def _club_units(self):
        """What each piece of this line cost, to the minor unit; ``UserError`` for a part of a piece."""
        self.ensure_one()
        pieces = int(self.qty)
        if pieces != self.qty:
            raise UserError(self.env._("“%s” is sold in whole pieces.", self.product_id.display_name))
        digits = self.order_id.currency_id.decimal_places
        total = to_amount(self._club_stored(), digits)
        each = floor_amount(Fraction(exact(total), pieces), digits)
        return [each] * (pieces - 1) + [total - each * (pieces - 1)]


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model
    def _club_keep_codes(self, orders):
        """Take the codes of sold cards out of the orders that a till sent, and keep them until these are booked."""
        kept = {}
        for order in orders:
            for uuid, codes in (order.pop(CODES, None) or {}).items():
                kept[uuid] = [str(code) for code in codes]
        self.env.cr.precommit.data[KEPT] = kept

    def _club_sell(self, club, branch, member):
        """Book what the order sells and takes back of stored value, as part of the documents; {account id: Decimal}.

        :raises UserError: nobody to load, a card that can't be sold or taken back, and the order can still be refused
        """
        changed = self._club_take_back_sold(club, branch)
        room = self._club_money_paid() + self._club_coin()
        left = self.lines.filtered(lambda line: line.qty > 0 and not line.refunded_orderline_id)
        for kind in ("credit", "gift", "prepaid"):
            program = club._club_program(kind)
            products = program._club_sold_products() if program else ()
            lines = left.filtered(lambda line, products=products: line.product_id.id in products)
            left -= lines  # a product of two programs sells the first kind only
            if lines and kind == "credit":
                room -= self._club_load(program, lines, branch, member, changed, room)
            elif lines:
                room -= self._club_sell_cards(program, lines, branch, room)
        return changed

    def _club_coin(self):
        """What the rounding of coins leaves unpaid (Decimal, zero or more)."""
        return max(ZERO, self._club_money(self.amount_total - self._get_rounded_amount(self.amount_total)))

    def _club_unpaid_message(self, amount, room):
        """Why stored value for ``amount`` is not sold: no more is loaded than was really paid."""
        return self.env._(
            "Credit and cards for %(amount)s are sold, but %(paid)s of this order is paid with money. They are bought "
            "with cash or by card. To give the price of returned goods as credit, refund it to credit.",
            amount=self.currency_id.format(float(amount)),
            paid=self.currency_id.format(float(max(ZERO, room))),
        )

    # -- credit --------------------------------------------------------------------------------------------------------

    def _club_load(self, program, lines, branch, member, changed, room):
        """Load the credit that these lines sell; the Decimal that was loaded, ``room`` at most."""
        if not member or member.state != "active":
            self._club_refuse_payment(
                self.env._("Choose an active member of the club first: the credit is loaded for him.")
                if not member
                else self.env._("The membership %s is blocked. Nothing can be loaded.", member.number)
            )
            return ZERO
        amounts = {line.uuid: self._club_money(line._club_stored()) for line in lines}
        amount = sum(amounts.values(), ZERO)
        if amount > room:
            self._club_refuse_payment(self._club_unpaid_message(amount, room), amount=float(amount - max(ZERO, room)))
            amounts, amount = {}, ZERO  # without network: a person looks what was paid
        if amount <= 0:
            return ZERO
        account = member._club_account(program)
        self.env["loyalty.club.entry"]._club_post(
            [
                self._club_movement(
                    branch,
                    key=f"pos.order:{self.uuid}:load:{program.id}",
                    kind="load",
                    account_id=account.id,
                    amount=amount,
                    incoming=True,
                    counter="issue",
                    documented=True,
                    details={"loaded": {uuid: str(part) for uuid, part in amounts.items()}},
                )
            ]
        )
        changed[account.id] = changed.get(account.id, ZERO) + amount
        return amount

    # -- cards ---------------------------------------------------------------------------------------------------------

    def _club_sell_cards(self, program, lines, branch, room):
        """Sell a card for each piece of these lines; the Decimal that was loaded, ``room`` at most."""
        Gift = self.env["loyalty.club.gift"].sudo()  # cashiers sell cards at the till and nowhere else
        loaded = ZERO
        for line in lines:
            sold = Gift
            codes = self.env.cr.precommit.data.get(KEPT, {}).get(line.uuid, [])
            for number, paid in enumerate(line._club_units()):
                try:
                    if loaded + paid > room:
                        raise UserError(self._club_unpaid_message(loaded + paid, room))
                    sold |= self._club_sell_card(Gift, program, line, number, paid, codes, branch)
                    loaded += paid
                except UserError as error:
                    # the customer has paid and gone: a person calls them
                    self._club_refuse_payment(str(error), amount=float(paid))
            if sold != line.sudo().club_gift_ids:
                # which cards a line sold is the server's to say
                line.sudo().write(
                    {"club_gift_ids": [(6, 0, sold.ids)], "club_cards": ", ".join(sold.mapped("last_four"))}
                )
        return loaded

    def _club_sell_card(self, Gift, program, line, number, paid, codes, branch):
        if number >= len(codes):
            raise UserError(
                self.env._(
                    "The card “%s” has no code. Sell it at the till, not in the back office.", line.full_product_name
                )
            )
        self._club_count_try(Gift, program, codes[number])
        gift, _code = Gift._club_sell(
            program,
            paid,
            code=codes[number],
            key=line._club_card_key(number),
            branch=branch,
            origin=(self._name, self.id),
            occurred_at=self._club_at(),
            partner=self.partner_id or None,
        )
        return gift

    def _club_count_try(self, Gift, program, code):
        """A till makes the codes of new cards. One that is some card's already was read from plastic, or guessed.

        :raises UserError: the one answer to every code that can't be sold
        """
        if is_code(code) and not Gift._club_find(program.club_id, code):
            return
        address = request.httprequest.remote_addr if request else None
        till = f"{self.config_id.name} ({self.config_id.id})"
        message = Gift._club_read(program.club_id, code, till=till, address=address, for_sale=True)[1]
        if message:
            raise UserError(message)

    # -- back ----------------------------------------------------------------------------------------------------------

    def _club_take_back_sold(self, club, branch):
        """Take back what returned lines had sold; {account id: −Decimal}."""
        changed = {}
        for line in self.lines.filtered("refunded_orderline_id"):
            gifts = line.refunded_orderline_id._club_sold_cards()
            if gifts:
                self._club_take_back_cards(line, gifts, branch)
        for origin in self.lines.refunded_orderline_id.order_id:
            for entry in self._club_loads_of(origin):
                self._club_unload(entry, origin, club, branch, changed)
        return changed

    def _club_take_back_cards(self, line, gifts, branch):
        """Void as many cards as pieces come back, untouched ones first."""
        entries = self.env["loyalty.club.entry"].sudo()  # cashiers don't read the ledger
        mine = entries.search(
            [("origin_model", "=", self._name), ("origin_id", "=", self.id), ("kind", "=", "reverse")]
        )
        done = gifts.filtered(lambda gift: gift.account_id in mine.account_id)
        live = (gifts - done).filtered(lambda gift: gift.state != "void")
        pieces = round(abs(line.qty)) - len(done)
        for gift in live.sorted(lambda gift: (gift.account_id.balance < gift.value, gift.id))[: max(0, pieces)]:
            try:
                gift._club_unsell(
                    f"pos.order.line:{line.uuid}:back:{gift.id}",
                    branch=branch,
                    origin=(self._name, self.id),
                    occurred_at=self._club_at(),
                    reason=self.env._("Refund %s", self.name),
                )
            except UserError as error:
                self._club_refuse_payment(str(error))

    def _club_loads_of(self, origin):
        return (
            self.env["loyalty.club.entry"]
            .sudo()
            .search(
                [("origin_model", "=", self._name), ("origin_id", "=", origin.id), ("kind", "=", "load")], order="id"
            )
            .filtered(lambda entry: "loaded" in (entry.details or {}))
        )

    def _club_unload(self, entry, origin, club, branch, changed):
        """Take loaded credit back from its own lots, unless it is spent."""
        returned = origin._club_returned()
        parts = {uuid: exact(part) for uuid, part in entry.details["loaded"].items()}
        due = sum(
            (part * min(Fraction(1), returned.get(uuid, Fraction(0))) for uuid, part in parts.items()), Fraction(0)
        )
        key = f"pos.order:{self.uuid}:unload:{entry.id}"
        known = entry.search([("key", "=", key)])
        amount = to_amount(due, self.currency_id.decimal_places) - entry._club_reversed_amount()
        if known or amount <= 0:
            return
        try:
            entry._club_reverse(
                key,
                amount,
                reason=self.env._("Refund %s", self.name),
                branch_id=branch.id,
                occurred_at=self._club_at(),
                origin=(self._name, self.id),
                exact=not self.club_offline,  # what was given on top, or sold elsewhere, is not paid out
                allow_debt=self.club_offline,
                documented=True,
            )
        except UserError:
            raise UserError(
                self.env._(
                    "The credit that was sold with %s is spent in part, so the whole of it cannot be refunded.",
                    origin.name,
                )
            )
        account = entry.account_id
        changed[account.id] = changed.get(account.id, ZERO) - amount
