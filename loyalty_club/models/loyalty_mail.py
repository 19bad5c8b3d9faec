"""Which programs write to a customer when the balance reaches a figure."""

from odoo import api, models, tools


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
