"""The share of a document that cards pay is paid once, by however many payments and cards."""

from odoo import models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _club_check_share(self, account, amount, branch, ticket, invoices, orders=None):
        """Refuse ``amount`` when it is, with what was paid by value of its kind before, more than the agreed share.

        :param ticket: the lines of ``invoices`` or ``orders`` that are paid; None: each payment looks at itself only
        :raises UserError: it is more
        """
        if not ticket:
            return
        payments = (invoices.reconciled_payment_ids | invoices.matched_payment_ids).filtered(
            lambda payment: payment.payment_type == "inbound" and payment.club_kind
        )
        transactions = invoices.transaction_ids | (orders.transaction_ids if orders else invoices.transaction_ids)
        origins = {origin: 0 for payment in payments for origin in payment._club_origins()}
        origins |= {("payment.transaction", transaction.id): 0 for transaction in transactions}
        if not origins:
            return
        accounts = account.sudo()  # what they paid of this very document
        paid = amount
        for row in self._club_takes(self._club_rows(origins)[0]):
            other = account.sudo().browse(row.account_id)
            if other.kind == account.kind and other.club_id == account.club_id:
                accounts |= other
                paid += row.left
        refusal = paid > amount and accounts._club_share_refusal(paid, branch, ticket)
        if refusal:
            raise UserError(refusal)
