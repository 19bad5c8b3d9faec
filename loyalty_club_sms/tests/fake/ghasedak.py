"""Ghasedak's new REST service: keys of answers in either case, messages known by the sender's own reference."""

from .base import Fake, clean_number, is_mobile

CODES = {"queued": 0, "sent": 3, "delivered": 5, "failed": 4, "blocked": 2}


class FakeGhasedak(Fake):
    @property
    def url(self):
        return f"{self.host}/rest/api/v1/WebService"

    templates = ("code",)

    def say(self, status, message, data=None):
        return status, self.cased({"isSuccess": status == 200, "statusCode": status, "message": message, "data": data})

    def too_many(self):
        return self.say(429, "too many requests")[1]

    def answer(self, request):
        if request.headers.get("apikey") != self.key:
            return self.say(401, f"unknown key {request.headers.get('apikey')}")
        name = request.path.rsplit("/", 1)[-1]
        if request.method == "GET":
            return getattr(self, f"get_{name.lower()}")(request.query)
        return getattr(self, f"post_{name.lower()}")(request.json)

    def post_sendsinglesms(self, body):
        problem = self.check([body])
        return problem or self.say(200, "ok", self.row(body))

    def post_sendpairtopairsms(self, body):
        problem = self.check(body["items"])
        return problem or self.say(200, "ok", {"items": [self.row(item) for item in body["items"]]})

    def check(self, items):
        if len(items) > self.limit:
            return self.say(400, "too many receptors")
        if any(item["lineNumber"] not in self.senders for item in items):
            return self.say(412, "line")
        if not all(item["message"] for item in items):
            return self.say(406, "empty")
        if not all(is_mobile(clean_number(item["receptor"])) for item in items):
            return self.say(411, "receptor")
        if not self.can_pay([item["message"] for item in items]):
            return self.say(402, "credit")
        return None

    def row(self, item):
        message = self.take(
            clean_number(item["receptor"]), item["message"], item["lineNumber"], item.get("clientReferenceId", "")
        )
        return {
            "receptor": item["receptor"],
            "lineNumber": item["lineNumber"],
            "cost": message.price,
            "messageId": str(message.ref),
            "clientReferenceId": message.key or None,
            "message": message.body,
            "sendDate": "2026-01-01T00:00:00",
        }

    def post_sendotpsms(self, body):
        if body["templateName"] not in self.templates:
            return self.say(424, "template")
        text = "code: " + ", ".join(one["value"] for one in body["inputs"])
        items = []
        for one in body["receptors"]:
            number = clean_number(one["mobile"])
            message = self.take(number, text, "service", one["clientReferenceId"])
            items.append(
                {
                    "messageBody": text,
                    "receptor": one["mobile"],
                    "cost": message.price,
                    "messageId": str(message.ref),
                    "clientReferenceId": message.key,
                    "sendDate": "2026-01-01T00:00:00",
                }
            )
        return self.say(200, "ok", {"items": items, "totalCost": sum(item["cost"] for item in items)})

    def get_checksmsstatus(self, query):
        rows = []
        for name in query["Ids"]:
            message = self.find(name) if query["Type"] == ["1"] else self.by_key.get(name)
            if message:
                row = {"messageId": str(message.ref), "clientReferenceId": message.key or None}
                row |= {"status": CODES[self.stage(message)], "price": message.price, "receptor": message.number}
                rows.append(row)
        return self.say(200, "ok", rows)

    def get_getaccountinformation(self, _query):
        return self.say(200, "ok", {"credit": self.credit, "expireDate": "2030-01-01", "plan": "x"})

    def get_getreceivedsmses(self, _query):
        rows = [
            {"id": number, "message": one["body"], "sender": one["number"], "receiveDate": "2026-01-01T00:00:00"}
            for number, one in enumerate(self.inbox)
        ]
        return self.say(200, "ok", {"items": rows})
