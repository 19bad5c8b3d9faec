"""Payments at the till: one that is taken back before the order is paid gives free what was set aside for it."""

from odoo import api, models
from odoo.exceptions import UserError


class PosPayment(models.Model):
    _inherit = "pos.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._club_refuse_late()
        return payments

    def write(self, vals):
        if {"amount", "payment_method_id", "uuid", "pos_order_id", "is_change"} & set(vals):
            self._club_refuse_change()
        result = super().write(vals)
        if {"payment_method_id", "is_change", "pos_order_id"} & set(vals):
            self._club_refuse_late()
        return result

    def _club_refuse_late(self):
        """Stored value pays an order before it is paid, and is no change.

        :raises UserError: says which of the two it is
        """
        for payment in self._club_payments():
            if payment.pos_order_id.state not in ("draft", "cancel"):
                raise UserError(self.env._("Credit and cards do not pay a paid order afterwards. Refund it first."))
            if payment.is_change:
                raise UserError(self.env._("Change is given in money. Take that payment off."))

    def unlink(self):
        self._club_refuse_change()
        uuids = self._club_payments().mapped("uuid")
        result = super().unlink()
        self.env["loyalty.club.hold"]._club_release_payments(uuids)
        return result

    def _club_refuse_change(self):
        """What was taken from a balance is not paid differently afterwards; a refund gives it back."""
        for payment in self._club_payments():
            if payment.pos_order_id.state not in ("draft", "cancel"):
                raise UserError(
                    self.env._(
                        "The payment by %s is taken from the customer's balance already. Refund the order instead.",
                        payment.payment_method_id.name,
                    )
                )

    def _club_payments(self):
        """Those made with credit, gift or prepaid cards of a club."""
        return self.filtered("payment_method_id.club_kind")
