"""Which programs write to a customer when the balance reaches a figure."""

from odoo import api, models, tools


class LoyaltyMail(models.Model):
    _name = "loyalty.mail"
    _inherit = ["loyalty.mail", "loyalty.club.remembered.mixin", "loyalty.club.managed.mixin"]

    @api.model
    @tools.ormcache()
    def _club_milestone_programs(self):
        """Ids of the programs that write when a balance is reached."""
        return frozenset(self.sudo().search([("trigger", "=", "points_reach")]).program_id.ids)
