"""Running: confirming, stopping and going on, and how far it is."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: States of messages that nothing is known of yet.
OPEN = ("waiting", "sending")


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    queued_count = fields.Integer(compute="_compute_progress", string="Prepared")
    handled_count = fields.Integer(compute="_compute_progress", string="Handled")
    progress = fields.Float(compute="_compute_progress", help="Share of the messages that have gone, or cannot go.")
    estimated_end = fields.Datetime(
        compute="_compute_progress", help="At the pace of the last minutes, with the quiet hours between."
    )

    def _compute_progress(self):
        self.env["loyalty.club.message"].flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT r.campaign_id, count(r.message_id), count(*) FILTER (WHERE m.state <> ALL(%s))
                     FROM loyalty_club_campaign_recipient r
                LEFT JOIN loyalty_club_message m ON m.id = r.message_id
                    WHERE r.campaign_id = ANY(%s) AND NOT r.control GROUP BY r.campaign_id""",
                list(OPEN),
                self.ids,
            )
        )
        counts = {campaign_id: rest for campaign_id, *rest in rows}
        Message = self.env["loyalty.club.message"].sudo()  # how many are left, and how fast they go
        for campaign in self:
            queued, handled = counts.get(campaign.id, (0, 0))
            total = campaign.recipient_count
            campaign.queued_count, campaign.handled_count = queued, handled
            campaign.progress = 100 * handled / total if total else 0
            is_running = campaign.state in ("preparing", "sending") and campaign.id
            forecast = is_running and Message._club_forecast(campaign.club_id, [("campaign_id", "=", campaign.id)])
            campaign.estimated_end = forecast["end"] if forecast and handled else False

    # -- before it goes --------------------------------------------------------------------------------------------

    def _club_problem(self):
        """What keeps the campaign from going, in words; False: nothing."""
        self.ensure_one()
        if not self.variant_ids:
            return self.env._("Add a text first.")
        empty = self.variant_ids.filtered(lambda variant: not variant.template_id.body)
        if empty:
            return self.env._("The text of “%s” is empty.", empty[0].template_id.name)
        if self.send_when != "now" and self._club_send_at() <= fields.Datetime.now():
            return self.env._("The day and hour of the campaign are over. Choose later ones.")
        return self._club_line_problem() or self._club_codes_problem()

    def _club_line_problem(self):
        return self.env["loyalty.club.gateway"]._club_line_problem(self.club_id.sudo().company_id, self.purpose)

    def action_ask(self):
        """Count, and ask for a confirmation that names who many get it and what it costs."""
        self.ensure_one()
        self.check_access("write")
        problem = self._club_problem()
        if problem:
            raise UserError(problem)
        if self.state != "draft":
            raise UserError(self.env._("This campaign was confirmed already."))
        self._club_count()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send “%s”?", self.name),
            "res_model": "loyalty.club.campaign.confirm",
            "view_mode": "form",
            "target": "new",
            "context": {"default_campaign_id": self.id},
        }

    def _club_confirm(self):
        """Schedule the campaign; at once when it is to go at once. The caller has shown the counts."""
        self.ensure_one()
        self.check_access("write")
        problem = self._club_problem()
        if problem:
            raise UserError(problem)
        self._club_lock()
        if self.state != "draft":
            raise UserError(self.env._("This campaign was confirmed already."))
        if not self.audience_count:
            raise UserError(self.env._("Nobody is in the audience."))
        now, at = fields.Datetime.now(), self._club_send_at()
        campaign = self.sudo()  # states change by buttons only
        campaign.write(
            {
                "state": "scheduled",
                "send_at": at,
                "confirmed_by_id": self.env.uid,
                "confirmed_at": now,
                "problem": False,
            }
        )
        if self.send_when == "now":
            campaign._club_start_due()
        self._club_wake_job(at)

    def _club_wake_job(self, at=None):
        # who may send a campaign may start its job
        self.env.ref("loyalty_club_sms.ir_cron_campaign").sudo()._trigger(at)

    def _club_lock(self):
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT FROM loyalty_club_campaign WHERE id IN %s FOR NO KEY UPDATE", tuple(self.ids)))
        self.invalidate_recordset(["state"], flush=False)

    # -- while it goes ---------------------------------------------------------------------------------------------

    def action_unschedule(self):
        """Back to the draft, before anything was prepared."""
        for campaign in self:
            campaign.check_access("write")
            campaign._club_lock()
            if campaign.state != "scheduled":
                raise UserError(self.env._("The campaign has started. Stop it instead."))
            # states change by buttons only
            campaign.sudo().write({"state": "draft", "send_at": False, "confirmed_by_id": False, "confirmed_at": False})

    def action_stop(self):
        """Send no more of it. What is at the gateway already arrives."""
        for campaign in self:
            campaign.check_access("write")
            campaign._club_lock()
            if campaign.state not in ("preparing", "sending"):
                raise UserError(self.env._("Only a campaign that is under way can be stopped."))
            self.env["loyalty.club.message.stop"]._club_stop(campaign.club_id, campaign)
            campaign.sudo().write({"state": "stopped", "problem": False})  # states change by buttons only

    def action_resume(self):
        """Go on with those who have not got it."""
        for campaign in self:
            campaign.check_access("write")
            campaign._club_lock()
            if campaign.state != "stopped":
                raise UserError(self.env._("The campaign is not stopped."))
            state = "preparing" if campaign._club_is_incomplete() else "sending"
            campaign.sudo().write({"state": state, "problem": False})  # states change by buttons only
            self.env["loyalty.club.message.stop"]._club_go_on(campaign.club_id, campaign)
            campaign._club_wake_job()

    def action_give_up(self):
        """Close a stopped campaign for good: what waits is cancelled."""
        for campaign in self:
            campaign.check_access("write")
            campaign._club_lock()
            if campaign.state != "stopped":
                raise UserError(self.env._("Stop the campaign first."))
            campaign._club_cancel_waiting()
            # states change by buttons only
            campaign.sudo().write({"state": "done", "done_at": fields.Datetime.now()})
            self.env["loyalty.club.message.stop"]._club_go_on(campaign.club_id, campaign)

    def _club_cancel_waiting(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_message SET state = 'cancelled', reason = 'stopped'
                    WHERE campaign_id = %s AND state = 'waiting'""",
                self.id,
            )
        )
        self.env["loyalty.club.message"].invalidate_model(["state", "reason"], flush=False)

    def _club_is_incomplete(self):
        """Whether recipients still wait for their message to be queued."""
        if not self.frozen_at:
            return True
        return bool(
            self.env["loyalty.club.campaign.recipient"].search_count(
                [("campaign_id", "=", self.id), ("message_id", "=", False), ("control", "=", False)], limit=1
            )
        )

    @api.model
    def _club_close_finished(self):
        """Campaigns that nothing is left to send of are done; their figures go on growing."""
        running = self.search([("state", "=", "sending")])
        if not running:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id FROM unnest(%s::int[]) AS c(id)
                    WHERE NOT EXISTS (SELECT FROM loyalty_club_message m
                                       WHERE m.campaign_id = c.id AND m.state = ANY(%s))""",
                running.ids,
                list(OPEN),
            )
        )
        finished = self.browse([campaign_id for (campaign_id,) in rows])
        finished.write({"state": "done", "done_at": fields.Datetime.now()})
        for campaign in finished:
            campaign._club_refresh_figures()
