"""Closing a session: payments with stored value debit the liability, also when more was given back than paid."""

from odoo import models
from odoo.exceptions import UserError


class PosSession(models.Model):
    _inherit = "pos.session"

    def _create_combine_account_payment(self, payment_method, amounts, diff_amount):
        # cashiers close sessions and don't read the books
        book = (
            self.env["loyalty.club.book"]
            .sudo()
            .search([("payment_journal_id", "=", payment_method.journal_id.id), ("ready", "=", True)])
        )
        if not book:
            return super()._create_combine_account_payment(payment_method, amounts, diff_amount)
        if not self.currency_id.is_zero(diff_amount):
            raise UserError(
                self.env._(
                    "What was paid with %(method)s is what the club's ledger took and cannot be counted differently. "
                    "Enter %(amount)s.",
                    method=payment_method.name,
                    amount=f"{amounts['amount']:.{self.currency_id.decimal_places}f}",
                )
            )
        if self.currency_id.compare_amounts(amounts["amount"], 0) < 0:
            return self._club_create_refund_payment(book, payment_method, amounts)
        return super()._create_combine_account_payment(payment_method, amounts, diff_amount)

    def _club_create_refund_payment(self, book, payment_method, amounts):
        """Credit the liability and debit the receivable. Core exchanges the two accounts *and* the direction and then
        computes one of them again, so both lines would be on the liability."""
        receivable = self._get_receivable_account(payment_method)
        payment = (
            self.env["account.payment"]
            .with_context(pos_payment=True)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "amount": -amounts["amount"],
                    "journal_id": payment_method.journal_id.id,
                    "force_outstanding_account_id": book.liability_account_id.id,
                    "destination_account_id": receivable.id,
                    "memo": self.env._(
                        "Combine %(payment_method)s POS payments from %(session)s",
                        payment_method=payment_method.name,
                        session=self.name,
                    ),
                    "pos_payment_method_id": payment_method.id,
                    "pos_session_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        )
        payment.action_post()
        return payment.move_id.line_ids.filtered(lambda item: item.account_id == receivable)
