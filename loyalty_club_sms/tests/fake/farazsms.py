"""FarazSMS, since it is IranPayamak: numbers only as 0912…, and an answer that may or may not name the request."""

import re

from .base import Fake, clean_number

WORDS = {
    "queued": "in-queue",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "delivery-failure",
    "blocked": "blacklist",
}


class FakeFarazSms(Fake):
    senders = ("90008361",)
    names_requests = True  # published tests show an answer with "data": 0
    balance_name = "balanceAmount"  # the panel itself answers balance_amount, as a text

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
            return self.named(self.send(body, body["recipients"], body["text"]))
        if path == "sms/pattern":
            body = request.json
            if body["code"] != "abc123":
                return self.wrong(422, {"code": ["unknown"]})
            return self.send(body, [body["recipient"]], "code: " + ", ".join(body["attributes"].values()))
        if path == "account/balance":
            return self.say({self.balance_name: str(self.credit)})
        if path == "inbox":
            rows = [{"id": number, "from": one["number"], "text": one["body"]} for number, one in enumerate(self.inbox)]
            return self.say({"items": rows})
        report = re.fullmatch(r"send_request/(\d+)/items", path)
        if report:
            return self.report(self.bulks()[int(report[1])], request.query)
        return self.wrong(404, "Not found")

    def named(self, answer):
        """What a send of a free text answers: the request itself, where a template has only its number."""
        http, body = answer
        if body["status"] == "success" and self.names_requests:
            body["data"] = {"id": body["data"], "type": "simple", "status": "in-queue", "schedule": None}
        return http, body

    def report(self, messages, query):
        page, size = (int(query.get(name, ["1"])[0]) for name in ("page", "limit"))
        items = [self.item(one) for one in messages[(page - 1) * size : page * size]]
        return self.say({"current_page": page, "data": items, "last_page": -(-len(messages) // size)})

    def item(self, message):
        row = {"destination": "0" + message.number[3:], "status": WORDS[self.stage(message)], "error": None}
        return {**row, "text": message.body, "pages": message.parts}

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
