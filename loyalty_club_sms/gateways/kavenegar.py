"""Kavenegar: the key is in the path, the answer's own status counts (not the HTTP one), messages have our own ids."""

import json
import time
from decimal import Decimal
from urllib.parse import quote

from .base import Driver, Found, Incoming, Outcome, Status, refusal
from .phone import number_as
from .reading import by_number, decimal, received
from .transport import Trouble, by_status

DAY = 86_400
STATUSES = {
    1: ("queued",),
    2: ("queued",),
    4: ("sent",),
    5: ("sent",),
    6: ("failed", "not_delivered"),
    10: ("delivered",),
    11: ("failed", "not_delivered"),
    13: ("failed", "cancelled"),
    14: ("blocked", "blacklist"),
    100: ("unknown",),  # also: older than 48 hours
}


class Kavenegar(Driver):
    code = "kavenegar"
    label = "Kavenegar"
    base_url = "https://api.kavenegar.com/v1"
    max_recipients = 200
    max_refs = 500
    idempotent = True  # localid; not for templates, which have none
    find_within = 12 * 3600
    same_body = False
    can_template = True
    reasons = {
        "401": "account", "403": "key", "404": "config", "405": "config", "406": "text", "407": "key",
        "409": "busy", "411": "number", "412": "sender", "413": "text", "414": "size", "415": "config", "416": "key",
        "417": "config", "418": "credit", "419": "config", "420": "text", "422": "text", "424": "template",
        "426": "account", "427": "sender", "428": "config", "429": "busy", "431": "template", "432": "template",
        "451": "busy", "501": "account", "604": "size", "607": "config",
    }  # fmt: skip

    def _send(self, texts, sender):
        numbers = [number_as(text.number, "0") for text in texts]
        local = [_local_id(text.uuid) for text in texts]
        if len({text.body for text in texts}) == 1:
            form = {"receptor": ",".join(numbers), "message": texts[0].body, "localid": ",".join(local)}
            entries = self._ask("sms/send", **form, **({"sender": sender} if sender else {}))
        else:
            entries = self._ask(
                "sms/sendarray",
                receptor=json.dumps(numbers),
                sender=json.dumps([sender] * len(texts)),
                message=json.dumps([text.body for text in texts], ensure_ascii=False),
                localmessageids=json.dumps(local),
            )
        for text, entry in by_number(texts, entries, "receptor"):
            yield self._outcome(text, entry)

    def _send_template(self, texts, sender):
        text = texts[0]
        entries = self._ask(
            "verify/lookup", receptor=number_as(text.number, "0"), template=text.template, **_tokens(text.values or {})
        )
        for entry in entries[:1]:
            yield self._outcome(text, entry)

    def _outcome(self, text, entry):
        status = entry.get("status")
        if status == 14:
            return Outcome(text.uuid, "refused", str(entry.get("messageid") or ""), "blacklist")
        if not entry.get("messageid"):
            return Outcome(text.uuid, "unsure", None, "unreadable", detail=str(entry.get("statustext") or ""))
        return Outcome(text.uuid, "accepted", str(entry["messageid"]), cost=decimal(entry.get("cost")))

    def _statuses(self, refs):
        entries = self._ask("sms/status", messageid=",".join(refs))
        return {
            str(entry.get("messageid")): Status(*STATUSES.get(entry.get("status"), ("unknown",))) for entry in entries
        }

    def _find(self, uuids):
        """By our own numbers: 100 is one that the gateway does not have."""
        local = {_local_id(uuid): uuid for uuid in uuids}
        found = {}
        for entry in self._ask("sms/statuslocalmessageid", localid=",".join(local)):
            uuid = local.get(str(entry.get("localid")))
            if uuid and entry.get("status") == 100:
                found[uuid] = None
            elif uuid and entry.get("messageid"):
                status = Status(*STATUSES.get(entry.get("status"), ("unknown",)))
                found[uuid] = Found(str(entry["messageid"]), status)
        return found

    def _balance(self):
        info = self._ask("account/info")
        return decimal(info[0].get("remaincredit")) if info else Decimal(0)

    def _incoming(self, sender):
        """The inbox of the last day, again and again: what is marked as read by asking can get lost on the way."""
        found: list[Incoming] = []
        now = int(time.time())
        for page in range(1, 26):
            rows = self._ask(
                "sms/inboxpaged", linenumber=sender, isread=0, startdate=now - DAY, enddate=now, pagenumber=page
            )
            for row in rows:
                one = received(row, ref=("messageid",), number=("sender",), body=("message",), at=("date",))
                if one:
                    found.append(one)
            if len(rows) < 200:
                break
        return found

    def _ask(self, method, **form):
        """The entries; ``Trouble`` when the answer's own status is not 200."""
        reply = self.http.post(f"{quote(self.settings.api_key, safe='')}/{method}.json", data=form)
        head = reply.data.get("return") if isinstance(reply.data, dict) else None
        status = head.get("status") if isinstance(head, dict) else None
        if not isinstance(status, int):
            raise by_status(reply)
        if status == 200:
            entries = reply.data.get("entries") or []
            return [entries] if isinstance(entries, dict) else entries
        reason = self._reason(status)
        detail = f"{status}: {head.get('message')}"
        if reason == "unknown" and (status >= 500 or status == 402):
            raise Trouble("unsure", "server", detail)
        raise refusal(reason, detail)


def _local_id(uuid):
    """Our own number of a message: 60 bits of the uuid, which fit into the gateway's 64."""
    return str(int(uuid[:15], 16))


def _tokens(values):
    """Values by the gateway's names of tokens; others take them in their order."""
    names = ("token", "token2", "token3", "token10", "token20")
    if set(values) <= set(names):
        return values
    return dict(zip(names, values.values(), strict=False))
