"""Core's SMS through a gateway of the club: each text is handed over once, and written down in the club's log."""

from odoo.addons.sms.tools.sms_api import SmsApiBase

from ..gateways import GATEWAY_REASONS, Outcome, Text

#: What core is told, by our reasons: its own words where it has them; others are told in words.
CORE_WORDS = {
    "number": "wrong_number_format",
    "blacklist": "not_allowed",
    "filtered": "rejected",
    "credit": "insufficient_credit",
    "key": "unregistered",
    "account": "unregistered",
    "unreachable": "server_error",
    "busy": "server_error",
}


class SmsApiClub(SmsApiBase):
    """``purpose`` is that of the line; mailings are advertising."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {
        "insufficient_credit": "sms_credit",
        "unregistered": "sms_acc",
    }
    purpose = "service"

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """See core. Texts of ``messages`` go in as few calls as the gateway allows."""
        texts, results = [], []
        for message in messages:
            for number in message.get("numbers") or []:
                self._club_sort(number, message.get("content"), texts, results)
        outcomes = self._club_hand_over(texts)
        if texts:
            self.env["loyalty.club.message"].sudo()._club_log_core(self.company, texts, outcomes)
        return results + [self._club_result(outcome) for outcome in outcomes]

    def _club_sort(self, number, content, texts, results):
        """Texts for numbers that are some, results for the others."""
        if not number["number"]:
            results.append({"uuid": number["uuid"], "state": "sms_number_missing"})
            return
        e164 = self.company._club_sms_number(number["number"])
        if e164:
            texts.append(Text(number["uuid"], e164, content or ""))
        else:
            results.append({"uuid": number["uuid"], "state": "wrong_number_format"})

    def _club_hand_over(self, texts):
        """Outcomes by the company's gateway; what it certainly did not send goes to the fall-back, at once."""
        Gateway = self.env["loyalty.club.gateway"]
        gateway, outcomes, tried = self.company._club_gateway(), {}, Gateway
        while texts and gateway and gateway not in tried:
            tried |= gateway
            line = Gateway._club_line(self.company, self.purpose, gateway=gateway)
            for outcome in gateway._club_deliver(line, texts) if line else [_no_line(text) for text in texts]:
                outcomes[outcome.uuid] = outcome
            texts = [text for text in texts if _elsewhere(outcomes[text.uuid])]
            gateway = gateway.fallback_id.filtered("active")
        return list(outcomes.values())

    def _club_result(self, outcome):
        if outcome.state == "accepted":
            return {"uuid": outcome.uuid, "state": "sent"}
        said = self.env["loyalty.club.gateway"]._club_says(outcome.reason, outcome.detail)
        word = CORE_WORDS.get(outcome.reason) if outcome.state != "unsure" else None
        return {"uuid": outcome.uuid, "state": word or "unknown", "failure_reason": said}


def _elsewhere(outcome):
    return outcome.state == "later" or (outcome.state == "refused" and outcome.reason in GATEWAY_REASONS)


def _no_line(text):
    return Outcome(text.uuid, "later", reason="no_line")
