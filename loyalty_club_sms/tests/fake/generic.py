"""A gateway that nobody knows: plain JSON, described by ``OPTIONS`` for the driver."""

from .base import Fake, clean_number, is_mobile

OPTIONS = {
    "method": "POST",
    "send_url": "sms?agent={username}",
    "headers": {"X-Token": "Token {key}"},
    "body": '{"to": "{number}", "text": "{text}", "line": "{sender}", "id": "{uuid}"}',
    "body_kind": "json",
    "join": "one",
    "number_form": "bare",
    "success_path": "result.ok",
    "success_value": "true",
    "id_path": "result.id",
    "error_path": "result.code",
    "codes": {
        "E1": "key",
        "E2": "credit",
        "E3": "number",
        "E4": "sender",
        "E5": "text",
        "E6": "blacklist",
        "E9": "busy",
    },
    "status_url": "state/{ref}",
    "status_path": "state",
    "status_map": {
        "wait": "queued",
        "gone": "sent",
        "there": "delivered",
        "not": "failed",
        "blocked": "blocked",
    },
    "balance_url": "money",
    "balance_path": "money.left",
}
WORDS = {"queued": "wait", "sent": "gone", "delivered": "there", "failed": "not", "blocked": "blocked"}


class FakeGeneric(Fake):
    limit = 1

    def no(self, code, http=200):
        return http, {"result": {"ok": False, "code": code}}

    def answer(self, request):
        if request.headers.get("x-token") != f"Token {self.key}":
            return self.no("E1", 401)
        path = request.path.strip("/")
        if path == "money":
            return 200, {"money": {"left": str(self.credit)}}
        if path.startswith("state/"):
            message = self.find(path.removeprefix("state/"))
            return 200, {"state": WORDS[self.stage(message)] if message else "?"}
        body = request.json
        number = clean_number(body["to"])
        problems = {
            "E3": not is_mobile(number) or not str(body["to"]).startswith("98"),
            "E4": body["line"] not in self.senders,
            "E5": not body["text"],
            "E6": number in self.blacklist,
            "E2": not self.can_pay([body["text"]]),
        }
        problem = next((code for code, is_so in problems.items() if is_so), None)
        if problem:
            return self.no(problem)
        message = self.take(number, body["text"], body["line"])
        return 200, {"result": {"ok": True, "id": message.ref}}
