"""FarazSMS (IranPayamak): numbers as 0912…; where an answer does not name the message, nobody learns more about it."""

from collections import defaultdict

from .base import Driver, Outcome, Status, refusal
from .ippanel import reason_by_field
from .phone import number_as, to_e164
from .reading import decimal, pick, received, rows_of
from .transport import Trouble, by_status

#: Words of the report.
STATUSES = {
    "not-started": ("queued",), "in-queue": ("queued",), "sent": ("sent",), "delivered": ("delivered",),
    "send-failure": ("failed", "not_delivered"), "delivery-failure": ("failed", "not_delivered"),
    "system-error": ("failed", "unknown"), "delivery-undetermined": ("unknown",), "blacklist": ("blocked", "blacklist"),
}  # fmt: skip
ROWS = 100
#: A report of more pages than this is not read to its end.
PAGES = 50


class FarazSms(Driver):
    code = "farazsms"
    label = "FarazSMS (IranPayamak)"
    base_url = "https://api.iranpayamak.com"
    max_recipients = 100  # the vendor names none
    can_template = True
    reasons = {"401": "key", "403": "key", "402": "credit", "404": "config", "405": "config", "429": "busy"}

    def _headers(self):
        return {"Api-Key": self.settings.api_key}

    def _send(self, texts, sender):
        data = self._ask(
            "POST",
            "ws/v1/sms/simple",
            json=self._body(sender, text=texts[0].body, recipients=[number_as(text.number, "0") for text in texts]),
        )
        return self._outcomes(texts, data)

    def _send_template(self, texts, sender):
        text = texts[0]
        body = self._body(
            sender,
            code=text.template,
            recipient=number_as(text.number, "0"),
            attributes={name: str(value) for name, value in (text.values or {}).items()},
        )
        return self._outcomes(texts, self._ask("POST", "ws/v1/sms/pattern", json=body))

    def _body(self, sender, **body):
        form = self.settings.options.get("number_format") or "english"
        return {**body, "line_number": sender, "number_format": form, "schedule": None}

    def _outcomes(self, texts, data):
        request = pick(data, "id", "send_request_id", "request_id") if isinstance(data, dict) else data
        known = request if str(request or "").isdigit() and str(request) != "0" else None
        return [Outcome(text.uuid, "accepted", f"{known}/{text.number}" if known else None) for text in texts]

    def _statuses(self, refs):
        requests = defaultdict(dict)
        for ref in refs:
            request, _slash, number = ref.partition("/")
            requests[request][to_e164(number)] = ref
        known = {}
        for request, wanted in requests.items():
            for row in self._report(request, len(wanted)):
                ref = wanted.get(to_e164(pick(row, "destination", "recipient", "mobile") or ""))
                if ref:
                    word = str(pick(row, "status") or "").lower()
                    known[ref] = Status(*STATUSES.get(word, ("unknown",)))
        return known

    def _report(self, request, many):
        """The rows of a request's report, page by page, until there are ``many``."""
        rows, page, last = [], 1, 1
        while page <= min(last, PAGES) and len(rows) < many:
            data = self._ask("GET", f"ws/v1/send_request/{request}/items", params={"page": page, "limit": ROWS})
            rows += rows_of(data)
            last = decimal(pick(data, "last_page")) or 1
            page += 1
        return rows

    def _balance(self):
        credit = decimal(pick(self._ask("GET", "ws/v1/account/balance"), "balanceAmount", "balance_amount"))
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer has no balance.")
        return credit

    def _incoming(self, sender):
        rows = rows_of(self._ask("GET", "ws/v1/inbox", params={"page": 1, "limit": 100}))
        found = (
            received(
                row,
                ref=("id",),
                number=("from", "sender", "mobile"),
                body=("text", "message"),
                at=("created_at", "date"),
            )
            for row in rows
        )
        return [one for one in found if one]

    def _ask(self, method, path, **request):
        reply = self.http.call(method, path, **request)
        if not isinstance(reply.data, dict) or "status" not in reply.data:
            raise by_status(reply)
        if reply.data["status"] == "success":
            return reply.data.get("data")
        said = pick(reply.data, "messages", "message", "errors")
        detail = f"{reply.status}: {said}"
        reason = self._reason(reply.status)
        if reason == "unknown" and isinstance(said, dict):
            reason = reason_by_field(said)
        if reason == "unknown" and reply.status >= 500:
            raise Trouble("unsure", "server", detail)
        raise refusal(reason, detail)
