"""Online payments with a club's value: what the transaction takes is set aside and captured with it, once."""

from decimal import Decimal

from odoo import models
from odoo.addons.loyalty_club.models.club_payment import TicketLine
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError
from odoo.tools import SQL

from .payment_provider import CODE


class PaymentTransaction(models.Model):
    _name = "payment.transaction"
    _inherit = "payment.transaction"

    def _club_ours(self):
        return self.filtered(lambda transaction: transaction.provider_code == CODE)

    def _club_key(self):
        return f"payment.transaction:{self.id}"

    def _club_hold(self):
        """The hold of this transaction that is open; empty when there is none."""
        Hold = self.env["loyalty.club.hold"].sudo()  # the amount of this very payment
        return Hold.search([("key", "=", self._club_key()), ("state", "=", "held")])

    # -- paying --------------------------------------------------------------------------------------------------------

    def _club_pay(self, account, confirmation=None, address=None):
        """Pay this transaction from ``account``, as much of its documents as is open and as there is.

        An invoice may be paid in part; an order is paid wholly, since Odoo knows no rest to pay on a quotation.

        :param confirmation: the one-time code that the visitor typed, if he was asked for one
        :param address: his network address
        :return: False, or the message that asks him for a one-time code; then nothing was paid
        :raises UserError: nothing is open, not that much is there, or the account may not pay this
        """
        self.ensure_one()
        self._club_lock_documents()
        amount = self._club_payable(account)
        if amount != to_amount(self.amount, self.currency_id.decimal_places):
            self.amount = float(amount)
        branch = self._club_branch(account.club_id)
        self.env["account.payment"].sudo()._club_check_share(  # what paid the same document, for whoever pays the rest
            account, amount, branch, self._club_ticket(), self.invoice_ids, self.sale_order_ids
        )
        proof, question = self._club_prove(account, amount, confirmation, address)
        if question:
            return question
        hold = account._club_authorise(
            amount,
            key=self._club_key(),
            order=self._club_order_key(),
            branch=branch or None,
            ticket=self._club_ticket(),
            proof=proof,
        )
        hold.flush_recordset()
        self.env["payment.transaction"]._process(CODE, {"reference": self.reference})
        return False

    def _club_order_key(self):
        """Names what is paid, so that a one-time code for it is good for nothing else."""
        documents = self.sale_order_ids or self.invoice_ids
        return f"{documents._name}:{','.join(map(str, sorted(documents.ids)))}"

    def _club_prove(self, account, amount, confirmation, address):
        """(key of the visitor's proof or None, the message that asks him for one or False)."""
        Proof = self.env["loyalty.club.proof"].sudo()  # codes go to the member himself
        member, order = account.member_id, self._club_order_key()
        proof = None
        if confirmation and member:
            answer = Proof._club_confirm(order, confirmation, member)
            if not answer["key"]:
                return None, answer["message"]
            proof = answer["key"]
        if not proof and account._club_proof_missing(amount, self._club_key(), None, order):
            branch = self._club_branch(account.club_id)
            return None, Proof._club_request(member, "credit", amount, order, branch=branch, address=address)["message"]
        return proof, False

    def _club_lock_documents(self):
        """One payment after the other: two pages of one customer must not pay the same document twice."""
        for model, ids in (("sale_order", self.sale_order_ids.ids), ("account_move", self.invoice_ids.ids)):
            if ids:
                query = SQL(
                    "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", SQL.identifier(model), ids
                )
                self.env.cr.execute(query, log_exceptions=False)  # a conflict is normal: the request is replayed

    def _club_open_amount(self):
        """What is left to pay of the documents (Decimal); what the visitor's browser asked for has no say."""
        self.ensure_one()
        if self.sale_order_ids and not self.invoice_ids:
            left = sum(order.amount_total - order.amount_paid for order in self.sale_order_ids)
        else:
            invoices = self.invoice_ids.filtered(lambda move: (move.state, move.move_type) == ("posted", "out_invoice"))
            under_way = invoices.transaction_ids.filtered(
                lambda other: other != self and other.state == "done" and not other.is_post_processed
            )
            left = sum(invoices.mapped("amount_residual")) - sum(under_way.mapped("amount"))
        return to_amount(left, self.currency_id.decimal_places)

    def _club_payable(self, account):
        """How much of this transaction ``account`` pays (Decimal).

        :raises UserError: nothing is open, another currency, or too little for an order
        """
        self.ensure_one()
        if self.state != "draft" or self.operation != "online_direct":
            raise UserError(self.env._("This payment is over. Open the document again."))
        if self.currency_id != account.program_id.currency_id:
            raise UserError(self.env._("This balance does not pay in %s.", self.currency_id.name))
        wanted = min(to_amount(self.amount, self.currency_id.decimal_places), self._club_open_amount())
        if wanted <= 0:
            raise UserError(self.env._("Nothing is left to pay. Open the document again."))
        there = account._club_payable(self._club_branch(account.club_id), self._club_ticket())
        if self.invoice_ids and Decimal(0) < there < wanted:
            return there
        return wanted

    def _club_ticket(self):
        """The lines that are paid, as ``TicketLine``."""
        self.ensure_one()
        if self.invoice_ids:
            lines = self.invoice_ids.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        else:
            lines = self.sale_order_ids.order_line.filtered(lambda line: not line.display_type)
        digits = self.currency_id.decimal_places
        return [TicketLine(line.product_id.id, to_amount(line.price_total, digits)) for line in lines]

    def _club_branch(self, club):
        """The branch of ``club`` where it is spent: the order's, else the company's only one."""
        orders = self.sale_order_ids | self.invoice_ids.line_ids.sale_line_ids.order_id
        branch = orders.club_branch_id.filtered(lambda branch: branch.club_id == club)[:1]
        if not branch:
            here = [("club_id", "=", club.id), ("company_id", "=", self.company_id.id)]
            branches = self.env["loyalty.club.branch"].sudo().search(here, limit=2)
            branch = branches if len(branches) == 1 else branch
        return branch

    # -- what Odoo asks of a provider ----------------------------------------------------------------------------------

    def _extract_amount_data(self, payment_data):
        if self.provider_code != CODE:
            return super()._extract_amount_data(payment_data)
        return None  # nobody tells us an amount; we take the transaction's

    def _apply_updates(self, payment_data):
        if self.provider_code != CODE:
            return super()._apply_updates(payment_data)
        values = {
            "origin": (self._name, self.id),
            "reason": ", ".join((self.sale_order_ids | self.source_transaction_id.sale_order_ids).mapped("name"))
            or ", ".join((self.invoice_ids | self.source_transaction_id.invoice_ids).mapped("name"))
            or self.reference,
            "documented": True,
        }
        if self.operation == "refund":
            self._club_return(values)
        else:
            hold = self._club_hold()
            if not hold:
                raise UserError(self.env._("The amount is no longer set aside. Pay again."))
            branch = self._club_branch(hold.account_id.club_id)
            hold._club_capture(branch_id=branch.id or None, **values)
        self._set_done()
        if self.operation == "refund":
            # nobody looks at a refund in the portal, so nothing else would finish it
            self.env.ref("payment.cron_post_process_payment_tx")._trigger()
        return None

    def _club_return(self, values):
        """Give the amount of this refund back to the very lots.

        :raises UserError: more than what is left of the payment
        """
        Payment = self.env["account.payment"].sudo()  # who may refund a payment was checked where it was asked for
        amount = to_amount(-self.amount, self.currency_id.decimal_places)
        source = self.source_transaction_id
        self._club_check_refund(amount)
        origins = {(self._name, source.id): 0, **{origin: 0 for origin in source.payment_id.sudo()._club_origins()}}
        takes = Payment._club_takes(Payment._club_rows(origins)[0])
        for number, row in enumerate(reversed(takes)):
            part = min(amount, row.left)
            if part > 0:
                entry = self.env["loyalty.club.entry"].sudo().browse(row.entry_id)
                entry._club_reverse(f"{self._club_key()}:{number}", part, **values)
                amount -= part
        if amount:
            raise UserError(self.env._("Only a part of this is left to refund; the rest went back before."))

    def _send_refund_request(self):
        if self.provider_code != CODE:
            return super()._send_refund_request()
        return self._process(CODE, {"reference": self.reference})

    def _set_canceled(self, state_message=None, extra_allowed_states=()):
        result = super()._set_canceled(state_message=state_message, extra_allowed_states=extra_allowed_states)
        result._club_ours()._club_let_go()
        return result

    def _set_error(self, state_message, extra_allowed_states=()):
        result = super()._set_error(state_message, extra_allowed_states=extra_allowed_states)
        result._club_ours()._club_let_go()
        return result

    def _club_let_go(self):
        for transaction in self:
            hold = transaction._club_hold()
            if hold:
                hold._club_release()

    def _club_account(self):
        """The account that this transaction, or the one it refunds, took from; empty when nothing was taken."""
        source = self.source_transaction_id or self
        entry = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", self._name), ("origin_id", "=", source.id), ("kind", "=", "redeem")], limit=1
        )
        return entry._club_account_now() if entry else self.env["loyalty.club.account"]

    def _check_amount_and_confirm_order(self):
        """Bill what sells credit or cards and was paid online: they are there when their invoice is paid."""
        confirmed = super()._check_amount_and_confirm_order()
        if self.env["ir.config_parameter"].sudo().get_param("sale.automatic_invoice") not in ("True", "true", "1"):
            for transaction in self.filtered(lambda tx: tx.state == "done" and not tx.invoice_ids):
                orders = transaction.sale_order_ids
                if orders and orders._club_value_lines() and all(order._is_paid() for order in orders):
                    transaction._invoice_sale_orders()
        return confirmed
