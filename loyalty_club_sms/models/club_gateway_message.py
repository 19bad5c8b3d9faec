"""Messages and gateways: which one carried a message, and what core's own records are told of reports."""

from odoo import fields, models

from . import club_message  # noqa: F401 its model has to be there before it is extended

#: Words of core for states of messages that came to nothing: (bounce or error, see sms.tracker).
CORE_ERRORS = {"failed": "not_delivered", "blocked": "not_allowed"}


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    gateway_id = fields.Many2one(comodel_name="loyalty.club.gateway", readonly=True, ondelete="set null")
    line_id = fields.Many2one(comodel_name="loyalty.club.gateway.line", readonly=True, ondelete="set null")
    polled_at = fields.Datetime(string="Report asked", readonly=True, copy=False)

    _to_ask = models.Index("(gateway_id, called_at) WHERE state IN ('sent', 'unsure') AND ref IS NOT NULL")
    _by_line = models.Index("(line_id, called_at) WHERE called_at IS NOT NULL")

    def _club_tell_core(self):
        """Tell the trackers of core's own SMS (chatter, mailings) what became of these messages."""
        # core keeps its trackers from everybody
        trackers = self.env["sms.tracker"].sudo().search([("sms_uuid", "in", self.mapped("uuid"))])
        states = {message.uuid: message for message in self}
        for tracker in trackers:
            message = states[tracker.sms_uuid]
            if message.state == "delivered":
                tracker._action_update_from_sms_state("sent")
            elif message.state in CORE_ERRORS:
                told = tracker.with_context(sms_known_failure_reason=message.reason_text or None)
                told._action_update_from_provider_error(CORE_ERRORS[message.state])
