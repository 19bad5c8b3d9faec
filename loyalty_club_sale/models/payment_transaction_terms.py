"""The terms of online payments with stored value: one is paid when its amount was taken, and stays what it was."""

from odoo import api, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError

#: What was taken, and from whom.
TERMS = (
    "provider_id",
    "payment_method_id",
    "amount",
    "currency_id",
    "partner_id",
    "operation",
    "source_transaction_id",
    "reference",
)
PAID = ("authorized", "done")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        transactions.sudo()._club_ours()._club_check_taken()  # whoever enters payments reads no providers
        return transactions

    def write(self, vals):
        terms = [name for name in TERMS if name in vals]
        before = {tx: tx._club_terms(terms) for tx in self if tx.state != "draft"} if terms else {}
        result = super().write(vals)
        for transaction, values in before.items():
            if transaction._club_terms(terms) != values:
                raise UserError(
                    self.env._(
                        "%s is over: what it paid, and with what, stays. Refund it instead.", transaction.reference
                    )
                )
        if "state" in vals:
            self.sudo()._club_ours()._club_check_taken()
        return result

    def _club_terms(self, names):
        self.ensure_one()
        club = bool(self.sudo()._club_ours())  # which provider it is, for whoever enters payments
        values = tuple(self[name].ids if isinstance(self[name], models.BaseModel) else self[name] for name in names)
        return (club, values) if club else (club,)

    def _club_check_taken(self):
        """
        :raises UserError: one of these is to be paid, and its amount was not taken from any balance
        """
        paid = self.filtered(lambda transaction: transaction.state in PAID)
        if not paid:
            return
        self.env.flush_all()
        Payment = self.env["account.payment"].sudo()  # what was taken, for whoever processes the payment
        booked = Payment._club_rows({(self._name, transaction.id): transaction.id for transaction in paid})
        for transaction in paid:
            taken = -sum((row.amount for row in booked[transaction.id]), ZERO)
            wanted = to_amount(transaction.amount, transaction.currency_id.decimal_places)
            if transaction.operation == "refund":
                continue  # ``_club_return`` gives back before, to the lots
            if taken != wanted:
                raise UserError(
                    self.env._(
                        "%s is not paid: its amount was not taken from a balance. The customer pays again.",
                        transaction.reference,
                    )
                )
