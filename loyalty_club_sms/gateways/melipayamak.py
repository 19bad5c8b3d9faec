"""Melipayamak by REST: user and password (or a key) in a form, one number as the answer."""

from .base import Driver, Outcome, Status, refusal
from .phone import number_as
from .reading import decimal, received, rows_of
from .transport import Trouble, by_status

#: Of sending, and (negative) of sending by template.
CODES = {
    "0": "key", "2": "credit", "3": "limit", "4": "limit", "5": "sender", "6": "busy", "7": "text", "9": "sender",
    "10": "account", "11": "unknown", "12": "account", "14": "text", "15": "opt_out_text", "16": "number", "17": "text",
    "35": "blacklist", "-1": "account", "-2": "size", "-3": "sender", "-4": "template", "-5": "template",
    "-7": "sender", "-10": "text",
}  # fmt: skip
STATUSES = {
    0: ("sent",),
    1: ("delivered",),
    2: ("failed", "not_delivered"),
    3: ("failed", "not_delivered"),
    5: ("unknown",),
    8: ("sent",),
    16: ("failed", "not_delivered"),
    35: ("blocked", "blacklist"),
    100: ("unknown",),
    200: ("sent",),
    300: ("failed", "filtered"),
    400: ("queued",),
    500: ("failed", "unknown"),
}


def is_id(value) -> bool:
    """Whether an answer is a message's number; codes are short.

    >>> is_id("4567890123456789012"), is_id("35"), is_id("-5")
    (True, False, False)
    """
    return str(value).isdigit() and len(str(value)) >= 9


def status_of(value) -> Status:
    number = decimal(value)
    return Status(*STATUSES.get(int(number), ("unknown",))) if number is not None else Status("unknown")


class Melipayamak(Driver):
    code = "melipayamak"
    label = "Melipayamak (REST)"
    base_url = "https://rest.payamak-panel.com/api/SendSMS"
    needs = ("username", "password")
    max_recipients = 100
    max_refs = 20  # one call each
    can_template = True
    balance_unit = ""
    reasons = CODES

    def _headers(self):
        # some panels take a key instead of user and password
        return {"apikey": self.settings.api_key} if self.settings.api_key else {}

    def _send(self, texts, sender):
        to = ",".join(number_as(text.number, "0") for text in texts)
        value = self._ask("SendSMS", **{"to": to, "from": sender, "text": texts[0].body, "isFlash": "false"})
        values = value.split(",")
        if len(values) == len(texts):
            return [self._outcome(text, one) for text, one in zip(texts, values, strict=True)]
        if is_id(value):
            # one number for all of them tells nothing about the single one
            return [Outcome(text.uuid, "accepted") for text in texts]
        raise self._refused(value)

    def _outcome(self, text, value):
        value = value.strip()
        if is_id(value):
            return Outcome(text.uuid, "accepted", value)
        trouble = self._refused(value)
        return Outcome(text.uuid, trouble.state, None, trouble.reason, detail=str(trouble))

    def _send_template(self, texts, sender):
        text = texts[0]
        joined = ";".join(str(value) for value in (text.values or {}).values())
        value = self._ask("BaseServiceNumber", text=joined, to=number_as(text.number, "0"), bodyId=text.template)
        return [self._outcome(text, value)]

    def _statuses(self, refs):
        return {ref: status_of(self._ask("GetDeliveries2", recId=ref)) for ref in refs}

    def _balance(self):
        credit = decimal(self._ask("GetCredit"))
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer is no number.")
        return credit

    def _incoming(self, sender):
        rows = rows_of(self._post("GetMessages", **{"location": 1, "index": 0, "count": 100, "from": sender}).lower())
        return read_inbox(rows)

    def _post(self, method, **form):
        if not self.settings.api_key:
            form |= {"username": self.settings.username, "password": self.settings.password}
        return self.http.post(method, data=form)

    def _ask(self, method, **form):
        """``Value`` of the answer; ``Trouble`` when it says that it failed."""
        reply = self._post(method, **form)
        body = reply.lower()
        if not isinstance(body, dict) or "retstatus" not in body:
            raise by_status(reply)
        if str(body["retstatus"]) == "1":
            return str(body.get("value") or "").strip()
        raise self._refused(body["retstatus"], body.get("strretstatus"))

    def _refused(self, code, text=""):
        code = str(code).strip()
        detail = f"{code}: {text}" if text else code
        if code == "-6":
            return Trouble("unsure", "server", detail)
        return refusal(self._reason(code), detail)


def read_inbox(rows):
    found = (
        received(row, ref=("msgid", "id"), number=("sender", "from"), body=("body", "text"), at=("senddate", "date"))
        for row in rows
    )
    return [one for one in found if one]
