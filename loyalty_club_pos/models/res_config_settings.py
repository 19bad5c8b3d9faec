"""Till settings: the club and branch of a till."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_club_id = fields.Many2one(related="pos_config_id.club_id", readonly=False)
    pos_club_branch_id = fields.Many2one(related="pos_config_id.club_branch_id", readonly=True)
