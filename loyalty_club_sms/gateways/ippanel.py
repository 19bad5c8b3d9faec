"""IPPanel Edge: a send has one number for all its receivers, so a message's name is that number and the receiver's."""

from collections import defaultdict

from .base import Driver, Outcome, Status, refusal
from .phone import to_e164
from .reading import decimal, pick, received, rows_of
from .transport import Trouble, by_status

STATUSES = {
    0: ("sent",),
    1: ("sent",),
    2: ("delivered",),
    3: ("failed", "not_delivered"),
    4: ("blocked", "blacklist"),
}
#: Errors are told by the field that is wrong.
FIELDS = (
    ("recipient", "number"),
    ("from_number", "sender"),
    ("message", "text"),
    ("code", "template"),
    ("params", "template"),
)
ROWS = 100


class IpPanel(Driver):
    code = "ippanel"
    label = "IPPanel Edge"
    base_url = "https://edge.ippanel.com/v1"
    max_recipients = 100  # the vendor names none
    same_body = False
    can_template = True
    reasons = {"400-1": "key"}

    def _headers(self):
        return {"Authorization": self.settings.api_key}

    def _send(self, texts, sender):
        bodies = defaultdict(list)
        for text in texts:
            bodies[text.body].append(text)
        if len(bodies) == 1:
            ids = self._post("webservice", sender, message=texts[0].body, params={"recipients": _numbers(texts)})
        else:
            params = [{"recipients": _numbers(some), "message": body} for body, some in bodies.items()]
            ids = self._post("peer_to_peer", sender, params=params)
        if len(ids) != len(bodies):
            raise Trouble("unsure", "unreadable", "The answer does not have a number for each text.")
        for one, some in zip(ids, bodies.values(), strict=True):
            for text in some:
                yield Outcome(text.uuid, "accepted", f"{one}/{text.number}")

    def _send_template(self, texts, sender):
        text = texts[0]
        values = {name: str(value) for name, value in (text.values or {}).items()}
        ids = self._post("pattern", sender, code=text.template, recipients=_numbers(texts), params=values)
        if ids:
            yield Outcome(text.uuid, "accepted", f"{ids[0]}/{text.number}")

    def _post(self, kind, sender, **body):
        body = {"sending_type": kind, "from_number": to_e164(sender), **body}
        ids = pick(self._ask("POST", "api/send", json=body), "message_outbox_ids")
        return ids if isinstance(ids, list) else []

    def _statuses(self, refs):
        bulks = defaultdict(dict)
        for ref in refs:
            bulk, _slash, number = ref.partition("/")
            bulks[bulk][to_e164(number)] = ref
        known = {}
        for bulk, wanted in bulks.items():
            page, rows = 0, [None] * ROWS
            while len(rows) == ROWS and any(ref not in known for ref in wanted.values()) and page < 50:
                page += 1
                params = {"bulk_id": bulk, "page": page, "per_page": ROWS}
                rows = rows_of(self._ask("GET", "api/report/recipients", params=params))
                for row in rows:
                    ref = wanted.get(to_e164(pick(row, "recipient") or ""))
                    if ref:
                        known[ref] = Status(*STATUSES.get(row.get("message_status"), ("unknown",)))
        return known

    def _balance(self):
        credit = decimal(pick(self._ask("GET", "api/payment/credit/mine"), "credit"))
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer has no credit.")
        return credit

    def _incoming(self, sender):
        body = {"page": 1, "per_page": ROWS, "filters": {}}
        rows = rows_of(self._ask("POST", "api/report/messages-inbox", json=body))
        mine = (row for row in rows if not sender or to_e164(pick(row, "to", "number") or sender) == to_e164(sender))
        found = (
            received(
                row,
                ref=("id", "message_id"),
                number=("from", "sender"),
                body=("message", "text"),
                at=("created_at", "time"),
            )
            for row in mine
        )
        return [one for one in found if one]

    def _ask(self, method, path, **request):
        reply = self.http.call(method, path, **request)
        meta = reply.data.get("meta") if isinstance(reply.data, dict) else None
        if not isinstance(meta, dict) or "status" not in meta:
            raise by_status(reply)
        if meta["status"] is True:
            return reply.data.get("data")
        code = str(meta.get("message_code"))
        errors = meta.get("errors") or reply.data.get("errors")
        detail = f"{code}: {meta.get('message')} {errors or ''}".strip()
        reason = self._reason(code)
        if reason == "unknown" and isinstance(errors, dict):
            reason = reason_by_field(errors)
        if reason == "unknown":
            trouble = by_status(reply)
            raise Trouble(trouble.state, trouble.reason, detail) if reply.status != 422 else refusal(reason, detail)
        raise refusal(reason, detail)


def reason_by_field(errors):
    """
    >>> reason_by_field({"params.recipients.0": ["invalid"]}), reason_by_field({"x": []})
    ('number', 'unknown')
    """
    names = " ".join(errors)
    return next((reason for field, reason in FIELDS if field in names), "unknown")


def _numbers(texts):
    return [text.number for text in texts]
