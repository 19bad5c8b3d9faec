"""SMS.ir: places in the answer are the receivers' places; a zero is a blacklisted one, null an invalid one."""

from collections import defaultdict

from .base import Driver, Outcome, Status, refusal
from .phone import number_as
from .reading import decimal, moment, pick, received, rows_of, shares
from .transport import Trouble, by_status

STATUSES = {
    1: ("delivered",),
    2: ("failed", "not_delivered"),
    3: ("queued",),
    4: ("failed", "not_delivered"),
    5: ("sent",),
    6: ("failed", "unknown"),
    7: ("blocked", "blacklist"),
}


class SmsIr(Driver):
    code = "smsir"
    label = "SMS.ir"
    base_url = "https://api.sms.ir/v1"
    max_recipients = 100
    max_refs = 50  # one call each, if they are of different packs
    same_body = False
    can_template = True
    balance_unit = "messages"
    reasons = {
        "10": "key", "11": "key", "12": "key", "13": "account", "14": "account", "20": "busy", "101": "sender",
        "102": "credit", "103": "text", "104": "number", "105": "size", "106": "size", "107": "config",
        "108": "config", "109": "config", "110": "config", "113": "template", "114": "template", "115": "blacklist",
        "116": "template", "117": "text", "118": "size", "119": "account", "123": "sender",
    }  # fmt: skip

    def _headers(self):
        return {"X-API-KEY": self.settings.api_key}

    def _send(self, texts, sender):
        body = {
            "lineNumber": int(sender) if sender.isdigit() else sender,
            "mobiles": [number_as(text.number, "0") for text in texts],
            "sendDateTime": None,
        }
        if len({text.body for text in texts}) == 1:
            data = self._ask("POST", "send/bulk", json={**body, "messageText": texts[0].body})
        else:
            data = self._ask("POST", "send/likeToLike", json={**body, "messageTexts": [text.body for text in texts]})
        ids = data.get("messageIds") if isinstance(data, dict) else None
        if not isinstance(ids, list) or len(ids) != len(texts):
            raise Trouble("unsure", "unreadable", "The answer does not have a number for each message.")
        taken = [text for text, one in zip(texts, ids, strict=True) if one]
        cost = dict(zip((text.uuid for text in taken), shares(data.get("cost"), taken), strict=True))
        return [
            self._outcome(text, one, data.get("packId"), cost.get(text.uuid))
            for text, one in zip(texts, ids, strict=True)
        ]

    def _outcome(self, text, one, pack, cost):
        if one:
            return Outcome(text.uuid, "accepted", f"{one}@{pack}" if pack else str(one), cost=cost)
        return Outcome(text.uuid, "refused", None, "number" if one is None else "blacklist")

    def _send_template(self, texts, sender):
        text = texts[0]
        parameters = [{"name": name, "value": str(value)} for name, value in (text.values or {}).items()]
        template = int(text.template) if text.template.isdigit() else text.template
        data = self._ask(
            "POST",
            "send/verify",
            json={"mobile": number_as(text.number, "0"), "templateId": template, "parameters": parameters},
        )
        ref = pick(data, "messageId")
        if ref:
            yield Outcome(text.uuid, "accepted", str(ref), cost=decimal(pick(data, "cost")))

    def _statuses(self, refs):
        """Of many messages of a pack by the pack's report, of others one by one."""
        packs = defaultdict(dict)
        for ref in refs:
            message, _at, pack = ref.partition("@")
            packs[pack][message] = ref
        known = {}
        for pack, wanted in packs.items():
            rows = rows_of(self._ask("GET", f"send/pack/{pack}")) if pack and len(wanted) > 1 else []
            for row in rows:
                self._note(known, wanted, row)
            for message, ref in wanted.items():
                if ref not in known:
                    self._note(known, wanted, self._ask("GET", f"send/{message}", missing=("111",)) or {})
        return known

    def _note(self, known, wanted, row):
        ref = wanted.get(str(pick(row, "messageId")))
        if ref:
            status = STATUSES.get(row.get("deliveryState"), ("unknown",))
            known[ref] = Status(status[0], status[1] if len(status) > 1 else None, moment(row.get("deliveryDateTime")))

    def _balance(self):
        credit = decimal(self._ask("GET", "credit"))
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer is no number.")
        return credit

    def _incoming(self, sender):
        """Today's messages, again and again; ``receive/latest`` gives each only once, so one could get lost."""
        rows = rows_of(self._ask("GET", "receive/live", params={"pageSize": 100, "pageNumber": 1}))
        mine = (row for row in rows if not sender or str(pick(row, "number", "lineNumber") or sender) == sender)
        found = (
            received(
                row,
                ref=("messageId", "id"),
                number=("mobile", "sender"),
                body=("messageText", "text"),
                at=("receivedDateTime", "date"),
            )
            for row in mine
        )
        return [one for one in found if one]

    def _ask(self, method, path, missing=(), **request):
        reply = self.http.call(method, path, **request)
        if not isinstance(reply.data, dict) or "status" not in reply.data:
            raise by_status(reply)
        code = str(reply.data["status"])
        if code == "1":
            return reply.data.get("data")
        if code in missing:
            return None
        detail = f"{code}: {reply.data.get('message')}"
        if code == "0":
            raise Trouble("unsure", "server", detail)
        raise refusal(self._reason(code), detail)
