"""Four eyes for refunds to value at the office and online: a second person allows them on the document.

A payment of credit notes asks the credit notes, any other payment itself, an online refund the payment it refunds.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "loyalty.club.refund.mixin", "loyalty.club.guarded.mixin"]

    club_refund_limited = fields.Boolean(compute="_compute_club_refund_limited")

    def _club_ends_allowance(self, vals):
        return vals.get("state") == "draft" or super()._club_ends_allowance(vals)


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "loyalty.club.refund.mixin"]

    club_refund_limited = fields.Boolean(compute="_compute_club_refund_limited")

    def _club_ends_allowance(self, vals):
        return bool({"amount", "partner_id", "journal_id"} & set(vals)) or super()._club_ends_allowance(vals)

    def _club_check_refund(self, change, booked):
        """Refuse to give ``change`` back when it is too much for one person.

        :param booked: {payment id: [Row]} with what was given back for this payment before
        :raises UserError: somebody has to allow it first
        """
        self.ensure_one()
        club, _kind = self.journal_id._club_pays()[self.journal_id]
        if not club._club_limit("refund_limit"):
            return
        notes = self.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        others = (self._club_refunds_of(notes) if notes else self._club_refunds_today(club)) - self
        given = change + sum((row.amount for row in booked[self.id]), ZERO)
        rows = others._club_booked() if others else {}
        given += sum((row.amount for of_payment in rows.values() for row in of_payment), ZERO)
        message = (notes or self)._club_refund_refusal(club, given)
        if message:
            raise UserError(message)

    def _club_refunds_of(self, notes):
        """Payments that gave value back for these credit notes, and for the others of the same sale."""
        sale = notes.reversed_entry_id | notes.line_ids.sale_line_ids.invoice_lines.move_id
        notes |= (sale | sale.reversal_move_ids).filtered(lambda move: move.move_type == "out_refund")
        payments = notes.reconciled_payment_ids | notes.matched_payment_ids
        return payments.filtered(lambda payment: payment.payment_type == "outbound" and payment.club_kind)

    def _club_refunds_today(self, club):
        """Payments without a credit note by which this customer got value today: many small ones are one large one."""
        journals = self.env["loyalty.club.book"].search([("club_id", "=", club.id)]).payment_journal_id
        since = club._club_end_of(club._club_today() - timedelta(days=1))
        found = self.search(
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("payment_type", "=", "outbound"),
                ("journal_id", "in", journals.ids),
                ("state", "in", ("in_process", "paid")),
                ("create_date", ">=", since),
            ]
        )
        return found.filtered(lambda payment: not payment.invoice_ids)


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _club_check_refund(self, amount):
        """Refuse an online refund of ``amount`` (Decimal) when it is too much for one person.

        :raises UserError: somebody has to allow it on the payment first
        """
        source = self.source_transaction_id
        before = (source.child_transaction_ids - self).filtered(
            lambda tx: (tx.operation, tx.state) == ("refund", "done")
        )
        given = amount + sum((to_amount(-tx.amount, self.currency_id.decimal_places) for tx in before), ZERO)
        club = self.provider_id.sudo().club_id  # its limit only
        message = source.payment_id._club_refund_refusal(club, given)
        if message:
            raise UserError(message)
