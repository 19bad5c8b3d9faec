"""A company without a gateway of the club's sends through whatever gateway Odoo itself has; and what core sends through
ours is in the log, too."""

import json
import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..gateways.base import Outcome
from ..rules.parts import count_parts
from .club_message_route import Route

_logger = logging.getLogger(__name__)

#: Core's gateways take so many in a call.
CORE_SIZE = 100
#: Outcomes by what core's gateways answer: (state, reason).
CORE_ANSWERS = {
    "processing": ("accepted", None),
    "process": ("accepted", None),
    "success": ("accepted", None),
    "sent": ("accepted", None),
    "delivered": ("accepted", None),
    "insufficient_credit": ("refused", "credit"),
    "unregistered": ("refused", "account"),
    "country_not_supported": ("refused", "number"),
    "wrong_number_format": ("refused", "number"),
    "sms_number_missing": ("refused", "number"),
    "server_error": ("unsure", "server"),
}
#: States of the log by outcomes of core's SMS. Core itself says what becomes of those that did not go.
CORE_STATES = {"accepted": "sent", "refused": "failed", "later": "failed", "unsure": "unsure"}

#: A row of the log for each SMS of core, with the member whose number it went to; a second try writes the same row.
LOG_CORE = """
    INSERT INTO loyalty_club_message
                  (uuid, key, company_id, club_id, member_id, user_id, channel, address, lane,
                   purpose, body, why, state, reason, detail, ref, parts, cost, gateway_id, line_id, attempts,
                   queued_at, not_before, called_at, sent_at)
           SELECT r.uuid, 'sms.sms:' || r.uuid, %(company)s, m.club_id, m.id, %(user)s, 'sms',
                  r.number, 'service', 'service', r.body, %(why)s, r.state, r.reason, r.detail, r.ref, r.parts,
                  r.cost, line.gateway_id, line.id, 1, %(now)s, %(now)s, %(now)s,
                  CASE WHEN r.state = 'sent' THEN %(now)s::timestamp END
             FROM json_to_recordset(%(rows)s) AS r(uuid varchar, number varchar, body text, state varchar,
                  reason varchar, detail varchar, ref varchar, parts int, cost numeric, line_id int)
        LEFT JOIN loyalty_club_gateway_line line ON line.id = r.line_id
    LEFT JOIN LATERAL (SELECT member.* FROM loyalty_club_member member
                     JOIN loyalty_club club ON club.id = member.club_id
                    WHERE member.mobile = r.number AND member.state <> 'left'
                 ORDER BY (club.company_id = %(company)s) DESC, member.id LIMIT 1) m ON TRUE
           ON CONFLICT (key) DO UPDATE
                  SET state = EXCLUDED.state, reason = EXCLUDED.reason, detail = EXCLUDED.detail,
                      ref = EXCLUDED.ref, cost = EXCLUDED.cost, gateway_id = EXCLUDED.gateway_id,
                      line_id = EXCLUDED.line_id, called_at = EXCLUDED.called_at, sent_at = EXCLUDED.sent_at,
                      attempts = loyalty_club_message.attempts + 1
                WHERE loyalty_club_message.state NOT IN ('sent', 'delivered')"""


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    def _club_core_route(self, letter):
        """Odoo's own gateway of the letter's company."""
        company = self.env["res.company"].browse(letter.company_id)
        none = self.env["loyalty.club.gateway"]
        return Route(
            channel="sms",
            name="odoo",
            deliver=lambda texts: self._club_core_deliver(company, texts),
            gateway=none,
            line=self.env["loyalty.club.gateway.line"],
            fallback=none,
            size=CORE_SIZE,
            same_body=True,
        )

    def _club_core_deliver(self, company, texts):
        """Outcomes of handing ``texts`` (of one body) to the gateway of core that the company has."""
        if company._club_gateway():
            # there is no line for the purpose: neither another purpose's line nor another vendor takes it instead
            return [Outcome(text.uuid, "later", reason="no_line") for text in texts]
        api = company._get_sms_api_class()(self.env)
        api._set_company(company)
        numbers = [{"uuid": text.uuid, "number": text.number} for text in texts]
        try:
            answers = api._send_sms_batch([{"content": texts[0].body, "numbers": numbers}])
        except Exception as error:  # noqa: BLE001 core's gateways raise whatever they like
            _logger.info("Odoo's SMS gateway failed: %s", type(error).__name__)
            return [Outcome(text.uuid, "unsure", reason="server") for text in texts]
        outcomes = []
        for answer in answers:
            state, reason = CORE_ANSWERS.get(answer.get("state"), ("refused", "unknown"))
            detail = "" if state == "accepted" else str(answer.get("state") or "")
            outcomes.append(Outcome(answer.get("uuid"), state, reason=reason, detail=detail))
        return outcomes

    @api.model
    def _club_log_core(self, company, texts, outcomes, why=None):
        """Write down what core's own SMS (chatter, mailings) handed to a line of ours.

        :param company: whose SMS these are
        :param texts: ``Text`` with core's uuid of each SMS
        :param outcomes: ``Outcome`` of each, with the line that carried it
        :param why: what it was about, when it is known
        """
        said = {outcome.uuid: outcome for outcome in outcomes}
        rows = [self._club_core_row(text, said.get(text.uuid)) for text in texts]
        if not rows:
            return
        self.env["loyalty.club.member"].flush_model(["mobile", "state", "club_id"])
        self.env.cr.execute(
            SQL(
                LOG_CORE,
                company=company.id,
                user=self.env.uid,
                why=why,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )
        self.invalidate_model(flush=False)

    def _club_core_row(self, text, outcome):
        state = CORE_STATES[outcome.state] if outcome else "unsure"
        parts = outcome and outcome.parts or count_parts(text.body).count
        return {
            "uuid": text.uuid,
            "number": text.number,
            "body": text.body,
            "state": state,
            "reason": outcome.reason if outcome else "unanswered",
            "detail": outcome.detail if outcome else None,
            "ref": outcome.ref if outcome else None,
            "parts": parts,
            "cost": str(outcome.cost) if outcome and outcome.cost is not None else None,
            "line_id": outcome.line_id if outcome else None,
        }
