"""What all false gateways have: a server on loopback, credit, a clock that tests turn, faults that tests ask for."""

import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

BASIC = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà") | {
    chr(code) for code in (*range(48, 58), *range(65, 91), *range(97, 123))
}


def parts_of(text):
    """Parts of a text as operators count them (without the extension table)."""
    if all(sign in BASIC for sign in text):
        return 1 if len(text) <= 160 else -(-len(text) // 153)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= 70 else -(-units // 67)


def clean_number(raw):
    """Any Iranian way of writing a number as +98…; others as they are."""
    text = str(raw).strip()
    for prefix in ("+98", "0098", "98", "0"):
        if text.startswith(prefix):
            return f"+98{text[len(prefix) :]}"
    return f"+98{text}" if text.startswith("9") else text


def is_mobile(number):
    return len(number) == 13 and number.startswith("+989") and number[1:].isdigit()


def swapped(data):
    """The answer with keys that begin with the other case; a text stays as it is."""
    if isinstance(data, dict):
        return {key[:1].swapcase() + key[1:]: swapped(value) for key, value in data.items()}
    return [swapped(one) for one in data] if isinstance(data, list) else data


@dataclass
class Received:
    """A message as the phone would get it."""

    ref: int
    number: str
    body: str
    sender: str
    at: float
    parts: int
    price: int
    key: str = ""
    bulk: int = 0


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body or b"{}")

    @property
    def form(self):
        found = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}


class Fake:
    """A gateway. ``with Fake() as fake:`` serves at ``fake.url`` until the end of the block.

    Tests set ``credit``, ``blacklist``, ``unreachable`` (sets of +98… numbers), ``latency`` (seconds), turn the
    clock with ``wait`` and ask for faults with ``fail``. ``messages`` is what phones got, each once.
    """

    limit = 100
    price = 100
    senders = ("3000505",)
    first_ref = 1_000_000_001

    def __init__(self):
        self.key = "k3y-of-the-shop/1"
        self.user, self.password = "shop", "pass-word&1"
        self.credit = 1_000_000
        self.blacklist, self.unreachable = set(), set()
        self.inbox = []  # dicts: number, body, at
        self.messages, self.refused, self.by_key = [], [], {}
        self.calls = []  # every request, in order
        self.lower_case = False
        self.other_case = False  # keys of answers in the case that the document does not have
        self.latency = 0
        self.retry_after = None  # what a 429 says in its header
        self.now = 1_700_000_000.0
        self._faults = []
        self._refs = count(self.first_ref)
        self._lock = threading.RLock()
        self._released = threading.Event()
        self._server = None

    # for tests

    def __enter__(self):
        fake = self

        class Handler(_Handler):
            owner = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self):
        """The base address for the driver's settings."""
        return self.host

    def wait(self, seconds):
        self.now += seconds

    def fail(self, kind, times=1):
        """The next calls go wrong: ``busy`` and ``down`` before anything is done (429, 503 without a body), ``error``
        (500), ``malformed``, ``shape`` (JSON of another shape), ``hang`` and ``cut`` after the message was taken,
        ``lost`` like ``cut``, but before it was."""
        self._faults += [kind] * times

    def mend(self):
        """No more faults."""
        self._faults.clear()

    def got(self, number):
        """Texts that the phone of a number got."""
        return [message.body for message in self.messages if message.number == number]

    # for the gateways

    def handle(self, request):
        """What a request gets: (status, JSON or text)."""
        with self._lock:
            self.calls.append(request)
            fault = self._faults.pop(0) if self._faults else None
            if fault == "busy":
                return 429, self.too_many()
            if fault == "down":
                return 503, ""
            if fault == "lost":
                return None, ""
            answer = self.answer(request)
        if self.other_case:
            answer = answer[0], swapped(answer[1])
        if self.latency:
            time.sleep(self.latency)
        return self._spoil(fault, answer)

    def _spoil(self, fault, answer):
        if fault == "error":
            return 500, "<html>Internal Server Error</html>"
        if fault == "malformed":
            return 200, '{"return": {"status'
        if fault == "shape":
            return 200, [[None, {"return": 7, "status": []}]]
        if fault == "hang":
            self._released.wait(20)
        if fault == "cut":
            return None, ""
        return answer

    def too_many(self):
        """The body of an HTTP 429."""
        return ""

    def answer(self, request):
        raise NotImplementedError

    def take(self, number, body, sender, key="", bulk=0):
        """Take a message and its price; the same key gives the earlier one."""
        if key and key in self.by_key:
            return self.by_key[key]
        parts = parts_of(body)
        message = Received(next(self._refs), number, body, sender, self.now, parts, parts * self.price, key, bulk)
        self.credit -= message.price
        if number not in self.blacklist:
            self.messages.append(message)
        else:
            self.refused.append(message)
        if key:
            self.by_key[key] = message
        return message

    def can_pay(self, bodies):
        return sum(parts_of(body) * self.price for body in bodies) <= self.credit

    def find(self, ref):
        return next((one for one in (*self.messages, *self.refused) if str(one.ref) == str(ref)), None)

    def stage(self, message):
        """Where a message is by the clock: queued for 5 seconds, then sent, after 30 delivered (or failed, blocked)."""
        age = self.now - message.at
        if age < 5:
            return "queued"
        if message.number in self.blacklist:
            return "blocked"
        if age < 30:
            return "sent"
        return "failed" if message.number in self.unreachable else "delivered"

    def bulks(self):
        found = defaultdict(list)
        for message in (*self.messages, *self.refused):
            found[message.bulk].append(message)
        return found

    def cased(self, data):
        """Answers of a gateway that can't decide on the case of its keys."""
        if isinstance(data, dict):
            lower = self.lower_case
            return {(key[:1].lower() if lower else key[:1].upper()) + key[1:]: self.cased(v) for key, v in data.items()}
        return [self.cased(one) for one in data] if isinstance(data, list) else data


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner = None

    def _serve(self):
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parse_qs(parts.query), headers, body)
        status, answer = self.owner.handle(request)
        if status is None:
            self.close_connection = True
            return
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        data = text.encode()
        kind = "text/xml; charset=utf-8" if text.startswith("<?xml") else "application/json; charset=utf-8"
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if status == 429 and self.owner.retry_after is not None:
                self.send_header("Retry-After", str(self.owner.retry_after))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # the other side did not wait

    do_GET = do_POST = _serve

    def log_message(self, *_args):
        """Silent: the requests have keys in them."""
