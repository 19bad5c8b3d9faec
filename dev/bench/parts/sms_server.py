"""A gateway to measure against, in a process of its own: Kavenegar's `sms/send` with a fixed delay, on loopback.

Prints its port. GET /seen?after=N answers what arrived: how many calls and messages, and [time, text] of single ones.
"""

import argparse
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    delay = 0.05
    lock = threading.Lock()
    calls = 0
    receptors = []
    singles = []

    def do_POST(self):
        arrived = time.time()
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        receptors = form["receptor"][0].split(",")
        text = form["message"][0]
        time.sleep(self.delay)
        with self.lock:
            first = len(self.receptors) + 1
            Gateway.calls += 1
            self.receptors.extend(receptors)
            if len(receptors) == 1:
                self.singles.append([arrived, text])
        now = int(time.time())
        entries = [
            {"messageid": first + number, "message": text, "status": 1, "statustext": "queued", "sender": "10008",
             "receptor": receptor, "date": now, "cost": 120}
            for number, receptor in enumerate(receptors)
        ]  # fmt: skip
        self._answer({"return": {"status": 200, "message": "ok"}, "entries": entries})

    def do_GET(self):
        with self.lock:
            seen = {"calls": self.calls, "messages": len(self.receptors), "people": len(set(self.receptors))}
            self._answer({**seen, "singles": self.singles})

    def do_DELETE(self):
        with self.lock:
            Gateway.calls = 0
            self.receptors.clear()
            self.singles.clear()
        self._answer({})

    def _answer(self, data):
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nobody reads it."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.05)
    Gateway.delay = parser.parse_args().delay
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # until the benchmark ends


if __name__ == "__main__":
    main()
