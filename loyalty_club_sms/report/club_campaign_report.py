"""Recipients of campaigns with what became of them, for lists, charts and pivot tables; read, never stored."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.club_campaign_result import FIGURES
from ..models.club_message import STATES


class LoyaltyClubCampaignReport(models.Model):
    _name = "loyalty.club.campaign.report"
    _description = "Campaign Analysis"
    _auto = False
    _order = "id desc"
    _rec_name = "member_id"

    campaign_id = fields.Many2one(comodel_name="loyalty.club.campaign", readonly=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True)
    variant_id = fields.Many2one(comodel_name="loyalty.club.campaign.variant", string="Text", readonly=True)
    member_id = fields.Many2one(comodel_name="loyalty.club.member", readonly=True)
    message_id = fields.Many2one(comodel_name="loyalty.club.message", readonly=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", string="Joined at", readonly=True)
    side = fields.Selection(
        selection=[("recipients", "Got it"), ("control", "Held out")], string="Group", readonly=True
    )
    control = fields.Boolean(string="Is held out", readonly=True)
    state = fields.Selection(
        selection=[*STATES, ("preparing", "Not prepared yet"), ("control", "Held out")], readonly=True
    )
    reason = fields.Char(string="Reason code", readonly=True)
    reason_text = fields.Char(string="Why not", compute="_compute_reason_text")
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    delivered_at = fields.Datetime(string="Delivered on", readonly=True)
    clicked_at = fields.Datetime(string="First clicked", readonly=True)
    bought_at = fields.Datetime(string="First bought", readonly=True)
    opted_out_at = fields.Datetime(string="Withdrew on", readonly=True)
    people = fields.Integer(string="Recipients", readonly=True)
    sent = fields.Integer(readonly=True)
    delivered = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)
    blocked = fields.Integer(readonly=True)
    unsure = fields.Integer(readonly=True)
    clicked = fields.Integer(readonly=True)
    click_count = fields.Integer(string="Clicks", readonly=True, help="A link counts once a day.")
    opted_out = fields.Integer(readonly=True)
    bought = fields.Integer(readonly=True)
    bought_count = fields.Integer(string="Purchases", readonly=True)
    bought_amount = fields.Float(string="Sales", readonly=True)
    bought_share = fields.Float(string="Share that bought (%)", readonly=True, aggregator="avg")
    clicked_share = fields.Float(string="Share that clicked (%)", readonly=True, aggregator="avg")
    parts = fields.Integer(readonly=True)
    cost = fields.Float(readonly=True)

    @api.depends("reason")
    def _compute_reason_text(self):
        texts = self.env["loyalty.club.message"]._club_reasons()
        for row in self:
            row.reason_text = texts.get(row.reason, row.reason or False)

    @property
    def _table_query(self):
        return SQL(
            """SELECT r.id, r.campaign_id, c.club_id, r.variant_id, r.member_id, r.message_id,
                      b.joined_branch_id AS branch_id, r.control,
                      CASE WHEN r.control THEN 'control' ELSE 'recipients' END AS side,
                      CASE WHEN r.control THEN 'control' ELSE COALESCE(m.state, 'preparing') END AS state,
                      m.reason, m.sent_at, m.delivered_at, r.clicked_at, r.bought_at, r.opted_out_at, 1 AS people,
                      (m.state IN ('sent', 'delivered'))::int AS sent, (m.state = 'delivered')::int AS delivered,
                      (m.state IN ('failed', 'cancelled')
                       OR (m.state = 'blocked' AND m.reason = 'no_address'))::int AS failed,
                      (m.state = 'blocked' AND m.reason <> 'no_address')::int AS blocked,
                      (m.state = 'unsure')::int AS unsure, (r.click_count > 0)::int AS clicked, r.click_count,
                      (r.opted_out_at IS NOT NULL)::int AS opted_out, (r.bought_count > 0)::int AS bought,
                      r.bought_count, r.bought_amount, 100.0 * (r.bought_count > 0)::int AS bought_share,
                      100.0 * (r.click_count > 0)::int AS clicked_share, m.parts, m.cost
                 FROM loyalty_club_campaign_recipient r
                 JOIN loyalty_club_campaign c ON c.id = r.campaign_id
                 JOIN loyalty_club_member b ON b.id = r.member_id
            LEFT JOIN loyalty_club_message m ON m.id = r.message_id"""
        )

    @api.model
    def _club_figures(self, by_field, ids, control=False):
        """{id: {figure: sum}} of campaigns or texts, of those who are held out or of the others."""
        aggregates = [f"{name}:sum" for name in FIGURES]
        rows = self._read_group([(by_field, "in", ids), ("control", "=", control)], [by_field], aggregates)
        return {record.id: dict(zip(FIGURES, (value or 0 for value in sums), strict=True)) for record, *sums in rows}
