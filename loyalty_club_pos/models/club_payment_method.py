"""What a club's payment method is stays what it is: each payment says by it what was paid with, and from which account
the closing of the session takes it."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .pos_payment_method import TERMINAL

#: Who may say that a method pays with a club's value: who runs clubs, and who keeps the accounts.
KEEPERS = ("loyalty_club.group_club_manager", "loyalty_club.group_club_accountant", "account.group_account_manager")
OURS = {"club_kind", "use_payment_terminal", "payment_method_type"}
BOOKS = {"journal_id", "outstanding_account_id", "receivable_account_id", "split_transactions", "company_id"}


class PosPaymentMethod(models.Model):
    _inherit = "pos.payment.method"

    @api.model_create_multi
    def create(self, vals_list):
        methods = super().create(vals_list)
        methods.filtered("club_kind")._club_keepers_only()  # also when the kind came as a default
        return methods

    def write(self, vals):
        guarded = (OURS | BOOKS) & set(vals)
        if not guarded:
            return super().write(vals)
        before = {method: method._club_paid_with() for method in self}
        club = self.filtered("club_kind")
        result = super().write(vals)
        changed = self.filtered(lambda method: method._club_paid_with() != before[method])
        ours = changed.filtered(lambda method: method in club or method.club_kind)
        ours._club_keepers_only()
        ours._club_refuse_used()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club(self):
        self.filtered("club_kind")._club_keepers_only()

    def _club_paid_with(self):
        """What decides with what is paid and where it is booked."""
        terminal = self.use_payment_terminal if self.use_payment_terminal == TERMINAL else False
        return (self.club_kind, terminal, *(self[name] for name in sorted(BOOKS)))

    def _club_keepers_only(self):
        """
        :raises AccessError: the user neither runs clubs nor keeps the accounts
        """
        if self and not self.env.su and not any(self.env.user.has_group(group) for group in KEEPERS):
            raise AccessError(
                self.env._(
                    "Payment methods of the customer club are set up by a manager of the club or the accountant."
                )
            )

    def _club_refuse_used(self):
        """
        :raises UserError: payments were made with one of these
        """
        # payments of all tills and companies count
        used = self.env["pos.payment"].sudo().search([("payment_method_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "“%s” has payments already: what it pays with and its accounts stay. Make another payment method.",
                    used.payment_method_id.name,
                )
            )
