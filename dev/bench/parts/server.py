"""A server with several workers, and tills that pay over HTTP."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

ADDONS = Path(__file__).parents[1] / "addons"
PASSWORD = "bench-cashier-password"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(world, workers):
    """Odoo with ``workers`` processes on the world's database and the addon that a till pays through; (host, port)."""
    from odoo.tools import config

    with world.cursor() as cr:
        world.environment(cr)["res.users"].browse(world.ids["cashier"]).password = PASSWORD
    port, gevent = free_port(), free_port()
    path = ",".join([*config["addons_path"], str(ADDONS)])
    options = ["-d", world.db, "--db-filter", f"^{world.db}$", "--addons-path", path, "--log-level", "error"]
    odoo = [sys.executable, str(Path(__file__).with_name("odoo_server.py"))]
    subprocess.run([*odoo, *options, "-i", "club_bench", "--stop-after-init", "--no-http"], check=True)
    listen = ["--http-port", str(port), "--gevent-port", str(gevent), "--workers", str(workers)]
    listen += ["--limit-time-real", "120", "--limit-time-cpu", "60", "--max-cron-threads", "0"]
    process = subprocess.Popen([*odoo, *options, *listen], start_new_session=True)
    try:
        _wait(process, port)
        yield "127.0.0.1", port
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _wait(process, port):
    ends = time.monotonic() + 120
    while time.monotonic() < ends and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)  # a server that starts tells nobody
    raise SystemExit("the server did not start")


class Till:
    def __init__(self, address, db):
        self.connection = http.client.HTTPConnection(*address)
        self.headers = {"Content-Type": "application/json"}
        login = {"db": db, "login": "bench-cashier", "password": PASSWORD}
        self.call("/web/session/authenticate", login)

    def call(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        self.connection.request("POST", path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.headers["Cookie"] = cookie.split(";")[0]
        content = json.loads(text)
        if "error" in content:
            raise RuntimeError(content["error"]["data"]["message"])
        return content["result"]


def pay(address, world, payments, tills):
    """Seconds of each payment (two calls) of ``tills`` that pay at the same time, members of their own each."""
    seconds, problems = [], []
    branch = world.ids["branch"]

    def work(number):
        try:
            till = Till(address, world.db)
            for turn in range(payments // tills + 20):
                account = world.row("loyalty_club_account", (turn * tills + number) % world.count)
                started = time.perf_counter()
                key = f"bench:http:{tills}:{number}:{turn}"
                hold = till.call("/club_bench/hold", {"account_id": account, "branch_id": branch, "key": key})
                till.call("/club_bench/capture", {"hold_id": hold, "branch_id": branch})
                if turn >= 20:  # the first calls of a worker load what it keeps afterwards
                    seconds.append(time.perf_counter() - started)
        except Exception as error:  # noqa: BLE001 a thread's failure must stop the benchmark
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(tills)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return seconds
