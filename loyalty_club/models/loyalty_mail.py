"""Milestones: programs that write to a customer when the balance reaches a figure, also when the ledger moves it."""

from odoo import api, models, tools

#: Entries that a customer hears about; what is taken over or given back is no news.
TOLD = ("earn", "load", "adjust", "core")


class LoyaltyMail(models.Model):
    _inherit = "loyalty.mail"

    @api.model
    @tools.ormcache()
    def _club_milestone_programs(self):
        """Ids of the programs that write when a balance is reached."""
        return frozenset(self.sudo().search([("trigger", "=", "points_reach")]).program_id.ids)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


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
