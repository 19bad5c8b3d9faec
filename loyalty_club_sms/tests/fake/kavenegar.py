"""Kavenegar, as in its REST document: the key is in the path, HTTP 200 also for logical errors."""

import json
from urllib.parse import unquote

from .base import Fake, clean_number, is_mobile

CODES = {"queued": 1, "sent": 5, "delivered": 10, "failed": 11, "blocked": 14}


class FakeKavenegar(Fake):
    limit = 200
    senders = ("10004346",)
    templates = {"code": ("token",)}
    mirror_http = False  # the document says that HTTP has the same status; others see 200 always

    @property
    def url(self):
        return f"{self.host}/v1"

    def say(self, status, message, entries=None):
        body = {"return": {"status": status, "message": message}, "entries": entries}
        return (status if self.mirror_http else 200), body

    def too_many(self):
        return self.say(451, "too many")[1]

    def answer(self, request):
        _v1, key, method = request.path.strip("/").split("/", 2)
        if unquote(key) != self.key:
            return self.say(403, f"key {key} is not valid")
        form = {**{name: values[0] for name, values in request.query.items()}, **request.form}
        methods = {
            "sms/send.json": self.send,
            "sms/sendarray.json": self.sendarray,
            "verify/lookup.json": self.lookup,
            "sms/status.json": self.status,
            "sms/statuslocalmessageid.json": self.status_local,
            "sms/inboxpaged.json": self.inboxpaged,
            "account/info.json": self.info,
        }
        if method not in methods:
            return self.say(404, "no such method")
        return methods[method](form)

    def send(self, form):
        numbers = form["receptor"].split(",")
        keys = form["localid"].split(",") if form.get("localid") else [""] * len(numbers)
        if len(keys) != len(numbers):
            return self.say(419, "lengths")
        return self.deliver(numbers, [form["message"]] * len(numbers), [form.get("sender")] * len(numbers), keys)

    def sendarray(self, form):
        numbers, bodies, senders = (json.loads(form[name]) for name in ("receptor", "message", "sender"))
        keys = json.loads(form.get("localmessageids") or "null") or [""] * len(numbers)
        if len({len(numbers), len(bodies), len(senders), len(keys)}) != 1:
            return self.say(419, "lengths")
        return self.deliver(numbers, bodies, senders, [str(key) for key in keys])

    def deliver(self, numbers, bodies, senders, keys):
        cleaned = [clean_number(number) for number in numbers]
        if len(numbers) > self.limit:
            return self.say(414, "too many receptors")
        if not all(bodies):
            return self.say(406, "empty")
        if any(len(body) > 900 for body in bodies):
            return self.say(413, "text too long")
        if any(sender and sender not in self.senders for sender in senders):
            return self.say(412, "sender")
        if not all(is_mobile(number) for number in cleaned):
            return self.say(411, "receptor")
        if not all(key.isdigit() and int(key) < 2**63 for key in keys if key):
            return self.say(400, "localid")
        if not self.can_pay(bodies):
            return self.say(418, "credit")
        rows = zip(cleaned, bodies, senders, keys, strict=True)
        return self.say(200, "ok", [self.entry(self.take(n, b, s or self.senders[0], k)) for n, b, s, k in rows])

    def entry(self, message):
        return {
            "messageid": message.ref,
            "message": message.body,
            "status": 1,
            "statustext": "در صف ارسال",
            "sender": message.sender,
            "receptor": "0" + message.number[3:],
            "date": int(message.at),
            "cost": message.price,
        }

    def lookup(self, form):
        names = self.templates.get(form.get("template"))
        if names is None:
            return self.say(424, "template")
        if any(" " in form.get(name, " ") for name in names):
            return self.say(431, "token")
        number = clean_number(form["receptor"])
        if not is_mobile(number):
            return self.say(411, "receptor")
        return self.say(200, "ok", [self.entry(self.take(number, f"code: {form['token']}", "service"))])

    def status(self, form):
        refs = form["messageid"].split(",")
        if len(refs) > 500:
            return self.say(414, "too many")
        entries = []
        for ref in refs:
            message = self.find(ref)
            old = not message or self.now - message.at > 48 * 3600
            code = 100 if old else CODES[self.stage(message)]
            entries.append({"messageid": int(ref), "status": code, "statustext": "…"})
        return self.say(200, "ok", entries)

    def status_local(self, form):
        entries = []
        for key in form["localid"].split(","):
            message = self.by_key.get(key)
            old = not message or self.now - message.at > 12 * 3600
            ref, code = (0, 100) if old else (message.ref, CODES[self.stage(message)])
            entries.append({"messageid": ref, "localid": key, "status": code, "statustext": "…"})
        return self.say(200, "ok", entries)

    def inboxpaged(self, form):
        page = int(form["pagenumber"])
        rows = [
            {
                "messageid": 77000 + number,
                "message": one["body"],
                "sender": one["number"].replace("+98", "0"),
                "receptor": form["linenumber"],
                "date": int(one["at"]),
            }
            for number, one in enumerate(self.inbox)
        ][(page - 1) * 200 : page * 200]
        return self.say(200, "ok", rows)

    def info(self, _form):
        entries = {"remaincredit": self.credit, "expiredate": 1_900_000_000, "type": "master"}
        return self.say(200, "ok", entries)
