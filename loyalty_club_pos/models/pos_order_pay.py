"""Payments with credit, gift and prepaid cards: captured with the order they pay, given back with its refund."""

from odoo import api, models
from odoo.addons.loyalty_club.models.club_payment import TicketLine
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model
    def _club_take_turns(self, orders):
        """Tills that spend from the same account come one after the other, before anything is written."""
        sent = [command[2] for order in orders for command in order.get("payment_ids") or () if len(command) == 3]
        sent = [values for values in sent if isinstance(values, dict) and values.get("uuid")]
        used = list({values.get("payment_method_id") for values in sent})
        paying = self.env["pos.payment.method"].search([("id", "in", used), ("club_kind", "!=", False)]).ids
        if paying:
            uuids = [values["uuid"] for values in sent if values.get("payment_method_id") in paying]
            holds = self.env["loyalty.club.hold"]._club_of_payments(uuids)
            self.env["loyalty.club.hold"].union(*holds.values()).account_id._club_take_turn()

    def _club_release_payments(self):
        """An order that will not be paid gives free what was set aside for it."""
        self.env["loyalty.club.hold"]._club_release_payments(self.payment_ids._club_payments().mapped("uuid"))

    def _club_pay(self, club, branch, member):
        """Book the payments that were made with stored value, each once; {account id: Decimal spent, − given back}.

        :raises UserError: a payment is not covered, and the order can still be refused
        """
        payments = self.payment_ids._club_payments()
        if not payments:
            return {}
        paying = payments.filtered(lambda payment: payment.amount > 0)
        self._club_refuse_overpayment(paying)
        Hold = self.env["loyalty.club.hold"].sudo()  # a cashier pays through the till's calls and reads no holds
        holds = Hold._club_of_payments(paying.mapped("uuid"))
        by_payment = {payment: holds.get(payment.uuid) or Hold._club_lapsed(payment.uuid) for payment in paying}
        self._club_refuse_shares(by_payment, branch)
        spent = {}
        # in the order of the accounts, so that two orders never wait for each other
        for payment in paying.sorted(lambda payment: (by_payment[payment].account_id.id, payment.id)):
            entry = self._club_take(payment, by_payment[payment], club, branch, member)
            self._club_add(spent, entry)
        giving = payments - paying
        if giving and self._club_allowed_to_give(giving, club):
            for payment in giving:
                self._club_add(spent, self._club_give(payment, club, branch, member))
        return spent

    def _club_add(self, spent, entries):
        for entry_id, signed in entries._club_signed_amounts().items():
            account = entries.browse(entry_id).account_id
            spent[account.id] = spent.get(account.id, ZERO) - signed

    def _club_money(self, amount):
        """A float of the order as exact money."""
        return to_amount(amount, self.currency_id.decimal_places)

    def _club_refuse_overpayment(self, paying):
        """Stored value pays for goods. It buys no other stored value and is never paid out as change."""
        paid = self._club_money(sum(paying.mapped("amount")))
        stored = self.env["loyalty.program"]._club_stored_value_products()
        goods = self.lines.filtered(lambda line: line.product_id.id not in stored)
        limit = self._club_money(sum(goods.mapped("price_subtotal_incl")))
        # a total may be rounded to coins above the price
        rounded = self._club_money(self._get_rounded_amount(self.amount_total) - self.amount_total)
        if paid and paid > max(ZERO, limit + max(ZERO, rounded)):
            self._club_refuse_payment(
                self.env._(
                    "%(paid)s is paid with credit or cards, but only %(limit)s of this order can be. "
                    "Gift cards and credit are bought with money, and change is given on money only.",
                    paid=self.currency_id.format(float(paid)),
                    limit=self.currency_id.format(float(limit)),
                )
            )

    def _club_refuse_shares(self, by_payment, branch):
        """Several cards of a kind pay their share of the ticket once. ``by_payment``: {payment: its hold}."""
        if not by_payment:
            return
        holds = next(iter(by_payment.values())).union(*by_payment.values())
        for kind in {payment.payment_method_id.club_kind for payment in by_payment}:
            payments = [payment for payment in by_payment if payment.payment_method_id.club_kind == kind]
            accounts = holds.filtered(lambda hold, kind=kind: hold.account_id.kind == kind).account_id
            if len(payments) > 1 and accounts:
                paid = self._club_money(sum(payment.amount for payment in payments))
                refusal = accounts._club_share_refusal(paid, branch, self._club_paid_ticket())
                if refusal:
                    self._club_refuse_payment(refusal, amount=float(paid))

    def _club_refuse_payment(self, message, **values):
        """Refuse the order; one that was paid without network is noted instead, for a person."""
        if not self.club_offline:
            raise UserError(message)
        self._club_note("refused", self.config_id.sudo().club_id, message, **values)

    # -- taking --------------------------------------------------------------------------------------------------------

    def _club_take(self, payment, hold, club, branch, member):
        """Capture what was set aside for ``payment``; the entry, or an empty one when there is nobody to charge."""
        if hold.state == "captured":  # an order is booked once, so another one has it
            raise UserError(self.env._("The payment “%s” belongs to another order.", payment.payment_method_id.name))
        problem = self._club_payment_problem(payment, hold.account_id, club, branch, member)
        if problem and not self.club_offline:
            raise UserError(problem)
        if not problem:
            try:
                return self._club_capture(payment, hold, branch)
            except UserError:
                if not self.club_offline:
                    raise
        return self._club_take_uncovered(payment, hold, club, branch, member, problem)

    def _club_capture(self, payment, hold, branch):
        """Capture exactly what the order says; the payment may have been changed after it was set aside."""
        amount = self._club_money(payment.amount)
        if hold.state != "held" or to_amount(hold.amount, 3) != amount:
            hold = hold._club_hold_payment(
                payment.uuid,
                hold.account_id,
                amount,
                branch=branch,
                ticket=self._club_paid_ticket(),
                order=f"pos.order:{self.uuid}",
            )
        return hold._club_capture(branch_id=branch.id, origin=(self._name, self.id), reason=self.name, documented=True)

    def _club_paid_ticket(self):
        """What is being paid, for the scope of an account: goods with their discounts, without stored value."""
        stored = self.env["loyalty.program"]._club_stored_value_products()
        return [
            TicketLine(line.product_id.id, self._club_money(line.price_subtotal_incl))
            for line in self.lines
            if line.product_id.id not in stored
        ]

    def _club_payment_problem(self, payment, account, club, branch, member):
        """Why what was set aside can't be captured for this payment as the order is now; False when it can."""
        method = payment.payment_method_id
        if not account:
            return self.env._(
                "The payment of %(amount)s by %(method)s was not confirmed by the server. "
                "Take the payment line off and pay again.",
                amount=self.currency_id.format(payment.amount),
                method=method.name,
            )
        if account.kind != method.club_kind or account.club_id != club:
            return self.env._("The payment by %s does not fit this till. Take it off and pay again.", method.name)
        if account.member_id and account.member_id != member:
            return self.env._(
                "%s pays with his credit but is not the customer of this order. Take the payment off, "
                "or choose him as the customer.",
                account.member_id.display_name,
            )
        limit = account._club_scope_limit(branch, self._club_paid_ticket())
        if limit is not None and self._club_money(payment.amount) > limit:
            return self.env._(
                "Only %(limit)s of this order can be paid by %(method)s. Lower that payment.",
                limit=self.currency_id.format(float(limit)),
                method=method.name,
            )
        return False

    def _club_take_uncovered(self, payment, hold, club, branch, member, problem):
        """Paid without network, and the goods are gone: what is not there becomes a debt that a person looks at."""
        account = hold.account_id
        if not account and payment.payment_method_id.club_kind == "credit" and member:
            account = member._club_account(club.credit_program_id)
        amount = self._club_money(payment.amount)
        refusal = self._club_offline_refusal(club, account, amount) if account else problem
        if refusal:
            self._club_note("refused", club, refusal, amount=payment.amount, member_id=member.id)
            return self.env["loyalty.club.entry"]
        if hold.state == "held":
            hold._club_release()
        available = to_amount(account._club_usable_totals(self._club_at()).get(account.id, 0), 3)
        entry = self.env["loyalty.club.entry"]._club_post(
            [
                self._club_movement(
                    branch,
                    key=f"pos.payment:{payment.uuid}:redeem",
                    kind="redeem",
                    account_id=account.id,
                    amount=amount,
                    incoming=False,
                    counter="redeem",
                    allow_debt=True,
                    documented=True,
                    details=self._club_offline_details(),
                )
            ]
        )
        self._club_note_uncovered(account, entry, amount, available, club)
        return entry

    def _club_note_uncovered(self, account, entry, amount, available, club):
        who = account.member_id.display_name or account.display_name
        money = self.currency_id.format
        values = {"member_id": account.member_id.id, "account_id": account.id, "entry_id": entry.id}
        if amount > available:
            self._club_note(
                "debt",
                club,
                self.env._(
                    "%(who)s paid %(amount)s without network and had %(have)s.",
                    who=who,
                    amount=money(float(amount)),
                    have=money(float(available)),
                ),
                amount=float(amount - available),
                **values,
            )
