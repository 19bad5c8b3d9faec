"""FarazSMS, since it is IranPayamak: numbers only as 0912…, and an answer that may or may not name the request."""

import re

from .base import Fake, clean_number

WORDS = {"queued": "pending", "sent": "sent", "delivered": "delivered", "failed": "undelivered", "blocked": "blacklist"}


class FakeFarazSms(Fake):
    senders = ("90008361",)
    names_requests = True  # published tests show an answer with "data": 0

    def say(self, data, http=200):
        return http, {"status": "success", "data": data}

    def wrong(self, http, messages):
        return http, {"status": "error", "data": None, "messages": messages}

    def answer(self, request):
        if request.headers.get("api-key") != self.key:
            return self.wrong(401, "Unauthenticated.")
        path = request.path.removeprefix("/ws/v1/")
        if path == "sms/simple":
            body = request.json
            return self.send(body, body["recipients"], body["text"])
        if path == "sms/pattern":
            body = request.json
            if body["code"] != "abc123":
                return self.wrong(422, {"code": ["unknown"]})
            return self.send(body, [body["recipient"]], "code: " + ", ".join(body["attributes"].values()))
        if path == "account/balance":
            return self.say({"balanceAmount": self.credit})
        if path == "inbox":
            rows = [{"id": number, "from": one["number"], "text": one["body"]} for number, one in enumerate(self.inbox)]
            return self.say({"items": rows})
        report = re.fullmatch(r"send_request/(\d+)/items", path)
        if report:
            return self.say({"items": [self.item(one) for one in self.bulks()[int(report[1])]]})
        return self.wrong(404, "Not found")

    def item(self, message):
        return {"recipient": "0" + message.number[3:], "status": WORDS[self.stage(message)]}

    def send(self, body, recipients, text):
        if not all(re.fullmatch(r"09\d{9}", number) for number in recipients) or len(recipients) > self.limit:
            return self.wrong(422, {"recipients.0": ["invalid"]})
        if body["line_number"] not in self.senders:
            return self.wrong(422, {"from_number": ["invalid"]})
        if not text:
            return self.wrong(422, {"message": ["required"]})
        if not self.can_pay([text] * len(recipients)):
            return self.wrong(402, "credit")
        request = 5000 + len(self.calls)
        for number in recipients:
            self.take(clean_number(number), text, body["line_number"], bulk=request)
        return self.say(request if self.names_requests else 0, 201)
