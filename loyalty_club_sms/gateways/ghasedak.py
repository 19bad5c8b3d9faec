"""Ghasedak: a key in a header, keys of answers in either case, messages have our own ids."""

from .base import Driver, Found, Outcome, Status, refusal
from .phone import number_as
from .reading import decimal, pick, received, rows_of
from .transport import Trouble, by_status

STATUSES = {
    0: ("queued",),
    1: ("failed", "cancelled"),
    2: ("blocked", "blacklist"),
    3: ("sent",),
    4: ("failed", "not_delivered"),
    5: ("delivered",),
    6: ("failed", "unknown"),
    7: ("unknown",),
    8: ("unknown",),
}


class Ghasedak(Driver):
    code = "ghasedak"
    label = "Ghasedak"
    base_url = "https://gateway.ghasedak.me/rest/api/v1/WebService"
    max_recipients = 100  # the vendor names none
    idempotent = idempotent_template = True  # clientReferenceId
    find_within = 24 * 3600  # the vendor names no end
    same_body = False
    can_template = True
    # the vendor shows its table only in the panel; these are plain HTTP meanings
    reasons = {"401": "key", "403": "key", "402": "credit", "404": "config", "405": "config", "429": "busy"}

    def _headers(self):
        return {"ApiKey": self.settings.api_key}

    def _send(self, texts, sender):
        items = [
            {
                "lineNumber": sender,
                "receptor": number_as(text.number, "0"),
                "message": text.body,
                "clientReferenceId": text.uuid,
            }
            for text in texts
        ]
        if len(items) == 1:
            data = self._ask("POST", "SendSingleSMS", json={**items[0], "udh": False})
        else:
            data = self._ask("POST", "SendPairToPairSMS", json={"items": items, "udh": False})
        return self._outcomes(texts, data)

    def _send_template(self, texts, sender):
        text = texts[0]
        body = {
            "templateName": text.template,
            "receptors": [{"mobile": number_as(text.number, "0"), "clientReferenceId": text.uuid}],
            "inputs": [{"param": name, "value": str(value)} for name, value in (text.values or {}).items()],
            "udh": False,
        }
        return self._outcomes(texts, self._ask("POST", "SendOtpSMS", json=body))

    def _outcomes(self, texts, data):
        rows = rows_of(data) or ([data] if isinstance(data, dict) else [])
        by_ref = {str(pick(row, "clientreferenceid")): row for row in rows}
        if len(rows) == len(texts) == 1:
            by_ref.setdefault(texts[0].uuid, rows[0])
        for text in texts:
            ref = pick(by_ref.get(text.uuid), "messageid")
            if ref:
                cost = decimal(pick(by_ref[text.uuid], "cost", "price"))
                yield Outcome(text.uuid, "accepted", str(ref), cost=cost)

    def _statuses(self, refs):
        return {str(pick(row, "messageid")): _status(row) for row in self._check(refs, 1)}

    def _find(self, uuids):
        """By our own numbers. What is not in the answer stays open: the document does not say what that means."""
        rows = [row for row in self._check(uuids, 2) if pick(row, "messageid")]
        return {str(pick(row, "clientreferenceid")): Found(str(pick(row, "messageid")), _status(row)) for row in rows}

    def _check(self, names, kind):
        return rows_of(self._ask("GET", "CheckSmsStatus", params=[*(("Ids", name) for name in names), ("Type", kind)]))

    def _balance(self):
        credit = decimal(pick(self._ask("GET", "GetAccountInformation"), "credit"))
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer has no credit.")
        return credit

    def _incoming(self, sender):
        rows = rows_of(self._ask("GET", "GetReceivedSmses", params={"LineNumber": sender, "IsRead": "false"}))
        found = (
            received(
                row,
                ref=("messageid", "id"),
                number=("sender", "mobile"),
                body=("message", "text"),
                at=("receivedate", "date"),
            )
            for row in rows
        )
        return [one for one in found if one]

    def _ask(self, method, path, **request):
        """The data with keys in lower case."""
        reply = self.http.call(method, path, **request)
        body = reply.lower()
        if not isinstance(body, dict) or "issuccess" not in body:
            raise by_status(reply)
        if body["issuccess"] is True:
            return body.get("data")
        code = pick(body, "statuscode") or reply.status
        detail = f"{code}: {body.get('message')}"
        reason = self._reason(code)
        if reason == "unknown" and str(code).startswith("5"):
            raise Trouble("unsure", "server", detail)
        raise refusal(reason, detail)


def _status(row):
    return Status(*STATUSES.get(row.get("status"), ("unknown",)))
