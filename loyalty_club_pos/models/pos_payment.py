"""Payments at the till: one that is taken back before the order is paid gives free what was set aside for it."""

from odoo import models


class PosPayment(models.Model):
    _inherit = "pos.payment"

    def unlink(self):
        uuids = self._club_payments().mapped("uuid")
        result = super().unlink()
        self.env["loyalty.club.hold"]._club_release_payments(uuids)
        return result

    def _club_payments(self):
        """Those made with credit, gift or prepaid cards of a club; change is none."""
        return self.filtered(lambda payment: payment.payment_method_id.club_kind and not payment.is_change)
