"""Results: what became of the messages, and what people did afterwards, beside those who got nothing."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.campaign_figures import lift

#: Figures of a text or of a whole campaign, as columns of the report.
FIGURES = (
    "people", "sent", "delivered", "failed", "blocked", "unsure", "clicked", "opted_out", "bought", "bought_amount",
    "parts", "cost",
)  # fmt: skip

#: Purchases and withdrawals within the days after each recipient's message, written where they changed.
COUNT_AGAIN = """
    WITH since AS (
           SELECT r.id, COALESCE(m.merged_into_id, m.id) AS member_id,
                  CASE WHEN r.control THEN %(started)s ELSE w.sent_at END AS at
             FROM loyalty_club_campaign_recipient r
             JOIN loyalty_club_member m ON m.id = r.member_id
        LEFT JOIN loyalty_club_message w ON w.id = r.message_id
            WHERE r.campaign_id = %(campaign)s),
       sums AS (
           SELECT since.id, min(b.at) FILTER (WHERE b.amount > 0) AS first,
                  count(*) FILTER (WHERE b.amount > 0) AS count, SUM(b.amount) AS amount
             FROM since JOIN (%(purchases)s) b ON b.member_id = since.member_id
              AND b.at >= since.at AND b.at < since.at + %(days)s * interval '1 day'
         GROUP BY since.id)
       UPDATE loyalty_club_campaign_recipient r
          SET bought_at = sums.first, bought_count = COALESCE(sums.count, 0),
              bought_amount = COALESCE(sums.amount, 0), opted_out_at = gone.at
         FROM since LEFT JOIN sums ON sums.id = since.id
         LEFT JOIN LATERAL (
              SELECT min(k.at) AS at FROM loyalty_club_consent k
               WHERE k.member_id = since.member_id AND k.given IS NOT TRUE AND k.purpose = %(purpose)s
                 AND k.at >= since.at AND k.at < since.at + %(days)s * interval '1 day') gone ON TRUE
        WHERE r.id = since.id
          AND (r.bought_at, r.bought_count, r.bought_amount, r.opted_out_at) IS DISTINCT FROM
              (sums.first, COALESCE(sums.count, 0)::int, COALESCE(sums.amount, 0), gone.at)"""


class LoyaltyClubCampaignFigures(models.AbstractModel):
    _name = "loyalty.club.campaign.figures"
    _description = "Figures of a Campaign or of one of its Texts"

    people = fields.Integer(compute="_compute_figures", string="Recipients")
    sent = fields.Integer(compute="_compute_figures", help="Handed to the gateway, delivered or not.")
    delivered = fields.Integer(compute="_compute_figures")
    failed = fields.Integer(
        compute="_compute_figures", help="Without an address, refused by the gateway, or cancelled."
    )
    blocked = fields.Integer(compute="_compute_figures", help="Without consent, or on a blacklist.")
    unsure = fields.Integer(compute="_compute_figures", help="They may have gone; nobody can tell.")
    clicked = fields.Integer(compute="_compute_figures", help="People who followed a link, however often.")
    opted_out = fields.Integer(compute="_compute_figures", help="Withdrew their consent after the message.")
    bought = fields.Integer(compute="_compute_figures", help="People who bought afterwards.")
    bought_amount = fields.Float(compute="_compute_figures", digits=(16, 2), string="Sales")
    parts = fields.Integer(compute="_compute_figures", string="Parts sent")
    cost = fields.Float(compute="_compute_figures", digits=(16, 2), string="Cost so far")
    delivered_rate = fields.Float(compute="_compute_figures")
    clicked_rate = fields.Float(compute="_compute_figures")
    bought_rate = fields.Float(compute="_compute_figures")

    def _compute_figures(self):
        by_field = "campaign_id" if self._name == "loyalty.club.campaign" else "variant_id"
        figures = self.env["loyalty.club.campaign.report"]._club_figures(by_field, self.ids)
        for record in self:
            values = figures.get(record.id) or dict.fromkeys(FIGURES, 0)
            for name in FIGURES:
                record[name] = values[name]
            sent = values["sent"]
            record.delivered_rate = 100 * values["delivered"] / sent if sent else 0
            record.clicked_rate = 100 * values["clicked"] / sent if sent else 0
            record.bought_rate = 100 * values["bought"] / sent if sent else 0


class LoyaltyClubCampaignVariant(models.Model):
    _name = "loyalty.club.campaign.variant"
    _inherit = ["loyalty.club.campaign.variant", "loyalty.club.campaign.figures"]

    def action_open_recipients(self):
        self.ensure_one()
        return self.campaign_id._club_open_report([("variant_id", "=", self.id)], self.display_name)


class LoyaltyClubCampaign(models.Model):
    _name = "loyalty.club.campaign"
    _inherit = ["loyalty.club.campaign", "loyalty.club.campaign.figures"]

    figures_at = fields.Datetime(
        string="Purchases counted", readonly=True, copy=False, help="Purchases and withdrawals are counted every hour."
    )
    control_count = fields.Integer(compute="_compute_control", string="Held out")
    control_bought = fields.Integer(compute="_compute_control", string="Of those held out bought")
    control_rate = fields.Float(compute="_compute_control", string="Held out: bought (%)")
    lift_text = fields.Char(compute="_compute_control", string="What it did")

    def _compute_control(self):
        figures = self.env["loyalty.club.campaign.report"]._club_figures("campaign_id", self.ids, control=True)
        for campaign in self:
            values = figures.get(campaign.id) or dict.fromkeys(FIGURES, 0)
            campaign.control_count = values["people"]
            campaign.control_bought = values["bought"]
            campaign.control_rate = 100 * values["bought"] / values["people"] if values["people"] else 0
            campaign.lift_text = campaign._club_lift_text()

    def _club_lift_text(self):
        found = lift(self.bought, self.sent, self.control_bought, self.control_count)
        if not found:
            return False
        values = {"points": f"{found.points:+.1f}", "low": f"{found.low:+.1f}", "high": f"{found.high:+.1f}"}
        if not found.enough:
            return self.env._("%(points)s percentage points, but too few people to say more than by chance.", **values)
        if not found.clear:
            return self.env._(
                "%(points)s percentage points (between %(low)s and %(high)s): it may be chance.", **values
            )
        return self.env._("%(points)s percentage points more bought (between %(low)s and %(high)s).", **values)

    # -- lists behind the figures ----------------------------------------------------------------------------------

    def _club_open_report(self, domain, name, views="list,graph,pivot"):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club_sms.loyalty_club_campaign_report_action")
        action.update(
            name=name,
            display_name=name,
            view_mode=views,
            views=[(False, view) for view in views.split(",")],
            domain=[("campaign_id", "=", self.id), *domain],
            context={},
        )
        return action

    def action_open_figure(self):
        """The list behind a figure; which one is in the context, as the name of a column of the report."""
        name = self.env.context.get("figure")
        field = self.env["loyalty.club.campaign.report"]._fields.get(name)
        if name not in FIGURES or not field:
            return self._club_open_report([], self.name)
        domain = [("control", "=", False)] + ([(name, ">", 0)] if name != "people" else [])
        return self._club_open_report(domain, field._description_string(self.env))

    def action_open_control(self):
        return self._club_open_report([("control", "=", True)], self.env._("Held out"))

    def action_open_results(self):
        return self._club_open_report([], self.env._("Results of “%s”", self.name), "graph,pivot,list")

    # -- purchases and withdrawals ---------------------------------------------------------------------------------

    def action_refresh(self):
        for campaign in self:
            campaign.check_access("write")
            campaign.sudo()._club_refresh_figures()  # figures are written by counting only

    @api.model
    def _cron_figures(self):
        """Count again what people did, for campaigns whose days are not over."""
        self.env["loyalty.club.campaign.click"]._club_note_clicks()
        oldest = SQL("%s - bought_days * interval '1 day' - interval '8 days'", fields.Datetime.now())
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM loyalty_club_campaign
                    WHERE frozen_at IS NOT NULL AND COALESCE(done_at, started_at) > %s ORDER BY id""",
                oldest,
            )
        )
        campaigns = self.browse([campaign_id for (campaign_id,) in rows])
        self.env["ir.cron"]._commit_progress(remaining=len(campaigns))
        for campaign in campaigns:
            campaign._club_refresh_figures()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _club_refresh_figures(self):
        """Count purchases and withdrawals of all recipients again, those held out too.

        A recipient's days begin when his message went; for those held out, when the campaign started.
        """
        self.ensure_one()
        if not self.frozen_at:
            return
        self.env.flush_all()
        last = self.env.execute_query(
            SQL("SELECT max(sent_at) FROM loyalty_club_message WHERE campaign_id = %s", self.id)
        )[0][0]
        until = fields.Datetime.add(max(last or self.started_at, self.started_at), days=self.bought_days)
        self.env.cr.execute(
            SQL(
                COUNT_AGAIN,
                started=self.started_at,
                campaign=self.id,
                purchases=self.env["loyalty.club.purchase"]._club_query(self.club_id, self.started_at, until),
                days=self.bought_days,
                purpose=self.purpose,
            )
        )
        self.env["loyalty.club.campaign.recipient"].invalidate_model(flush=False)
        self.figures_at = fields.Datetime.now()
