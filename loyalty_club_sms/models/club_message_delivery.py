"""Delivery reports: what gateways say later about messages that they took."""

import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.ways import next_way

#: States of messages by those of a gateway's report; the others say nothing new.
REPORTED = {"sent": "sent", "delivered": "delivered", "failed": "failed", "blocked": "blocked"}


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    @api.model
    def _club_delivery(self, statuses, gateway=None, asked=None):
        """Take delivery reports in. States never go back: what is delivered stays delivered.

        :param statuses: {ref: ``Status``} as drivers give them
        :param gateway: ``loyalty.club.gateway`` whose numbers these are; a ref is unique there only
        :param asked: the messages that were asked about; without them all are searched
        :return: the messages whose state has changed
        """
        rows = [
            {"ref": ref, "state": REPORTED[status.state], "reason": status.reason, "at": status.at}
            for ref, status in statuses.items()
            if status.state in REPORTED
        ]
        if not rows:
            return self.browse()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_message m
                      SET state = r.state, reason = r.reason,
                          sent_at = COALESCE(m.sent_at, m.called_at),
                          delivered_at = CASE WHEN r.state = 'delivered' THEN COALESCE(r.at, %(now)s) END
                     FROM json_to_recordset(%(rows)s) AS r(ref varchar, state varchar, reason varchar, at timestamp)
                    WHERE m.ref = r.ref AND %(gateway)s AND %(asked)s
                      AND m.state IN ('sent', 'unsure') AND m.state <> r.state
                RETURNING m.id, m.state""",
                now=fields.Datetime.now(),
                rows=json.dumps(rows, default=str),
                gateway=SQL("m.gateway_id = %s", gateway.id) if gateway else SQL("TRUE"),
                asked=SQL("m.id = ANY(%s)", asked.ids) if asked else SQL("TRUE"),
            )
        )
        changed = self.env.cr.fetchall()
        messages = self.browse([row[0] for row in changed])
        messages.invalidate_recordset(flush=False)
        self.browse([message for message, state in changed if state == "blocked"])._club_blocked()
        self.browse([message for message, state in changed if state in ("failed", "blocked")])._club_next_channel()
        return messages

    def _club_blocked(self):
        """Hook: gateway or operator said that the receivers of these messages take no such messages."""

    def _club_next_channel(self):
        """What one channel could not deliver goes by the next one of the message's order."""
        for message in self.filtered("channels"):
            way = next_way(message.channels, message.channel)
            if way:
                message.write(
                    {
                        "state": "waiting",
                        "channel": way,
                        "address": False,
                        "gateway_id": False,
                        "not_before": fields.Datetime.now(),
                    }
                )
                self._club_wake({message.lane: message.not_before}, [])
