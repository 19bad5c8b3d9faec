"""What a cashier's till asks while somebody pays with credit or a card: what is there, set it aside, give it back.

Refusals are answers, not errors: the counters of wrong codes must be kept.
"""

from odoo import models
from odoo.addons.loyalty_club.models.club_payment import TicketLine
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError
from odoo.http import request

from .pos_config import is_id

KINDS = ("credit", "gift", "prepaid")


class PosConfig(models.Model):
    _inherit = "pos.config"

    def club_pay_look(self, kind, partner_id=False, code=False, pin=False, lines=None):
        """What can be paid with. Called by the till when a payment method of the club is chosen.

        :param kind: credit, gift or prepaid
        :param partner_id: whose credit; for cards ``code`` and, when the card has one, ``pin``
        :param lines: what is being paid: list of {product_id, amount}
        :return: {status: ok or refused, message, who, balance, available (to spend in this order at most), last_four}
        """
        account, message = self._club_pay_account(self._club_paying(), kind, partner_id, code, pin)
        if message:
            return self._club_pay_answer("refused", message)
        available = account._club_usable_totals()[account.id]
        payable = min(to_amount(available, 3), self._club_pay_limit(account, self._club_ticket(lines)))
        return self._club_pay_answer("ok", False, account, available=float(payable))

    def club_pay_start(
        self,
        payment_uuid,
        order_uuid,
        kind,
        amount,
        partner_id=False,
        code=False,
        pin=False,
        lines=None,
        proof=None,
    ):
        """Set ``amount`` aside for a payment of an order on the till. The same call again changes nothing more.

        :param payment_uuid: of the ``pos.payment`` that the order will bring
        :param order_uuid: of the order, for the proof that a member gives
        :param proof: key of the proof for spending, when the last answer was ``proof_needed``
        :return: as ``club_pay_look``; status held, proof_needed or refused, and ``left`` after this payment
        """
        account, message = self._club_pay_account(self._club_paying(), kind, partner_id, code, pin)
        ticket = self._club_ticket(lines)
        amount = self._club_read_amount(amount)
        branch = self.sudo().club_branch_id
        order = f"pos.order:{order_uuid}"
        message = message or self._club_pay_problem(account, amount, ticket)
        if message:
            return self._club_pay_answer("refused", message, account)
        try:
            hold = self.env["loyalty.club.hold"]._club_hold_payment(
                payment_uuid, account, amount, branch=branch, ticket=ticket, proof=proof or None, order=order
            )
        except UserError as error:
            # asked once more, to tell the till which of the two it was
            lacks = not account._club_refusal(amount, branch, ticket) and account._club_proof_missing(
                amount, f"pos.payment:{payment_uuid}", None, order
            )
            return self._club_pay_answer("proof_needed" if lacks else "refused", str(error), account)
        account.invalidate_recordset(["held", "balance"], flush=False)
        left = float(to_amount(account.balance, 3) - to_amount(account.held, 3))
        return self._club_pay_answer("held", False, account, left=left, amount=hold.amount)

    def club_pay_cancel(self, payment_uuid):
        """Give back what was set aside for a payment that is taken off. Safe to call for any payment, at any time."""
        self._club_paying()
        self.env["loyalty.club.hold"]._club_release_payments([payment_uuid])
        return {"status": "released"}

    def club_pay_back(self, origin_ids, kind, partner_id=False):
        """How much of a refund can go back to what paid for the goods. Called by the till.

        :param origin_ids: the orders whose goods come back
        :return: {available: money of that kind that they were paid with and that is not refunded yet,
            free: whether any amount may become credit}
        """
        club = self._club_paying()
        wanted = origin_ids if isinstance(origin_ids, (list, tuple)) else ()
        orders = self.env["pos.order"].browse([order_id for order_id in wanted if is_id(order_id)]).exists()
        orders.check_access("read")
        entries = orders._club_value_paid(kind)
        available = sum((entry._club_left_to_give_back() for entry in entries), ZERO)
        return {
            "available": float(available),
            "free": kind == "credit" and bool(partner_id) and self.env["pos.order"]._club_may_give_credit(club),
        }

    def club_gift_balance(self, code, pin=False):
        """What is on a gift or prepaid card, for whoever shows it. Wrong codes are counted.

        :return: as ``club_pay_look``
        """
        account, message = self._club_card_account(self._club_paying(), code, pin)
        if message:
            return self._club_pay_answer("refused", message)
        return self._club_pay_answer("ok", False, account, available=account._club_usable_totals()[account.id])

    def club_gift_for_sale(self, kind, code, amount):
        """Whether a plastic card can be sold for ``amount``, before it is put into the basket. Wrong codes are counted.

        :return: {message: why not, or False}
        """
        club = self._club_paying()
        program = club._club_program(kind) if kind in ("gift", "prepaid") else None
        amount = self._club_read_amount(amount)
        if not program or amount <= 0:
            return {"message": self.env._("Nothing of this kind is sold here. Type a price above zero.")}
        gift, message = self._club_read_card(club, code, for_sale=True)
        if message:
            return {"message": message}
        if gift.program_id != program:
            return {"message": self.env._("This card is of another kind. Take one of the right pile.")}
        if gift.value and to_amount(gift.value, 3) != gift._club_face_value(program, amount):
            return {
                "message": self.env._(
                    "This card is worth %s. Sell it at its own price.", self.currency_id.format(gift.value)
                )
            }
        return {"message": False}

    # -- behind them ---------------------------------------------------------------------------------------------------

    def _club_paying(self):
        """The club of this till, for somebody who works at a till; see ``_club_served``."""
        return self._club_served()

    def _club_pay_account(self, club, kind, partner_id, code, pin):
        """(account that pays, False) or (empty, why not)."""
        nobody = self.env["loyalty.club.account"]
        if not isinstance(kind, str) or kind not in KINDS or not club._club_program(kind):
            return nobody, self.env._("The club %s has no such way to pay.", club.name)
        if kind != "credit":
            account, message = self._club_card_account(club, code, pin)
            if account and account.kind != kind:
                return nobody, self.env._("This card is of another kind. Choose the other payment method.")
            return account, message
        partner = self._club_partner(partner_id)
        # the till's calls are a cashier's only way to balances; the till was checked
        member = self.env["loyalty.club.member"].sudo()._club_of_partner(club, partner) if partner else None
        if not member:
            return nobody, self.env._("Choose the member who pays first.")
        account = member._club_account(club.credit_program_id, create=False)
        if not account:
            return nobody, self.env._("%s has no credit.", member.display_name)
        return account, False

    def _club_card_account(self, club, code, pin):
        """(account behind a gift or prepaid card, False) or (empty, the one message for whatever is wrong)."""
        gift, message = self._club_read_card(club, code, pin=str(pin) if pin else None)
        if gift and not gift.account_id:
            message = self.env._("This is a discount card; it does not pay.")
        return gift.account_id, message

    def _club_read_card(self, club, code, **values):
        # whoever has the code has the card; wrong ones are counted for this till and the caller's address
        Gift = self.env["loyalty.club.gift"].sudo()
        address = request.httprequest.remote_addr if request else None
        gift, message = Gift._club_read(
            club, str(code or ""), till=f"{self.name} ({self.id})", address=address, **values
        )
        return gift.sudo(), message

    def _club_ticket(self, lines):
        """The till's lines as ``TicketLine``; None when it sent none.

        :raises UserError: they are no lines
        """
        if not lines:
            return None
        digits = self.currency_id.decimal_places
        try:
            ticket = [TicketLine(line["product_id"], to_amount(line["amount"], digits)) for line in lines]
        except (KeyError, TypeError, ValueError):
            ticket = [TicketLine(None, ZERO)]
        if not all(is_id(line.product_id) for line in ticket):
            raise UserError(self.env._("The lines of the order cannot be read. Load the till again."))
        return ticket

    def _club_read_amount(self, amount):
        """An amount of the till as Decimal; 0 for what is none."""
        try:
            return to_amount(amount, self.currency_id.decimal_places)
        except ValueError:
            return ZERO

    def _club_pay_limit(self, account, ticket):
        """What ``account`` may pay of ``ticket`` at most: nothing of what is stored value itself (Decimal)."""
        if ticket is None:
            return to_amount(account.balance, 3)
        stored = self.env["loyalty.program"]._club_stored_value_products()
        goods = [line for line in ticket if line.product_id not in stored]
        limit = max(ZERO, sum((line.amount for line in goods), ZERO))
        scope = account._club_scope_limit(self.sudo().club_branch_id, goods)
        return limit if scope is None else min(limit, scope)

    def _club_pay_problem(self, account, amount, ticket):
        """Why the till may not take ``amount``, whatever the balance; False when it may."""
        if amount <= 0:
            return self.env._("Type an amount above zero.")
        if ticket is not None and amount > self._club_pay_limit(account, ticket):
            return self.env._(
                "At most %s of this order can be paid with it.",
                account._club_format(float(self._club_pay_limit(account, ticket))),
            )
        return False

    def _club_pay_answer(self, status, message, account=None, **values):
        """What the till is told: no identifiers, no codes."""
        account = account or self.env["loyalty.club.account"]
        return {
            "status": status,
            "message": message,
            "who": account.member_id.display_name if account else False,
            "balance": account.balance if account else 0.0,
            **values,
        }
