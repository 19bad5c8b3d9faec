"""Invoices, credit notes and entries of payments: what changes them changes what orders earn and payments take."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_payment_state(self):
        # every change of state, amount due or payment comes through here; the club looks when the transaction ends
        result = super()._compute_payment_state()
        self.origin_payment_id._club_mark()
        moves = self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))
        moves = moves.filtered(lambda move: move.state == "posted" or move.posted_before)
        self.env["sale.order"]._club_mark("moves", moves)
        return result
