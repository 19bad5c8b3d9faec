"""Speed of the till beside Odoo alone: whole orders, look-up, opening, and the ledger's door.

Odoo alone and our addons run interleaved in one process on copies of the two templates, at a small and a large size,
so that a busy machine slows both; bars are ratios. docs/performance.md explains the figures.
"""

import argparse
import gc
import logging
import random
import sys
import time
from contextlib import ExitStack

from common import CORE_TEMPLATE, TEMPLATE, database, report
from parts import door, lookup, opening, orders
from parts.world import build


def arguments():
    parser = argparse.ArgumentParser(prog="./club bench till", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, metavar="N", help="customers at the small size")
    parser.add_argument("--large", type=int, default=1_000_000, metavar="N", help="customers at the large size")
    parser.add_argument("--orders", type=int, default=150, metavar="N", help="orders of each kind in each database")
    parser.add_argument("--openings", type=int, default=40, metavar="N", help="openings of the till in each database")
    parser.add_argument("--lookups", type=int, default=500, metavar="N", help="look-ups of each kind")
    parser.add_argument("--movements", type=int, default=100_000, metavar="N", help="movements through the door")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    args = parser.parse_args()
    if not args.movements <= args.large:
        parser.error("--movements cannot be more than --large: each goes to an account of its own")
    return args


def say(text):
    print(f"[club] {text}", file=sys.stderr, flush=True)


def start_odoo():
    from odoo.tools import config

    config.parse_config(["--no-http", "--max-cron-threads=0", "--log-level=error"], setup_logging=True)
    logging.getLogger("odoo.addons.point_of_sale").setLevel(logging.ERROR)


def worlds(stack, args):
    """Odoo alone and ours, small and large."""
    made = []
    for count in (args.small, args.large):
        for ours, template in ((False, CORE_TEMPLATE), (True, TEMPLATE)):
            started = time.monotonic()
            name = stack.enter_context(database(template, f"bench_{'ours' if ours else 'core'}_{count}"))
            made.append(build(name, ours, count, args.seed))
            say(f"database {made[-1].label} customers made in {time.monotonic() - started:.0f} s")
    return made


def settle():
    """What was made so far will stay: keep the collector of garbage from walking it in the middle of an order."""
    gc.collect()
    gc.freeze()


def main():
    args = arguments()
    start_odoo()
    bars, figures = {}, {}
    with ExitStack() as stack:
        made = worlds(stack, args)
        settle()
        chance = random.Random(args.seed)
        for part in (orders, opening, lookup, door):
            started = time.monotonic()
            part.run(made, args, chance, bars, figures)
            say(f"{part.__name__.rpartition('.')[2]} measured in {time.monotonic() - started:.0f} s")
    sizes = {name: value for name, value in vars(args).items() if name != "json"}
    return report("till", bars, figures, sizes, args.json)


if __name__ == "__main__":
    sys.exit(main())
