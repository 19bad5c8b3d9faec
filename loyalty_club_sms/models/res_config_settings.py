from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    club_gateway_id = fields.Many2one(
        related="company_id.club_gateway_id", readonly=False, domain="[('company_id', '=', company_id)]"
    )

    def action_club_gateways(self):
        return self.env["ir.actions.act_window"]._for_xml_id("loyalty_club_sms.loyalty_club_gateway_action")
