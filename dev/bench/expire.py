"""Speed of the expiry job: beside bare SQL that writes the same rows, and what a till feels of it meanwhile.

The job and the bare SQL take turns on members of their own; then a till pays in another process, in turns while the
job runs and while it does not. docs/performance.md explains the figures.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from common import TEMPLATE, at_most, database, report, summary
from parts import doomed, past
from parts.world import _vacuum, build
from till import say, settle, start_odoo

HERE = Path(__file__).parent
TURNS = 5


def arguments():
    parser = argparse.ArgumentParser(prog="./club bench expire", description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--postings", type=int, default=10_000_000, metavar="N", help="postings of the past in all")
    parser.add_argument("--lots", type=int, default=1_000_000, metavar="N", help="lots that expire for the first bar")
    parser.add_argument("--watched", type=int, default=200_000, metavar="N", help="lots that expire while a till pays")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    args = parser.parse_args()
    # two lots of each account die; the job and the bare SQL have accounts of their own
    if not 100 <= args.lots <= args.members or not 100 <= args.watched <= args.lots:
        parser.error("--lots cannot be more than --members, and --watched not more than --lots; at least 100 each")
    return args


class Ranges:
    """Account ids: [job) [bare), chunk by chunk; the watched accounts are among the job's with further lots."""

    def __init__(self, world, args):
        self.first = world.ids["loyalty_club_account"]
        self.half = args.lots // 2
        self.size = -(-self.half // TURNS)

    def job(self, turn):
        return self.first + turn * self.size, min(self.first + (turn + 1) * self.size, self.first + self.half)

    def bare(self, turn):
        start, end = self.job(turn)
        return start + self.half, end + self.half


def make_world(stack, args):
    started = time.monotonic()
    world = build(stack.enter_context(database(TEMPLATE, "bench_expire")), True, args.members, args.seed)
    with world.cursor() as cr:
        env = world.environment(cr)
        # a member keeps lots that live, or a till could take nothing from him
        past.fill(env, world, args.seed, max(6, args.postings // args.members))
        key = (world.ids["program"], "expired", world.ids["branch"])
        redeem = (world.ids["program"], "redeem", world.ids["branch"])
        system = env["loyalty.club.account"]._club_system_accounts({key, redeem})
        world.ids.update(sink=system[key], redeem=system[redeem])
    say(f"database with {args.members:,} members made in {time.monotonic() - started:.0f} s")
    return world


def doom_all(world, start, accounts, chunks, since=doomed.FIRST):
    with world.cursor() as cr:
        doomed.doom(world.environment(cr), start, accounts, chunks, since)
    _vacuum(world)


def anonymous_memory(pid="self"):
    """Memory of a process that is its own, in MiB; 0 when it can't be read."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)


def expire(world, now):
    """Run the job as of ``now``: (lots, seconds, growth of our process and of PostgreSQL's in MiB)."""
    with world.cursor() as cr:
        cr.execute("SELECT pg_backend_pid()")
        backend = cr.fetchone()[0]
        cr.commit()
        before = anonymous_memory(), anonymous_memory(backend)
        started = time.perf_counter()
        count = world.environment(cr)["loyalty.club.entry"]._cron_expire(now=now)
        seconds = time.perf_counter() - started
        after = anonymous_memory(), anonymous_memory(backend)
    return count, seconds, tuple(late - early for early, late in zip(before, after, strict=True))


def beside_bare_sql(world, args, bars, figures):
    """Both expire the same number of lots in turns."""
    ranges = Ranges(world, args)
    doom_all(world, ranges.first, ranges.half, TURNS)
    doom_all(world, ranges.first + ranges.half, ranges.half, TURNS)
    seconds, lots, growth = {"job": [], "bare": []}, 0, []
    for turn in range(TURNS):
        now = doomed.when(turn)
        # bare SQL first: what it leaves is no longer due when the job looks
        with world.cursor() as cr:
            started = time.perf_counter()
            bare = doomed.write_bare(cr, world, *ranges.bare(turn), now)
            seconds["bare"].append(time.perf_counter() - started)
        count, took, grown = expire(world, now)
        if count != bare or not count:
            raise SystemExit(f"the job expired {count} lots, the bare SQL {bare}")
        seconds["job"].append(took)
        growth.append(grown)
        lots += count
    total = {way: sum(values) for way, values in seconds.items()}
    figures[f"{lots:,} lots"] = {
        "seconds": round(total["job"], 2),
        "bare_seconds": round(total["bare"], 2),
        "lots_per_s": round(lots / total["job"]),
        "turns": [round(job / bare, 2) for job, bare in zip(seconds["job"], seconds["bare"], strict=True)],
    }
    bars["expiry, time / bare SQL"] = at_most(total["job"] / total["bare"], 3)
    # the first turn fills the caches of both
    ours, backend = (max(one[side] for one in growth[1:]) for side in (0, 1))
    figures["growth of a turn after the first, MiB"] = {"odoo": round(ours, 1), "postgresql": round(backend, 1)}
    bars["growth of memory in a turn, MiB"] = at_most(max(ours, backend), 20)


@contextmanager
def till(world):
    ids = json.dumps({name: world.ids[name] for name in ("club", "branch", "company", "redeem")})
    process = subprocess.Popen(
        [sys.executable, str(HERE / "parts" / "till_clock.py"), "--db", world.db, "--ids", ids],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdout.readline().strip() != "ready":
        raise SystemExit("the till did not start")
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait()


def paying(process, folder, accounts, tag, work):
    """Seconds of each payment that the till made while ``work`` ran, and what that returned."""
    stop = Path(folder) / tag
    process.stdin.write(json.dumps({"accounts": accounts, "stop": str(stop), "tag": f"bench:{tag}"}) + "\n")
    process.stdin.flush()
    result = work()
    stop.touch()
    return json.loads(process.stdout.readline()), result


def beside_a_till(world, args, bars, figures):
    """The till pays for as long without the job as with it, in turns."""
    ranges = Ranges(world, args)
    # members of the first half have lost two lots to the job; two more of some of them die now
    doom_all(world, ranges.first, args.watched // 2, TURNS, doomed.when(TURNS))
    chance, seen, expired = random.Random(args.seed), {"alone": [], "with job": []}, 0
    with till(world) as process, tempfile.TemporaryDirectory() as folder:
        paying(process, folder, [ranges.first], "warm", lambda: time.sleep(2))
        for turn in range(TURNS):
            customers = [ranges.first + chance.randrange(ranges.half) for _customer in range(5000)]
            chosen = doomed.when(TURNS + turn)
            paid, (count, seconds, _growth) = paying(
                process, folder, customers, f"job{turn}", lambda now=chosen: expire(world, now)
            )
            seen["with job"] += paid
            expired += count
            paid, _none = paying(
                process, folder, customers, f"alone{turn}", lambda as_long=seconds: time.sleep(max(as_long, 1))
            )
            seen["alone"] += paid
    for name, paid in seen.items():
        figures[f"hold + capture {name}"] = {**summary(paid), "payments": len(paid)}
    figures["lots that expired beside the till"] = expired
    ratio = summary(seen["with job"])["p95_ms"] / summary(seen["alone"])["p95_ms"]
    bars["till's p95, with the job / alone"] = at_most(ratio, 1.5)


def verify(world, args):
    """The job's accounts are as the ledger's law wants them, chains included; the bare SQL's are not asked."""
    from odoo.addons.loyalty_club.models.club_check_sql import (  # there are no addons before Odoo started
        CHAIN,
        CHAIN_FROM,
        SIGNED,
    )

    ranges = Ranges(world, args)
    with world.cursor() as cr:
        cr.execute(
            f"""SELECT count(*) FROM (
                    SELECT p.hash, p.balance_after, p.opens_lot, {CHAIN} AS expected,
                           SUM({SIGNED}) OVER chain AS running
                      FROM {CHAIN_FROM}
                     WHERE p.account_id >= %(start)s AND p.account_id < %(end)s
                    WINDOW chain AS (PARTITION BY p.account_id ORDER BY p.seq)) links
                 WHERE (hash <> expected AND NOT opens_lot) OR running <> balance_after""",
            {"start": ranges.first, "end": ranges.first + min(ranges.half, 20_000)},
        )
        broken = cr.fetchone()[0]
        cr.execute(
            """SELECT count(*) FROM loyalty_club_account a JOIN loyalty_card c ON c.id = a.card_id
                WHERE a.id >= %(start)s AND a.id < %(end)s
                  AND (a.held <> 0 OR c.points <> a.balance::float8 OR a.balance <> (
                       SELECT SUM(remaining) FROM loyalty_club_lot l WHERE l.account_id = a.id AND l.remaining > 0))""",
            {"start": ranges.first, "end": ranges.first + ranges.half},
        )
        wrong = cr.fetchone()[0]
    if broken or wrong:
        raise SystemExit(f"the ledger is wrong: {broken} broken links, {wrong} wrong accounts")


def main():
    args = arguments()
    start_odoo()
    bars, figures = {}, {}
    with ExitStack() as stack:
        world = make_world(stack, args)
        settle()
        for part in (beside_bare_sql, beside_a_till):
            started = time.monotonic()
            part(world, args, bars, figures)
            say(f"{part.__name__} measured in {time.monotonic() - started:.0f} s")
        verify(world, args)
    sizes = {name: getattr(args, name) for name in ("members", "postings", "lots", "watched", "seed")}
    return report("expire", bars, figures, sizes, args.json)


if __name__ == "__main__":
    sys.exit(main())
