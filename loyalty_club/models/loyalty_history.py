"""Odoo's own history: found by order. With each order Odoo looks here whether it was booked, and without an index reads
all there is; programs outside of the club still go that way, often beside a long history from before the club.

The history of a managed card is the ledger; nobody writes another one beside it."""

from odoo import models


class LoyaltyHistory(models.Model):
    _name = "loyalty.history"
    _inherit = ["loyalty.history", "loyalty.club.managed.mixin"]

    _club_by_order = models.Index("(order_model, order_id)")

    def _club_programs_of(self):
        return self.sudo().card_id.program_id  # whether a club has them is all that is asked
