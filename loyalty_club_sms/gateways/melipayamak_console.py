"""Melipayamak's Console: the key is in the path, each receiver gets a number, errors are told in words only."""

from urllib.parse import quote

from .base import Driver, Outcome, refusal
from .melipayamak import CODES, is_id, read_inbox, status_of
from .phone import number_as
from .reading import decimal, rows_of
from .transport import Trouble, by_status


class MelipayamakConsole(Driver):
    code = "melipayamak_console"
    label = "Melipayamak (Console)"
    base_url = "https://console.melipayamak.com/api"
    max_recipients = 100
    can_template = True
    balance_unit = ""
    reasons = CODES

    def _send(self, texts, sender):
        numbers = [number_as(text.number, "0") for text in texts]
        body = {"from": sender, "text": texts[0].body}
        if len(texts) == 1:
            answer = self._ask("send/simple", {**body, "to": numbers[0]}, "recid")
            return [self._outcome(texts[0], answer["recid"], answer)]
        answer = self._ask("send/advanced", {**body, "to": numbers, "udh": ""}, "recids")
        values = answer["recids"] if isinstance(answer["recids"], list) else []
        if not values and answer.get("status"):
            raise self._refused(answer["status"])
        if len(values) != len(texts):
            raise Trouble("unsure", "unreadable", "The answer does not have a number for each message.")
        return [self._outcome(text, value, answer) for text, value in zip(texts, values, strict=True)]

    def _send_template(self, texts, sender):
        text = texts[0]
        values = [str(value) for value in (text.values or {}).values()]
        body = int(text.template) if text.template.isdigit() else text.template
        answer = self._ask("send/shared", {"bodyId": body, "to": number_as(text.number, "0"), "args": values}, "recid")
        return [self._outcome(text, answer["recid"], answer)]

    def _outcome(self, text, value, answer):
        """A long number names the message; a short one, or none, means that it was not taken."""
        if is_id(value):
            return Outcome(text.uuid, "accepted", str(value))
        if not answer.get("status") and str(value or "0") == "0":
            raise Trouble("unsure", "unreadable", "The answer has neither a number nor words.")
        trouble = self._refused(answer.get("status") or value)
        if trouble.reason in ("number", "text", "size", "blacklist"):
            raise trouble  # of a call with several receivers only one may be meant
        return Outcome(text.uuid, trouble.state, None, trouble.reason, detail=str(trouble))

    def _statuses(self, refs):
        answer = self._ask("receive/status", {"recIds": [int(ref) for ref in refs if ref.isdigit()]}, "resultsascode")
        return {ref: status_of(code) for ref, code in zip(refs, answer["resultsascode"] or [], strict=False)}

    def _balance(self):
        credit = decimal(self._ask("receive/credit", None, "amount")["amount"])
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer has no amount.")
        return credit

    def _incoming(self, sender):
        body = {"type": "in", "number": sender, "index": 0, "count": 100}
        return read_inbox(rows_of(self._ask("receive/messages", body, "messages")["messages"]))

    def _ask(self, path, body, wanted):
        """The answer with keys in lower case, in which ``wanted`` is."""
        path = f"{path}/{quote(self.settings.api_key, safe='')}"
        reply = self.http.get(path) if body is None else self.http.post(path, json=body)
        answer = reply.lower()
        if reply.status == 200 and isinstance(answer, dict) and wanted in answer:
            return answer
        said = answer.get("status") if isinstance(answer, dict) else None
        if said and self._reason(said) != "unknown":
            raise self._refused(said)
        raise by_status(reply)

    def _refused(self, said):
        return refusal(self._reason(said), str(said))
