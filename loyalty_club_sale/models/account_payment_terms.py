"""The terms of payments with stored value: once one is posted, what it took and from whom stays, until it is reset."""

from odoo import api, models
from odoo.exceptions import UserError

#: What was taken, how, and for whom.
TERMS = (
    "journal_id",
    "payment_type",
    "partner_type",
    "partner_id",
    "amount",
    "currency_id",
    "company_id",
    "payment_method_line_id",
    "payment_transaction_id",
    "source_payment_id",
    "outstanding_account_id",
    "destination_account_id",
)
OPEN = ("draft", "canceled", "rejected", False)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        # one that is made in a later state is looked at like one that was posted
        payments.filtered(lambda payment: payment.state not in OPEN)._club_mark()
        return payments

    def write(self, vals):
        terms = [name for name in TERMS if name in vals]
        if not terms:
            return super().write(vals)
        before = {payment: payment._club_terms(terms) for payment in self._club_posted()}
        result = super().write(vals)
        ours = self._club_posted()
        for payment, values in before.items():
            if (payment.club_kind or payment in ours) and payment._club_terms(terms) != values:
                raise UserError(
                    self.env._(
                        "%s is posted, and a balance of the club is or would be part of it. Reset it to draft first, "
                        "or make another payment.",
                        payment.name or self.env._("This payment"),
                    )
                )
        return result

    def action_post(self):
        result = super().action_post()
        self.filtered("club_kind")._club_mark()  # also those that this posts no more
        return result

    def _club_posted(self):
        """Those that are posted; with or without a club's journal."""
        return self.filtered(lambda payment: payment.state not in OPEN or payment.move_id.state == "posted")

    def _club_terms(self, names):
        """What of these terms somebody else's balance depends on, and whether it does."""
        self.ensure_one()
        club = bool(self.club_kind)
        values = tuple(self[name].ids if isinstance(self[name], models.BaseModel) else self[name] for name in names)
        return (club, values) if club else (club,)
