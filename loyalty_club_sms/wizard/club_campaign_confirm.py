"""The last look before a campaign goes: name, how many get it, what it costs, and when."""

from odoo import api, fields, models
from odoo.tools.misc import format_datetime


class LoyaltyClubCampaignConfirm(models.TransientModel):
    _name = "loyalty.club.campaign.confirm"
    _description = "Confirm a Campaign"

    campaign_id = fields.Many2one(
        comodel_name="loyalty.club.campaign", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(related="campaign_id.name")
    audience_text = fields.Char(related="campaign_id.audience_text")
    audience_count = fields.Integer(related="campaign_id.audience_count")
    reach_count = fields.Integer(related="campaign_id.reach_count")
    held_count = fields.Integer(related="campaign_id.held_count")
    part_count = fields.Integer(related="campaign_id.part_count")
    cost_estimate = fields.Float(related="campaign_id.cost_estimate")
    cost_unit = fields.Char(related="campaign_id.cost_unit")
    count_text = fields.Text(related="campaign_id.count_text")
    exact_text = fields.Char(related="campaign_id.exact_text")
    summary = fields.Char(compute="_compute_summary")
    when_text = fields.Char(string="When", compute="_compute_summary")

    @api.depends("campaign_id")
    def _compute_summary(self):
        for confirm in self:
            campaign = confirm.campaign_id
            confirm.summary = self.env._(
                "“%(name)s” goes to %(count)s members for about %(cost)s %(unit)s.",
                name=campaign.name,
                count=f"{campaign.reach_count:,}",
                cost=f"{campaign.cost_estimate:,.0f}"
                if campaign.cost_estimate >= 100
                else f"{campaign.cost_estimate:,.2f}",
                unit=campaign.cost_unit or "",
            )
            confirm.when_text = confirm._club_when()

    def _club_when(self):
        campaign = self.campaign_id
        if campaign.send_when == "now":
            return self.env._("at once")
        at = format_datetime(self.env, campaign._club_send_at(), tz=campaign.zone)
        if campaign.send_when == "at":
            return self.env._("%(at)s (%(zone)s)", at=at, zone=campaign.zone)
        return self.env._(
            "from %(at)s (%(zone)s), over %(hours)s hours",
            at=at,
            zone=campaign.zone,
            hours=f"{campaign.spread_hours:g}",
        )

    def action_confirm(self):
        self.ensure_one()
        self.campaign_id._club_confirm()
        return {"type": "ir.actions.act_window_close"}
