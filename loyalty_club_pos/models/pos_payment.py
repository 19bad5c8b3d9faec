"""Payments at the till: one that is taken back before the order is paid gives free what was set aside for it."""

from odoo import models
from odoo.exceptions import UserError


class PosPayment(models.Model):
    _inherit = "pos.payment"

    def write(self, vals):
        if {"amount", "payment_method_id", "uuid", "pos_order_id"} & set(vals):
            self._club_refuse_change()
        return super().write(vals)

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
        """Those made with credit, gift or prepaid cards of a club; change is none."""
        return self.filtered(lambda payment: payment.payment_method_id.club_kind and not payment.is_change)
