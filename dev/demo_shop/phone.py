"""The demo's SMS gateway and the phones behind it: messages arrive on a page in the browser instead of in the air.

It speaks the part of Kavenegar's protocol that the driver uses, on the loopback interface only. Nothing leaves the
machine. What arrived is kept in a file, so that it is still there after a restart.
"""

import argparse
import json
import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from demo_shop.phone_bot import BALE, Messenger, Unknown
from demo_shop.phone_box import COST, QUEUED, TEXTS, UNKNOWN, Phones, e164, parts

HOST, KEY = "127.0.0.1", "demo"
PAGE = Path(__file__).with_name("phone.html")
MOST_RECIPIENTS, MOST_BYTES = 200, 1_000_000


class Refused(Exception):
    """The gateway says no: its code and its words."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code
        self.text = text


class Gateway:
    """The calls of the protocol, by name; each takes the form's fields and returns the entries."""

    def __init__(self, phones: Phones):
        self.phones = phones

    def call(self, name: str, form: dict):
        calls = {
            "sms/send": self.send,
            "sms/sendarray": self.send_array,
            "verify/lookup": self.lookup,
            "sms/status": self.status,
            "sms/statuslocalmessageid": self.status_local,
            "sms/receive": self.receive,
            "sms/inboxpaged": lambda form: self.receive(form) if form.get("pagenumber") in ("1", None) else [],
            "account/info": lambda _form: {"remaincredit": self.phones.credit, "expiredate": 0, "type": "master"},
            "account/config": lambda _form: {"debugmode": "disabled", "resendfailed": "disabled"},
        }
        if name not in calls:
            raise Refused(404, "متدی با این نام پیدا نشد")
        return calls[name](form)

    def send(self, form):
        numbers = listed(form, "receptor")
        locals_ = listed(form, "localid") or listed(form, "localmessageids") or [""] * len(numbers)
        body = form.get("message") or ""
        return self._arrive(numbers, [body] * len(numbers), [form.get("sender") or ""] * len(numbers), locals_)

    def send_array(self, form):
        numbers, bodies = arrayed(form, "receptor"), arrayed(form, "message")
        senders = arrayed(form, "sender")
        senders = senders * len(numbers) if len(senders) == 1 else senders
        locals_ = arrayed(form, "localmessageids") or arrayed(form, "localid") or [""] * len(numbers)
        return self._arrive(numbers, bodies, senders, locals_)

    def lookup(self, form):
        words = [form[name] for name in ("token", "token2", "token3", "token10", "token20") if form.get(name)]
        body = f"{form.get('template') or ''}: {' · '.join(words)}"
        return self._arrive([form.get("receptor") or ""], [body], [""], [form.get("localid") or ""])

    def _arrive(self, numbers, bodies, senders, locals_):
        if not numbers or not all(bodies):
            raise Refused(406, "پارامترهای اجباری خالی ارسال شده اند")
        if len({len(numbers), len(bodies), len(senders), len(locals_)}) > 1:
            raise Refused(419, "طول آرایه متن و گیرنده و فرستنده هم اندازه نیست")
        if len(numbers) > MOST_RECIPIENTS:
            raise Refused(414, "تعداد رکوردها بیشتر از حد مجاز است")
        if any(len(e164(number)) < 11 for number in numbers):
            raise Refused(411, "دریافت کننده نامعتبر است")
        cost = sum(COST * parts(body) for body in bodies)
        if cost > self.phones.credit:
            raise Refused(418, "اعتبار حساب شما کافی نیست")
        return [
            {
                "messageid": message["id"],
                "message": message["body"],
                "status": QUEUED,
                "statustext": TEXTS[QUEUED],
                "sender": message["sender"],
                "receptor": number,
                "date": message["at"],
                "cost": message["cost"],
                "localid": message["local"],
            }
            for number, body, sender, local in zip(numbers, bodies, senders, locals_, strict=True)
            for message in [self.phones.arrive(e164(number), str(body), str(sender), str(local))]
        ]

    def status(self, form):
        return [self._told(name, self.phones.found(name)) for name in listed(form, "messageid")]

    def status_local(self, form):
        return [{**self._told(0, self.phones.by_local.get(name)), "localid": name} for name in listed(form, "localid")]

    def _told(self, name, message):
        status = self.phones.status(message) if message else UNKNOWN
        return {"messageid": message["id"] if message else int(name), "status": status, "statustext": TEXTS[status]}

    def receive(self, form):
        line = e164(form.get("linenumber") or "")
        with self.phones.lock:
            answers = [message for message in self.phones.messages if message["incoming"]]
        return [
            {
                "messageid": message["id"],
                "message": message["body"],
                "sender": message["number"],
                "receptor": message["sender"],
                "date": message["at"],
            }
            for message in answers[-100:]
            if e164(message["sender"]) == line
        ]


