"""Speed of paying with stored value: an amount is set aside, then captured, each in a transaction of its own.

Several processes spend at once, in turns through our code and in bare SQL that writes the same rows, on members of
their own and all on one account; then a server with several workers is asked over HTTP. docs/performance.md explains.
"""

import argparse
import json
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

from common import TEMPLATE, at_least, at_most, database, report, summary
from parts import doomed, past
from parts.world import _vacuum, build
from till import say, settle, start_odoo

HERE = Path(__file__).parent


def arguments():
    parser = argparse.ArgumentParser(prog="./club bench spend", description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--postings", type=int, default=10_000_000, metavar="N", help="postings of the past in all")
    parser.add_argument("--processes", type=int, default=4, metavar="N", help="tills that spend at the same time")
    parser.add_argument("--seconds", type=float, default=5, metavar="S", help="length of a turn")
    parser.add_argument("--turns", type=int, default=5, metavar="N", help="turns of each kind")
    parser.add_argument("--payments", type=int, default=400, metavar="N", help="payments over HTTP")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="workers of the server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    args = parser.parse_args()
    if args.members < 1000 * args.processes:
        parser.error("--members must be at least a thousand for each process, so that members are distinct")
    return args


def make_world(stack, args):
    started = time.monotonic()
    name = stack.enter_context(database(TEMPLATE, "bench_spend"))
    world = build(name, True, args.members, args.seed)
    with world.cursor() as cr:
        past.fill(world.environment(cr), world, args.seed, max(1, args.postings // args.members))
        program, branch = world.ids["program"], world.ids["branch"]
        key = (program, "redeem", branch)
        world.ids["redeem"] = world.environment(cr)["loyalty.club.account"]._club_system_accounts({key})[key]
    _vacuum(world)
    say(f"database with {args.members:,} members made in {time.monotonic() - started:.0f} s")
    return world


class Tills:
    """The processes that spend."""

    def __init__(self, world, count):
        ids = json.dumps({name: world.ids[name] for name in ("club", "branch", "company", "redeem")})
        command = [sys.executable, str(HERE / "parts" / "spender.py"), "--db", world.db, "--ids", ids]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _till in range(count)
        ]
        for process in self.processes:
            assert process.stdout.readline().strip() == "ready"

    def turn(self, way, accounts, seconds, tag):
        """All spend at once; payments per second. ``accounts``: a list of ids for each process."""
        for number, (process, mine) in enumerate(zip(self.processes, accounts, strict=True)):
            order = {"way": way, "accounts": mine, "seconds": seconds, "tag": f"bench:{tag}:{number}"}
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for process in self.processes]
        return sum(answer["count"] / answer["seconds"] for answer in answers), sum(a["count"] for a in answers)

    def close(self):
        for process in self.processes:
            process.stdin.close()
            process.wait()


@contextmanager
def tills(world, count):
    made = Tills(world, count)
    try:
        yield made
    finally:
        made.close()


def _triggers(world, change):
    """Our triggers do what the bare statements do themselves; references and constraints stay as they are."""
    with world.cursor() as cr:
        for table in doomed.OURS:
            cr.execute(f"ALTER TABLE {table} {change} TRIGGER USER")


def rates(world, args, bars, figures):
    """Our way and the bare one take turns; ours on the first half of the members, the bare one on the second."""
    first, half, share = world.ids["loyalty_club_account"], world.count // 2, world.count // 2 // args.processes
    spent = 0
    with tills(world, args.processes) as group:
        for name, bar in (("distinct members", 1 / 3), ("one hot account", 1 / 2)):
            seen = {"ours": [], "bare": []}
            for turn in range(args.turns):
                for way, offset in (("ours", 0), ("bare", half)):
                    accounts = [[first + offset]] * args.processes
                    if name == "distinct members":
                        # each process walks through members of its own and never meets one again
                        accounts = [
                            list(range(first + offset + 1 + till * share, first + offset + till * share + share))
                            for till in range(args.processes)
                        ]
                        accounts = [mine[turn * len(mine) // args.turns :][:5000] for mine in accounts]
                    if way == "bare":
                        _triggers(world, "DISABLE")
                    rate, count = group.turn(way, accounts, args.seconds, f"{name[:3]}:{way}:{turn}")
                    seen[way].append(rate)
                    _triggers(world, "ENABLE")
                    spent += count if way == "ours" else 0
            best = {way: sorted(values)[len(values) // 2] for way, values in seen.items()}
            figures[f"{name}, payments/s"] = {way: round(rate, 1) for way, rate in best.items()}
            bars[f"{name}, rate / bare SQL"] = at_least(best["ours"] / best["bare"], bar)
    return spent


def verify(world, spent):
    """What our way spent is what is gone from the members it spent of, and nothing is held any more."""
    with world.cursor() as cr:
        cr.execute(
            """SELECT sum(held)::text, sum(balance)::text,
                      (SELECT sum(remaining)::text FROM loyalty_club_lot
                        WHERE account_id >= %(first)s AND account_id < %(end)s),
                      (SELECT count(*)::text FROM loyalty_club_posting p
                         JOIN loyalty_club_entry e ON e.id = p.entry_id AND e.kind = 'redeem'
                        WHERE p.account_id >= %(first)s AND p.account_id < %(end)s)
                 FROM loyalty_club_account WHERE id >= %(first)s AND id < %(end)s""",
            {
                "first": world.ids["loyalty_club_account"],
                "end": world.ids["loyalty_club_account"] + world.count // 2,
            },
        )
        held, balance, lots, redeemed = map(Decimal, cr.fetchone())
    if held or balance != lots or redeemed != spent:
        raise SystemExit(f"the ledger is wrong: held {held}, balance {balance}, lots {lots}, {redeemed} of {spent}")


def over_http(world, args, bars, figures):
    from parts import server

    with server.running(world, args.workers) as address:
        for tills_at_once in (1, args.workers):
            seconds = server.pay(address, world, args.payments, tills_at_once)
            figures[f"over HTTP, {tills_at_once} till(s) at once"] = summary(seconds)
    bars["hold + capture over HTTP, p95 in ms"] = at_most(summary(seconds)["p95_ms"], 150)


def main():
    args = arguments()
    start_odoo()
    bars, figures = {}, {}
    with ExitStack() as stack:
        world = make_world(stack, args)
        settle()
        verify(world, rates(world, args, bars, figures))
        over_http(world, args, bars, figures)
    sizes = {name: value for name, value in vars(args).items() if name != "json"}
    return report("spend", bars, figures, sizes, args.json)


if __name__ == "__main__":
    sys.exit(main())
