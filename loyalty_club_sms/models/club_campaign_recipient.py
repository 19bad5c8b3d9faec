"""Recipients: whom a campaign was for when it started, who got which text, and what they did afterwards."""

from odoo import fields, models


class LoyaltyClubCampaignRecipient(models.Model):
    _name = "loyalty.club.campaign.recipient"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Recipient of a Campaign"
    _log_access = False  # 100,000 are written by SQL
    _order = "place"
    _rec_name = "member_id"

    campaign_id = fields.Many2one(
        comodel_name="loyalty.club.campaign", required=True, readonly=True, ondelete="cascade"
    )
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", required=True, readonly=True, index=True, ondelete="cascade"
    )
    place = fields.Integer(readonly=True, required=True, help="Random order in which the messages go.")
    control = fields.Boolean(string="Held out", readonly=True)
    reachable = fields.Boolean(readonly=True, help="Could be sent to when the campaign started.")
    variant_id = fields.Many2one(comodel_name="loyalty.club.campaign.variant", readonly=True, ondelete="restrict")
    token = fields.Char(readonly=True, groups=fields.NO_ACCESS)  # the member's short link
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="Coupon",
        readonly=True,
        groups="loyalty_club.group_club_manager",
        index="btree_not_null",
        ondelete="set null",
    )
    message_id = fields.Many2one(
        comodel_name="loyalty.club.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    clicked_at = fields.Datetime(readonly=True)
    click_count = fields.Integer(readonly=True)
    opted_out_at = fields.Datetime(readonly=True)
    bought_at = fields.Datetime(string="First bought", readonly=True)
    bought_count = fields.Integer(string="Purchases", readonly=True)
    bought_amount = fields.Float(readonly=True, digits=(16, 3))

    _once = models.Constraint("UNIQUE (campaign_id, member_id)", "A member gets a campaign once.")
    _token_unique = models.UniqueIndex("(token) WHERE token IS NOT NULL")
    _to_queue = models.Index("(campaign_id, place) WHERE message_id IS NULL AND NOT control")
