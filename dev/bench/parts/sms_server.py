"""A gateway to measure against, in a process of its own, on loopback: Kavenegar's `sms/…`, which drops second copies,
and SMS.ir's `send/…`, which does not. Each call takes a fixed delay; faults and a held call on demand.

Prints its port. GET /seen answers what phones got, PUT /state says how it behaves, DELETE /seen forgets everything,
GET /held waits until the call that PUT /state asked for is held; its messages are taken, its answer is not sent.
"""

import argparse
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs

PRICE = 120  # rial, Kavenegar; SMS.ir counts messages
#: What goes wrong, in turns: before anything is done, or after the messages were taken.
FAULTS = ("busy", "error", "down", "cut", "partial", "malformed", "hang")
#: Numbers that end so are refused: their owners blocked advertising, or there is no such number.
BLOCKED, INVALID = "13", "77"


class Phones:
    """What the phones got, what it cost, and how the next calls go."""

    def __init__(self):
        self.lock = threading.RLock()
        self.held, self.released = threading.Event(), threading.Event()
        self.delay = 0.0
        self.forget()

    def forget(self):
        self.calls, self.messages, self.dropped, self.credit = 0, 0, 0, 10**9
        self.got, self.by_key, self.singles, self.refs = {}, {}, [], count(1)
        self.held_keys, self.dropped_held = set(), 0
        self.every, self.hang, self.hold_at, self.faults = 0, 0.0, 0, {}

    def begin(self):
        """A call begins: (its fault or None, whether it is held)."""
        with self.lock:
            self.calls += 1
            if self.calls == self.hold_at:
                return None, True
            if not self.every or self.calls % self.every:
                return None, False
            fault = FAULTS[self.calls // self.every % len(FAULTS)]
            self.faults[fault] = self.faults.get(fault, 0) + 1
            return fault, False

    def take(self, number, key, price):
        """The reference of a message: taken now, or by an earlier call with the same key; None: it is refused."""
        if self.every and number.endswith((BLOCKED, INVALID)):
            return None
        with self.lock:
            if key and key in self.by_key:
                self.dropped += 1
                self.dropped_held += key in self.held_keys
                return self.by_key[key]
            ref = next(self.refs)
            self.got[number] = self.got.get(number, 0) + 1
            self.messages += 1
            self.credit -= price
            if key:
                self.by_key[key] = ref
            return ref


PHONES = Phones()


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        arrived = time.time()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.endswith("account/info.json"):  # Kavenegar asks for everything like this
            self._answer(kavenegar([{"remaincredit": PHONES.credit}]))
            return
        fault, is_held = PHONES.begin()
        time.sleep(PHONES.delay)
        if fault in ("busy", "down"):
            self._answer({}, 429 if fault == "busy" else 503)
            return
        answer = (
            self._smsir(json.loads(body))
            if "/v1/send/" in self.path
            else self._kavenegar(body, fault, arrived, is_held)
        )
        if is_held:  # whoever sent this gets killed
            PHONES.held.set()
            PHONES.released.wait(60)
        self._spoil(fault, answer)

    def _spoil(self, fault, answer):
        """The answer, or what a fault makes of it; the messages are taken already."""
        if fault == "hang":
            time.sleep(PHONES.hang)
        if fault == "cut":
            self.close_connection = True
        elif fault == "error":
            self._answer({}, 500)
        elif fault == "malformed":
            self._answer(b'{"return": {"status')
        else:
            self._answer(answer)

    def _kavenegar(self, body, fault, arrived, is_held):
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if "sendarray" in self.path:
            numbers, texts, keys = (json.loads(form[name]) for name in ("receptor", "message", "localmessageids"))
        else:
            numbers = form["receptor"].split(",")
            texts = [form["message"]] * len(numbers)
            keys = form["localid"].split(",") if "localid" in form else [None] * len(numbers)
        if len(numbers) == 1:
            with PHONES.lock:
                PHONES.singles.append([arrived, texts[0]])
        entries, now = [], int(time.time())
        for number, text, key in zip(numbers, texts, keys, strict=True):
            ref = PHONES.take(number, key, PRICE)
            if is_held:
                PHONES.held_keys.add(key)
            entries.append(
                {"messageid": ref or 0, "message": text, "status": 1 if ref else 14, "statustext": "", "date": now,
                 "sender": "10008", "receptor": number, "cost": PRICE if ref else 0}
            )  # fmt: skip
        return kavenegar(entries[::2] if fault == "partial" else entries)

    def _smsir(self, order):
        ids = [PHONES.take(number, None, 1) for number in order["mobiles"]]
        for place, number in enumerate(order["mobiles"]):
            if ids[place] is None and number.endswith(BLOCKED):
                ids[place] = 0
        return {"status": 1, "data": {"packId": "p", "messageIds": ids, "cost": sum(1 for one in ids if one)}}

    def do_GET(self):
        if self.path == "/held":
            self._answer({"held": PHONES.held.wait(120)})
        elif self.path.endswith("/credit"):
            self._answer({"status": 1, "data": PHONES.credit})
        else:
            with PHONES.lock:
                names = ("calls", "messages", "dropped", "dropped_held", "credit", "faults", "singles")
                seen = {name: getattr(PHONES, name) for name in names}
                self._answer({**seen, "people": len(PHONES.got), **({"got": PHONES.got} if "got" in self.path else {})})

    def do_PUT(self):
        """How the next calls go: delay, every (a fault each so many calls), hang (seconds), hold (after so many)."""
        state = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with PHONES.lock:
            if "hold" in state:
                PHONES.held.clear()
                PHONES.released.clear()
                PHONES.hold_at = PHONES.calls + state.pop("hold")
            if state.pop("release", False):
                PHONES.released.set()
            for name, value in state.items():
                setattr(PHONES, name, value)
        self._answer({})

    def do_DELETE(self):
        with PHONES.lock:
            PHONES.forget()
        self._answer({})

    def _answer(self, data, status=200):
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the other side did not wait

    def log_message(self, *args):
        """Nobody reads it."""


def kavenegar(entries):
    return {"return": {"status": 200, "message": "ok"}, "entries": entries}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.05)
    PHONES.delay = parser.parse_args().delay
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # until the benchmark ends


if __name__ == "__main__":
    main()
