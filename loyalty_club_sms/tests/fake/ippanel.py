"""IPPanel Edge: one number for a send, blacklisted receivers only in the report."""

from .base import Fake, clean_number, is_mobile

CODES = {"queued": 0, "sent": 1, "delivered": 2, "failed": 3, "blocked": 4}


class FakeIpPanel(Fake):
    senders = ("+983000505",)

    @property
    def url(self):
        return f"{self.host}/v1"

    def say(self, data):
        meta = {"status": True, "message": "انجام شد", "message_parameters": [], "message_code": "200-1"}
        return 200, {"data": data, "meta": meta}

    def wrong(self, http, code, /, **errors):
        meta = {"status": False, "message": "خطا", "message_parameters": [], "message_code": code}
        return http, {"data": None, "meta": {**meta, **({"errors": errors} if errors else {})}}

    def answer(self, request):
        if request.headers.get("authorization") != self.key:
            return self.wrong(401, "400-1")
        path = request.path.removeprefix("/v1/api/")
        if path == "send":
            return self.send(request.json)
        if path == "report/recipients":
            return self.report(request.query)
        if path == "payment/credit/mine":
            return self.say({"credit": self.credit})
        if path == "report/messages-inbox":
            return self.say(
                [
                    {"id": number, "from": one["number"], "to": self.senders[0], "message": one["body"]}
                    for number, one in enumerate(self.inbox)
                ]
            )
        return self.wrong(404, "404-1")

    def send(self, body):
        groups = self.groups(body)
        problem = self.problem(body, groups)
        if problem:
            return problem
        ids = []
        for numbers, text in groups:
            ids.append(len(ids) + 1000 * len(self.calls))
            for number in numbers:
                self.take(number, text, body["from_number"], bulk=ids[-1])
        return self.say({"message_outbox_ids": ids})

    def groups(self, body):
        """[(numbers, text)] of any kind of send."""
        if body["sending_type"] == "pattern":
            return [(body["recipients"], "code: " + ", ".join(body["params"].values()))]
        if body["sending_type"] == "webservice":
            return [(body["params"]["recipients"], body["message"])]
        return [(one["recipients"], one["message"]) for one in body["params"]]

    def problem(self, body, groups):
        everyone = [number for numbers, _text in groups for number in numbers]
        if body["from_number"] not in self.senders:
            return self.wrong(422, "400-2", from_number=["invalid"])
        if body.get("code", "abc123") != "abc123":
            return self.wrong(422, "400-2", code=["invalid"])
        if len(everyone) > self.limit or not all(is_mobile(number) for number in everyone):
            return self.wrong(422, "400-2", **{"params.recipients.0": ["invalid"]})
        if not all(text for _numbers, text in groups):
            return self.wrong(422, "400-2", message=["required"])
        if not self.can_pay([text for numbers, text in groups for _number in numbers]):
            return self.wrong(422, "402-1")
        return None

    def report(self, query):
        bulk, page, size = (int(query[name][0]) for name in ("bulk_id", "page", "per_page"))
        rows = [
            {
                "recipient": clean_number(one.number),
                "message": one.body,
                "msg_parts": one.parts,
                "message_status": CODES[self.stage(one)],
            }
            for one in self.bulks()[bulk]
        ]
        return self.say(rows[(page - 1) * size : page * size])
