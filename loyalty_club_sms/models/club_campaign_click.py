"""Clicks: a short link of a message leads on, and counts once a day for its reader (docs/decisions/060)."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.campaign_links import TOKEN_LENGTH


class LoyaltyClubCampaignClick(models.Model):
    _name = "loyalty.club.campaign.click"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Click in a Campaign"
    _log_access = False
    _order = "id desc"
    _rec_name = "recipient_id"

    recipient_id = fields.Many2one(
        comodel_name="loyalty.club.campaign.recipient", required=True, readonly=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one(
        comodel_name="loyalty.club.campaign", required=True, readonly=True, index=True, ondelete="cascade"
    )
    variant_id = fields.Many2one(comodel_name="loyalty.club.campaign.variant", readonly=True, ondelete="cascade")
    member_id = fields.Many2one(related="recipient_id.member_id")
    link_id = fields.Many2one(comodel_name="link.tracker", required=True, readonly=True, ondelete="cascade", index=True)
    day = fields.Date(required=True, readonly=True, help="In the club's time zone.")
    at = fields.Datetime(required=True, readonly=True)
    noted = fields.Boolean(readonly=True, help="Odoo's own link tracker has it.")

    _once_a_day = models.Constraint("UNIQUE (recipient_id, link_id, day)", "This click was counted today.")
    _to_note = models.Index("(id) WHERE noted IS NOT TRUE")

    @api.model
    def _club_follow(self, token, number, count=True):
        """Where the n-th link behind a token leads; the click is counted when ``count`` is set.

        :return: the address, or False for a token that nobody has
        """
        if len(token) != TOKEN_LENGTH:
            return False
        recipient = self.env["loyalty.club.campaign.recipient"].search([("token", "=", token)])
        variant = recipient.variant_id or self.env["loyalty.club.campaign.variant"].search([("token", "=", token)])
        link = variant.link_ids.filtered(lambda one: one.club_number == number)
        if not link:
            return False
        if recipient and count:
            self._club_count_click(recipient, link)
        return link.redirected_url

    @api.model
    def _club_count_click(self, recipient, link):
        now, club = fields.Datetime.now(), recipient.campaign_id.club_id
        self.env.flush_all()
        counted = self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_club_campaign_click (recipient_id, campaign_id, variant_id, link_id, day, at)
                   VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (recipient_id, link_id, day) DO NOTHING RETURNING id""",
                recipient.id,
                recipient.campaign_id.id,
                recipient.variant_id.id,
                link.id,
                club._club_today(),
                now,
            )
        )
        if counted:
            recipient.write({"clicked_at": recipient.clicked_at or now, "click_count": recipient.click_count + 1})

    @api.model
    def _club_note_clicks(self):
        """Tell Odoo's link tracker of new clicks, in one statement: its own counter locks the link for each click."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH clicks AS (
                       UPDATE loyalty_club_campaign_click SET noted = TRUE WHERE noted IS NOT TRUE
                       RETURNING link_id, at),
                   copied AS (
                       INSERT INTO link_tracker_click (link_id, campaign_id, create_date, write_date)
                       SELECT clicks.link_id, t.campaign_id, clicks.at, clicks.at
                         FROM clicks JOIN link_tracker t ON t.id = clicks.link_id RETURNING link_id),
                   sums AS (SELECT link_id, count(*) AS count FROM copied GROUP BY link_id)
                   UPDATE link_tracker t SET count = COALESCE(t.count, 0) + sums.count
                     FROM sums WHERE sums.link_id = t.id RETURNING t.id"""
            )
        )
        if rows:
            self.env["link.tracker"].invalidate_model(["count", "link_click_ids"], flush=False)
            self.env["link.tracker.click"].invalidate_model(flush=False)
        return len(rows)


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    utm_campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="loyalty_club.group_club_manager",
        help="Visits and orders that come through the links are counted for it in Odoo's own statistics.",
    )

    def _club_utm(self):
        """Odoo's mark of the campaign on links and orders; made when it is needed."""
        self.ensure_one()
        if not self.utm_campaign_id:
            user = self.confirmed_by_id or self.create_uid
            self.utm_campaign_id = self.env["utm.campaign"].create({"title": self.name, "user_id": user.id})
        return self.utm_campaign_id