def listed(form, name):
    return [part.strip() for part in str(form.get(name) or "").split(",") if part.strip()]


def arrayed(form, name):
    """A list that was written as JSON in a field of the form."""
    try:
        value = json.loads(form.get(name) or "[]")
    except ValueError:
        raise Refused(400, "پارامترها ناقص هستند") from None
    return value if isinstance(value, list) else [value]


class Handler(BaseHTTPRequestHandler):
    """``/``: the phones; ``/v1/<key>/<scope>/<method>.json``: the gateway; ``/bot<token>/<method>``: the messenger."""

    server_version = "DemoPhone"
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path == "/":
            self._answer(PAGE.read_bytes(), "text/html; charset=utf-8")
        elif address.path == "/inbox.json":
            after = query.get("after", "0")
            self._json(self.server.phones.page(int(after) if after.isdecimal() else 0))
        else:
            self._gateway(address.path, query)

    def do_POST(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._json({"return": {"status": 400, "message": "too long"}, "entries": None}, HTTPStatus.BAD_REQUEST)
            return
        text = self.rfile.read(int(length)).decode("utf-8", "replace")
        if self.path.startswith("/bot"):
            self._bot(self.path, text)
            return
        form = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
        if self.path == "/answer":
            self._page_answer(form)
        else:
            self._gateway(urlsplit(self.path).path, form)

    def _page_answer(self, form):
        """The owner of a phone answers, on our own page only."""
        origin = self.headers.get("Origin")
        if origin and urlsplit(origin).netloc != self.headers.get("Host"):
            self._json({}, HTTPStatus.FORBIDDEN)
            return
        if form.get("number") and form.get("body"):
            number = form["number"] if form["number"].startswith(BALE) else e164(form["number"])
            self.server.phones.arrive(number, form["body"][:500], form.get("line", ""), incoming=True)
        self._json({})

    def _gateway(self, path, form):
        version, _slash, rest = path.removeprefix("/").partition("/")
        key, _slash, name = rest.partition("/")
        try:
            if version != "v1":
                raise Refused(404, "متدی با این نام پیدا نشد")
            if key != KEY:
                raise Refused(403, "کد شناسائی معتبر نمی باشد")
            entries = self.server.gateway.call(name.removesuffix(".json"), form)
            self._json({"return": {"status": 200, "message": "تایید شد"}, "entries": entries})
        except Refused as refusal:
            answer = {"return": {"status": refusal.code, "message": refusal.text}, "entries": None}
            self._json(answer, refusal.code if refusal.code < 500 else HTTPStatus.BAD_REQUEST)

    def _bot(self, path, text):
        """A call of the bot's API: ``/bot<token>/<method>`` with JSON."""
        key, _slash, name = path.removeprefix("/bot").partition("/")
        try:
            if key != KEY:
                raise Unknown("no such bot")
            self._json({"ok": True, "result": self.server.messenger.call(name, json.loads(text or "{}"))})
        except (Unknown, KeyError, ValueError) as error:
            answer = {"ok": False, "error_code": 404, "description": str(error)}
            self._json(answer, HTTPStatus.NOT_FOUND)

    def _json(self, data, status=HTTPStatus.OK):
        self._answer(json.dumps(data, ensure_ascii=False).encode(), "application/json; charset=utf-8", status)

    def _answer(self, body, kind, status=HTTPStatus.OK):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Texts and keys are nobody's log lines."""


def serve(port: int, store: Path) -> ThreadingHTTPServer:
    """The server, listening; ``port`` 0 takes a free one."""
    server = ThreadingHTTPServer((HOST, port), Handler)
    server.daemon_threads = True
    server.phones = Phones(store)
    server.gateway = Gateway(server.phones)
    server.messenger = Messenger(server.phones)
    return server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    args = parser.parse_args()
    server = serve(args.port, args.store)
    signal.signal(signal.SIGTERM, lambda *_signal: threading.Thread(target=server.shutdown).start())
    server.serve_forever()


if __name__ == "__main__":
    main()
