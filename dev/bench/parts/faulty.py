"""The same campaign through bad gateways: one that drops second copies, and one that would send them.

Calls are refused, answered with errors or rubbish, cut off and never answered; some members are refused. Two workers
are killed while the gateway has taken their messages and has not answered. At the end everybody got the message once,
or is listed with a reason, and what the gateway charged is what was written down.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

import requests
from common import at_least, at_most

from .crowd import gateway
from .world import _vacuum

WORKER = Path(__file__).with_name("sms_worker.py")
#: (receivers in a call, price of a message at the gateway) by vendor.
VENDORS = {"kavenegar": (200, 120), "smsir": (100, 1)}
#: Seconds: what our side waits for an answer, and how long the gateway hangs.
TIMEOUT, HANG = 1, 1.5
KILLS = 2
#: Answers that name why a message did not go, or that nobody knows.
LISTED = ("failed", "blocked", "cancelled", "unsure")


@contextmanager
def worker(world):
    """A worker that waits for its start."""
    process = subprocess.Popen(
        [sys.executable, str(WORKER), "--db", world.db], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def go(process):
    if process.stdout.readline().strip() != "ready":
        raise SystemExit("a worker did not start")
    process.stdin.write("go\n")
    process.stdin.flush()


def queue(world, port, vendor):
    """A gateway of the vendor, and a campaign to everybody; the gateway's id."""
    with world.cursor() as cr:
        env = world.environment(cr)
        company = env["res.company"].browse(world.ids["company"])
        made = gateway(env, company, port, vendor, TIMEOUT)
        env["loyalty.club.message"]._club_queue_query(world.campaign(vendor))
    _vacuum(world)
    return made.id


def send(world, args, port, vendor):
    """Send the campaign with faults; two workers are killed on the way, the third one ends it."""
    calls = args.messages // VENDORS[vendor][0]
    behave(port, delay=0.01, every=max(4, min(25, calls // 20)), hang=HANG)
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(world)) for _kill in range(KILLS + 1)]
        for process in workers[:-1]:
            behave(port, hold=max(2, calls // 4))
            go(process)
            held = requests.get(f"http://127.0.0.1:{port}/held", timeout=150).json()["held"]
            if not held:
                raise SystemExit("the worker did not send so much that it could be killed")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            behave(port, release=True)
        go(workers[-1])
        if workers[-1].stdout.readline().strip() != "done":
            raise SystemExit("the last worker did not come to an end")


def behave(port, **state):
    requests.put(f"http://127.0.0.1:{port}/state", json=state, timeout=20).raise_for_status()


def booked_of(world, vendor, gateway_id):
    """Rows of all messages (number, state, reason, cost), and the credit that the gateway says is left."""
    with world.cursor() as cr:
        cr.execute(
            """SELECT '0' || substr(m.mobile, 4), w.state, COALESCE(w.reason, ''), COALESCE(w.cost, 0)::text
                 FROM loyalty_club_message w JOIN loyalty_club_member m ON m.id = w.member_id WHERE w.key LIKE %s""",
            [f"bench:{vendor}:%"],
        )
        rows = cr.fetchall()
        left = world.environment(cr)["loyalty.club.gateway"].browse(gateway_id)._club_driver().balance()
    return rows, left


def prove(world, args, port, vendor, gateway_id):
    """What is wrong: {what: how often}; and figures about what was listed."""
    seen = requests.get(f"http://127.0.0.1:{port}/seen?got", timeout=60).json()
    rows, left = booked_of(world, vendor, gateway_id)
    got, price = seen["got"], VENDORS[vendor][1]
    listed, booked, unknown = {}, Decimal(0), 0
    wrong = {
        "got it twice": sum(times - 1 for times in got.values()),
        "have no message": args.messages - len({row[0] for row in rows}),
        "have two messages": len(rows) - len({row[0] for row in rows}),
        "are written down as sent and did not get it": 0,
        "got it and are written down as not": 0,
        "are listed without a reason": 0,
    }
    for number, state, reason, cost in rows:
        if state == "sent":
            wrong["are written down as sent and did not get it"] += number not in got
            booked += Decimal(cost)
            continue
        wrong["are listed without a reason"] += state not in LISTED or not reason
        wrong["got it and are written down as not"] += state != "unsure" and number in got
        unknown += state == "unsure" and number in got
        listed[f"{state}: {reason}"] = listed.get(f"{state}: {reason}", 0) + 1
    figures = {
        "got it": len(got),
        "listed": dict(sorted(listed.items())),
        "unsure that got it": unknown,
        "second copies dropped": seen["dropped"],
        "of killed workers": seen["dropped_held"] or listed.get("unsure: died", 0),
        "faults": seen["faults"],
        "calls": seen["calls"],
    }
    # what nobody could know is in nobody's books; everything else is, to the unit
    gap = abs(10**9 - left - booked - unknown * price) + abs(10**9 - left - seen["messages"] * price)
    return wrong, gap, figures


def run(world, args, port, vendor, bars, figures):
    requests.delete(f"http://127.0.0.1:{port}/seen", timeout=20)
    gateway_id = queue(world, port, vendor)
    send(world, args, port, vendor)
    wrong, gap, found = prove(world, args, port, vendor, gateway_id)
    figures[f"faults, {vendor}"] = {**found, "wrong": wrong}
    bars[f"faults, {vendor}: messages lost, doubled or wrong"] = at_most(sum(wrong.values()), 0)
    bars[f"faults, {vendor}: balance less the gateway's"] = at_most(float(gap), 0)
    # without these the faults and the kills proved nothing
    bars[f"faults, {vendor}: messages that killed workers left"] = at_least(found["of killed workers"], 1)


def second_copies_dropped(world, args, port, bars, figures):
    run(world, args, port, "kavenegar", bars, figures)


def second_copies_sent(world, args, port, bars, figures):
    run(world, args, port, "smsir", bars, figures)


PASSES = (second_copies_dropped, second_copies_sent)
