"""The queue of messages: queueing beside bare SQL, sending beside a bare loop of requests, and a code in between; then
the same campaign through bad gateways, with workers that are killed.

A gateway with a fixed delay runs in a process of its own, and somebody who asks for one-time codes in another one.
docs/performance.md explains the figures.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from common import TEMPLATE, at_least, at_most, database, percentile, report
from expire import anonymous_memory
from parts import faulty
from parts.crowd import TEXT, Crowd
from parts.world import _vacuum
from till import say, settle, start_odoo

HERE = Path(__file__).parent
TURNS = 3
#: Recipients of a campaign that its job prepares at a time.
STEP = 5_000
#: Recipients of a call: what the driver of the gateway takes.
CALL = 200


def arguments():
    parser = argparse.ArgumentParser(prog="./club bench messages", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, metavar="N", help="messages of the campaign")
    parser.add_argument("--delay", type=float, default=0.05, metavar="SECONDS", help="of each call to the gateway")
    parser.add_argument("--core", type=int, default=200, metavar="N", help="messages that core sends one by one")
    parser.add_argument("--every", type=float, default=0.5, metavar="SECONDS", help="between two one-time codes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    args = parser.parse_args()
    if args.messages < 10 * CALL:
        parser.error(f"--messages: at least {10 * CALL}")
    return args


@contextmanager
def server(delay):
    """The gateway's process; gives its port."""
    command = [sys.executable, str(HERE / "parts" / "sms_server.py"), "--delay", str(delay)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


#: What a campaign gives of a message; the queue fills in the rest.
COLUMNS = "key, company_id, club_id, member_id, lane, purpose, channel, template_id, why"
BARE = f"""INSERT INTO %s (uuid, state, queued_at, not_before, attempts, {COLUMNS})
           SELECT replace(gen_random_uuid()::text, '-', ''), 'waiting', now(), now(), 0, {COLUMNS} FROM (%s) rows"""


def queueing(world, args, _port, bars, figures):
    """The same rows in turns by the queue, by a bare statement into the same table, and into a copy of it with the
    same indexes but no references."""
    seconds = {"queue": [], "bare": [], "copy": []}
    with world.cursor() as cr:
        cr.execute("CREATE TABLE bench_message (LIKE loyalty_club_message INCLUDING DEFAULTS INCLUDING INDEXES)")
        cr.execute("ALTER TABLE bench_message ALTER id SET DEFAULT nextval('loyalty_club_message_id_seq')")
    for turn in range(TURNS):
        for label, table in (("bare", "loyalty_club_message"), ("copy", "bench_message")):
            with world.cursor() as cr:
                query = world.campaign(f"{label}{turn}")
                query = cr.mogrify(query.code, query.params).decode()
                started = time.perf_counter()
                cr.execute(BARE % (table, query))
                cr.commit()
                seconds[label].append(time.perf_counter() - started)
        with world.cursor() as cr:
            env = world.environment(cr)
            started = time.perf_counter()
            queued = env["loyalty.club.message"]._club_queue_query(world.campaign(turn))
            cr.commit()
            seconds["queue"].append(time.perf_counter() - started)
        if queued != args.messages:
            raise SystemExit(f"{queued} messages were queued instead of {args.messages}")
    with world.cursor() as cr:  # what is sent comes from a campaign
        cr.execute("TRUNCATE loyalty_club_message, bench_message CASCADE")
    ours, bare, copy = (min(seconds[label]) for label in ("queue", "bare", "copy"))
    figures["queueing"] = {
        "seconds": round(ours, 2),
        "bare_seconds": round(bare, 2),
        "without_references_seconds": round(copy, 2),
        "time / bare SQL without references": round(ours / copy, 2),
        "messages": args.messages,
    }
    bars["queueing, time / bare SQL"] = at_most(ours / bare, 3)


def preparing(world, args, _port, bars, figures):
    """A whole campaign from the button to the last message in the queue: count, choose, queue, note whose it is."""
    with world.cursor() as cr:
        env = world.environment(cr)
        campaign = world.draft(env)
        started = time.perf_counter()
        campaign._club_count()
        counted = time.perf_counter() - started
        campaign._club_confirm()
        while campaign._club_prepare(STEP):
            cr.commit()
        cr.commit()
        seconds = time.perf_counter() - started
        if campaign.reach_count != args.messages:
            raise SystemExit(f"the campaign was to reach {campaign.reach_count}")
    _vacuum(world)
    figures["campaign"] = {"counted_seconds": round(counted, 2), "prepared_seconds": round(seconds - counted, 2)}


@contextmanager
def clicks(world):
    command = [sys.executable, str(HERE / "parts" / "code_clicks.py"), "--db", world.db]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdout.readline().strip() != "ready":
        raise SystemExit("nobody asks for codes: the process did not start")
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait()


def bare_loop(world, args, port):
    """Seconds of the same calls in a bare loop of requests, with the rows read from the database before."""
    with world.cursor() as cr:
        cr.execute("SELECT mobile FROM loyalty_club_member WHERE club_id = %s ORDER BY id", [world.ids["club"]])
        numbers = [row[0] for row in cr.fetchall()]
    started = time.perf_counter()
    for start in range(0, len(numbers), CALL):
        form = {"receptor": ",".join(numbers[start : start + CALL]), "message": TEXT, "sender": "10008"}
        requests.post(f"http://127.0.0.1:{port}/v1/bench/sms/send.json", data=form, timeout=20).json()
    return time.perf_counter() - started


def dispatch(world):
    """Send the campaign: (seconds, growth of memory in MiB after its first fifth)."""
    with world.cursor() as cr:
        env = world.environment(cr)
        message, sizes = env["loyalty.club.message"], []
        make_call = type(message)._club_make_call

        def watched(self, run, route, letters):
            sizes.append(anonymous_memory())
            return make_call(self, run, route, letters)

        type(message)._club_make_call = watched
        try:
            started = time.perf_counter()
            message._club_dispatch("campaign")
            seconds = time.perf_counter() - started
        finally:
            type(message)._club_make_call = make_call
    return seconds, max(sizes) - sizes[len(sizes) // 5]


def core_path(world, args, port, before):
    """Messages a second of core's queue with a gateway that takes one message a call, as core's Twilio does."""
    from odoo.addons.sms.tools.sms_api import SmsApiBase

    class OneByOne(SmsApiBase):
        def _send_sms_batch(self, messages, delivery_reports_url=False):
            answers = []
            for message in messages:
                for number in message["numbers"]:
                    form = {"receptor": number["number"], "message": message["content"], "sender": "10008"}
                    requests.post(f"http://127.0.0.1:{port}/v1/bench/sms/send.json", data=form, timeout=20).json()
                    answers.append({"uuid": number["uuid"], "state": "sent"})
            return answers

    with world.cursor() as cr:
        env = world.environment(cr)
        env["res.company"].browse(world.ids["company"]).club_gateway_id = False  # ours would take them, in a few calls
        texts = [{"number": f"+98936{number:07d}", "body": TEXT} for number in range(args.core)]
        messages = env["sms.sms"].create(texts)
        started = time.perf_counter()
        messages.with_context(sms_api=OneByOne(env))._send()
        seconds = time.perf_counter() - started
        cr.rollback()
    if requests.get(f"http://127.0.0.1:{port}/seen", timeout=20).json()["calls"] != before + args.core:
        raise SystemExit("core did not make a call for each message")
    return args.core / seconds


def sending(world, args, port, bars, figures):
    """The bare loop, the campaign with codes in between, and core, one after the other."""
    seen = f"http://127.0.0.1:{port}/seen"
    bare = bare_loop(world, args, port)
    requests.delete(seen, timeout=20)
    with clicks(world) as process, tempfile.TemporaryDirectory() as folder:
        stop = Path(folder) / "stop"
        order = {"stop": str(stop), "every": args.every, "club": world.ids["club"], "tag": "code"}
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        seconds, growth = dispatch(world)
        stop.touch()
        clicked = json.loads(process.stdout.readline())
    arrived = requests.get(seen, timeout=20).json()
    came = {text: at for at, text in arrived["singles"]}
    missing = set(clicked) - set(came)
    if arrived["messages"] != args.messages + len(clicked) or arrived["people"] != arrived["messages"] or missing:
        raise SystemExit(f"the gateway got {arrived['messages']} messages for {arrived['people']} people: {missing}")
    waits = [came[text] - at for text, at in clicked.items()]
    core = core_path(world, args, port, arrived["calls"])
    figures["sending"] = {
        "per_s": round(args.messages / seconds),
        "bare_per_s": round(args.messages / bare),
        "core_per_s": round(core, 1),
        "times core": round(args.messages / seconds / core),
        "calls": arrived["calls"] - len(clicked),
    }
    figures["codes"] = {"count": len(waits), "p95_s": round(percentile(waits, 0.95), 3), "max_s": round(max(waits), 3)}
    bars["sending, rate / bare loop"] = at_least(bare / seconds, 0.5)
    bars["a code reaches the gateway, p95 s"] = at_most(percentile(waits, 0.95), 2)
    bars["growth of memory, MiB"] = at_most(growth, 20)


def verify(world, args, _port, bars, figures):
    """Every member has one message that was sent."""
    with world.cursor() as cr:
        cr.execute("SELECT state, count(*) FROM loyalty_club_message WHERE lane = 'campaign' GROUP BY state")
        states = dict(cr.fetchall())
    if states != {"sent": args.messages}:
        raise SystemExit(f"the campaign's messages are {states}")


def main():
    args = arguments()
    start_odoo()
    bars, figures = {}, {}
    with ExitStack() as stack:
        port = stack.enter_context(server(args.delay))
        world = Crowd(stack.enter_context(database(TEMPLATE, "bench_messages")), args.messages)
        world.fill(args.seed, port)
        settle()
        for part in (queueing, preparing, sending, verify, *faulty.PASSES):
            started = time.monotonic()
            part(world, args, port, bars, figures)
            say(f"{part.__name__}: {time.monotonic() - started:.0f} s")
    sizes = {name: getattr(args, name) for name in ("messages", "delay", "every", "seed")}
    return report("messages", bars, figures, sizes, args.json)


if __name__ == "__main__":
    sys.exit(main())
