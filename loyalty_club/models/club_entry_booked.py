"""Entries and the accounts: from an entry to the one that the club wrote for it."""

from odoo import fields, models


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    booked_ids = fields.One2many(comodel_name="loyalty.club.booked", inverse_name="entry_id", readonly=True)

    def action_club_open_move(self):
        """Open the entry in the accounts that holds this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.sudo().booked_ids.move_id.id,  # the accounts check who may read it
            "view_mode": "form",
        }
