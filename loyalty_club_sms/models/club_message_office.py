"""What people do with messages: look at them, send certain ones again, cancel those that wait."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules.ways import ways
from .club_message import NOT_GONE


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    text_shown = fields.Text(string="Message", compute="_compute_text_shown")
    ways = fields.Char(compute="_compute_ways", help="In the order in which they are tried.")
    can_send_again = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")

    @api.depends("body", "lane", "state")
    def _compute_text_shown(self):
        for message in self:
            if message.lane == "code":
                message.text_shown = self.env._("(A one-time code; its text is not kept.)")
            elif not message.body and message.state == "waiting":
                message.text_shown = self.env._("(Written when it is sent.)")
            else:
                message.text_shown = message.body

    @api.depends("channels")
    @api.depends_context("lang")
    def _compute_ways(self):
        names = dict(self.env["loyalty.club.channel"]._club_names())
        for message in self:
            codes = ways(message.channels)
            message.ways = len(codes) > 1 and ", ".join(names.get(code, code) for code in codes)

    @api.depends("state", "lane")
    def _compute_can(self):
        for message in self:
            message.can_send_again = message.state in NOT_GONE and message.lane != "code"
            message.can_cancel = message.state == "waiting"

    @api.depends("why", "member_id", "address")
    def _compute_display_name(self):
        for message in self:
            who = message.member_id.display_name or message.address or ""
            message.display_name = " · ".join(part for part in (message.why, who) if part) or f"#{message.id}"

    def action_send_again(self):
        """Queue again what certainly did not go."""
        self._club_check_officer()
        refused = self.filtered(lambda message: not message.can_send_again)
        if refused:
            raise UserError(
                self.env._(
                    "Only messages that failed, were blocked or cancelled can be sent again, and no codes. "
                    "What was sent or may have gone would reach the member twice: leave %(count)s of the chosen out.",
                    count=len(refused),
                )
            )
        now = fields.Datetime.now()
        # rows of the log are changed by its own buttons only
        self.sudo().write(
            {
                "state": "waiting",
                "reason": False,
                "detail": False,
                "not_before": now,
                "not_after": False,
                "attempts": 0,
                "tried": False,
                "gateway_id": False,
                "ref": False,
            }
        )
        for message in self:
            if message.member_id:
                first = ways(message.channels or message.channel)[0]
                message.sudo().write({"channel": first, "address": False if message.member_id else message.address})
        self._club_wake(dict.fromkeys(self.mapped("lane"), now), [])

    def action_cancel(self):
        """Cancel what waits; what is at the gateway already can't be called back."""
        self._club_check_officer()
        cancelled = self._club_cancel([("id", "in", self.ids)])
        left = len(self) - cancelled
        if left:
            raise UserError(self.env._("%s of the chosen messages are not waiting any more.", left))

    @api.model
    def _club_cancel(self, domain):
        """Cancel the waiting messages of ``domain``; how many. The caller has checked who asks."""
        waiting = self.sudo().search([("state", "=", "waiting"), *domain])
        waiting = waiting.try_lock_for_update().filtered_domain([("state", "=", "waiting")])
        waiting.write({"state": "cancelled", "reason": "by_hand", "secret": False})
        return len(waiting)

    def _club_check_officer(self):
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only officers of the club send messages again or cancel them."))
        self.check_access("read")


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    message_count = fields.Integer(compute="_compute_message_count")

    def _compute_message_count(self):
        counts = dict(
            self.env["loyalty.club.message"]
            .sudo()  # only how many there are
            ._read_group([("member_id", "in", self.ids)], ["member_id"], ["__count"])
        )
        for member in self:
            member.message_count = counts.get(member, 0)

    def action_open_messages(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("loyalty_club_sms.loyalty_club_message_action"),
            "domain": [("member_id", "=", self.id)],
            "context": {},
        }
