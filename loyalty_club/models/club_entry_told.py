"""Milestones: core writes to a customer whose balance reaches a figure, also when the ledger moves it."""

from odoo import models

#: Entries that a customer hears about; what is taken over or given back is no news.
TOLD = ("earn", "load", "adjust", "core")


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_tell_milestones(self, movements, before, accounts):
        """Have core write to the customers whose balance rose past a milestone.

        :param before: {account id: balance before}, with ``accounts`` {id: row} after
        """
        programs = self.env["loyalty.mail"]._club_milestone_programs()
        told = {
            movement.account_id
            for movement in movements
            if movement.kind in TOLD and accounts[movement.account_id]["program_id"] in programs
        }
        for account in self.env["loyalty.club.account"].browse(sorted(told)):
            old, new = float(before[account.id]), float(accounts[account.id]["balance"])
            account.card_id._send_points_reach_communication({account.card_id: {"old": old, "new": new}})
