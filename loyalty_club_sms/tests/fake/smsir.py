"""SMS.ir v1: one place in ``messageIds`` for each receiver, 0 for a blacklisted and null for an invalid one."""

from .base import Fake, clean_number, is_mobile, parts_of

CODES = {"queued": 3, "sent": 5, "delivered": 1, "failed": 2, "blocked": 7}


class FakeSmsIr(Fake):
    price = 1

    @property
    def url(self):
        return f"{self.host}/v1"

    def say(self, status, data=None, http=None):
        return http or (200 if status == 1 else 400), {"status": status, "message": "موفق", "data": data}

    def too_many(self):
        return self.say(20)[1]

    def answer(self, request):
        if request.headers.get("x-api-key") != self.key:
            return self.say(10, http=401)
        _v1, name, *rest = request.path.strip("/").split("/")
        if request.method == "POST":
            return {"bulk": self.bulk, "likeToLike": self.like_to_like, "verify": self.verify}[rest[0]](request.json)
        if name == "credit":
            return self.say(1, float(self.credit))
        if name == "receive":
            rows = [
                {
                    "messageText": one["body"],
                    "number": int(self.senders[0]),
                    "mobile": int(one["number"].strip("+")),
                    "receivedDateTime": int(one["at"]),
                }
                for one in self.inbox
            ]
            return self.say(1, rows)
        if rest[0] == "pack":
            return self.say(1, [self.report(one) for one in self.bulks()[int(rest[1])]])
        message = self.find(rest[0])
        return self.say(1, self.report(message)) if message else self.say(111)

    def report(self, message):
        done = int(message.at + 30) if self.stage(message) == "delivered" else None
        return {
            "messageId": message.ref,
            "mobile": int(message.number.strip("+")),
            "messageText": message.body,
            "deliveryState": CODES[self.stage(message)],
            "deliveryDateTime": done,
        }

    def bulk(self, body):
        return self.send(body, [body["messageText"]] * len(body["mobiles"]), 105)

    def like_to_like(self, body):
        if len(body["messageTexts"]) != len(body["mobiles"]):
            return self.say(110)
        return self.send(body, body["messageTexts"], 106)

    def send(self, body, texts, too_many):
        if len(texts) > self.limit:
            return self.say(too_many)
        if str(body["lineNumber"]) not in self.senders:
            return self.say(101)
        if not all(texts):
            return self.say(103)
        if not self.can_pay(texts):
            return self.say(102)
        pack = len(self.calls)
        ids, cost = [], 0
        for raw, text in zip(body["mobiles"], texts, strict=True):
            number = clean_number(raw)
            if not is_mobile(number):
                ids.append(None)
            elif number in self.blacklist:
                ids.append(0)
            else:
                ids.append(self.take(number, text, str(body["lineNumber"]), bulk=pack).ref)
                cost += parts_of(text)
        return self.say(1, {"packId": pack, "messageIds": ids, "cost": cost})

    def verify(self, body):
        if body["templateId"] != 123456:
            return self.say(113)
        values = {one["name"]: one["value"] for one in body["parameters"]}
        if any(len(value) > 25 for value in values.values()):
            return self.say(114)
        message = self.take(clean_number(body["mobile"]), f"code: {values['Code']}", "service")
        return self.say(1, {"messageId": message.ref, "cost": 1})
