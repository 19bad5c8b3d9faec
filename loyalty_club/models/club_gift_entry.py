"""What a card shows follows the ledger."""

from odoo import models


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_forget(self, accounts):
        self.env["loyalty.club.gift"].invalidate_model(["status", "balance"], flush=False)
        return super()._club_forget(accounts)
