"""Messages of campaigns: which campaign, which of its texts."""

from odoo import api, fields, models


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    campaign_id = fields.Many2one(
        comodel_name="loyalty.club.campaign", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    variant_id = fields.Many2one(
        comodel_name="loyalty.club.campaign.variant", string="Text of the campaign", readonly=True, ondelete="restrict"
    )

    @api.model
    def _club_reasons(self):
        return {**super()._club_reasons(), "stopped": self.env._("The campaign was closed before it went.")}
