"""Melipayamak's Console: JSON, the key at the end of the path, ``recId`` or words. The words are made up."""

from urllib.parse import unquote

from .base import Fake, clean_number, is_mobile

CODES = {"queued": 400, "sent": 8, "delivered": 1, "failed": 16, "blocked": 35}
#: What settings have to know of the words below.
WORDS = {
    "اعتبار کافی نیست": "credit",
    "فرستنده نامعتبر است": "sender",
    "گیرنده نامعتبر است": "number",
    "متن خالی است": "text",
    "الگو یافت نشد": "template",
}
CREDIT, SENDER, NUMBER, TEXT, TEMPLATE = WORDS


class FakeMelipayamakConsole(Fake):
    price = 1
    first_ref = 3_741_437_001

    @property
    def url(self):
        return f"{self.host}/api"

    def answer(self, request):
        _api, group, name, key = request.path.strip("/").split("/", 3)
        if unquote(key) != self.key:
            return 401, {"status": "کلید نامعتبر است"}
        return getattr(self, f"{group}_{name}")(request.json)

    def problem(self, body, numbers):
        problems = {
            SENDER: body["from"] not in self.senders,
            TEXT: not body["text"],
            NUMBER: not all(is_mobile(number) for number in numbers),
            CREDIT: not self.can_pay([body["text"]] * len(numbers)),
        }
        return next((words for words, is_so in problems.items() if is_so), None)

    def send_simple(self, body):
        number = clean_number(body["to"])
        problem = self.problem(body, [number])
        if problem:
            return 200, {"recId": 0, "status": problem}
        return 200, {"recId": self.take(number, body["text"], body["from"]).ref, "status": ""}

    def send_advanced(self, body):
        numbers = [clean_number(number) for number in body["to"]]
        problem = self.problem(body, numbers)
        if problem:
            return 200, {"recIds": [], "status": problem}
        refs = [self.take(number, body["text"], body["from"]).ref for number in numbers]
        return 200, {"recIds": refs, "status": ""}

    def send_shared(self, body):
        if body["bodyId"] != 1234:
            return 200, {"recId": 0, "status": TEMPLATE}
        message = self.take(clean_number(body["to"]), "code: " + ", ".join(body["args"]), "service")
        return 200, {"recId": message.ref, "status": ""}

    def receive_status(self, body):
        messages = [self.find(ref) for ref in body["recIds"]]
        codes = [CODES[self.stage(message)] if message else 100 for message in messages]
        return 200, {"results": ["…"] * len(codes), "resultsAsCode": codes, "status": ""}

    def receive_credit(self, _body):
        return 200, {"amount": self.credit, "status": ""}

    def receive_messages(self, _body):
        rows = [
            {"sender": one["number"].replace("+98", "0"), "body": one["body"], "sendDate": "2026-01-01T00:00:00.000"}
            for one in self.inbox
        ]
        return 200, {"messages": rows, "status": ""}
