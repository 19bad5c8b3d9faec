"""Batches of gift cards beside the bare SQL that writes the same rows: making the cards, and activating them at once.

One process, one copy of the template; each pair is measured in turn. docs/performance.md explains the figures.
"""

import argparse
import sys
import time

from common import TEMPLATE, at_most, database, report

#: The rows of the cards alone, written by one statement.
BARE_CARDS = """
    INSERT INTO loyalty_club_gift (serial, last_four, code_hash, has_pin, legacy, kind, club_id, program_id, value,
           paid, state, valid_days, valid_months, percent, max_amount, uses, state_at)
    SELECT 'B' || n, 'AAAA', encode(sha256(n::text::bytea), 'hex'), FALSE, FALSE, 'gift', %(club)s, %(program)s, 50, 0,
           'stock', 0, 0, 0, 0, 0, now() FROM generate_series(1, %(count)s) n"""


def arguments():
    parser = argparse.ArgumentParser(prog="./club bench gifts", description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000, metavar="N", help="cards of each batch")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    return parser.parse_args()


def say(text):
    print(f"[club] {text}", file=sys.stderr, flush=True)


def timed(label, work):
    started = time.monotonic()
    result = work()
    seconds = time.monotonic() - started
    say(f"{label}: {seconds:.1f} s")
    return result, seconds


def measure(env, count):
    """Seconds by name."""
    from odoo.addons.loyalty_club.models.club_gift_make import STEP
    from odoo.addons.loyalty_club.tools.sheet import to_csv

    club = env["loyalty.club"].create({"name": "Bench", "country_id": env.ref("base.ir").id})
    program = club._club_ensure_program("gift")
    Batch = env["loyalty.club.gift.batch"]
    values = {"club_id": club.id, "quantity": count, "value": 50}
    env.cr.commit()
    seconds = {}
    stock = Batch.create({"name": "Stock", **values})
    drawn, seconds["make"] = timed("cards and codes made", stock._club_hand_out)
    _file, seconds["file"] = timed("file written", lambda: to_csv(env["loyalty.club.gift"]._club_sheet_rows(drawn)))
    env.cr.commit()
    inputs = {"club": club.id, "program": program.id, "count": count}
    _done, seconds["bare"] = timed("bare SQL rows", lambda: env.cr.execute(BARE_CARDS, inputs))
    env.cr.rollback()
    now = Batch.create({"name": "Now", "activation": "now", **values})
    now._club_hand_out()
    env.cr.commit()

    def activate():
        while now.state == "running":
            now._club_activate(STEP)
            env.cr.commit()

    _done, seconds["activate"] = timed("cards activated in the background's pages", activate)
    return seconds


def main():
    args = arguments()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["--no-http", "--max-cron-threads=0", "--log-level=error"], setup_logging=True)
    with database(TEMPLATE, "bench_gifts") as name, Registry(name).cursor() as cr:
        seconds = measure(api.Environment(cr, SUPERUSER_ID, {}), args.cards)
    scale = args.cards / 100_000
    bars = {"make_s_per_100000": at_most(seconds["make"] / scale, 60)}
    figures = {f"{key}_s": round(value, 2) for key, value in seconds.items()}
    figures["activate_s_per_100000"] = round(seconds["activate"] / scale, 1)
    figures["make_by_bare"] = round(seconds["make"] / seconds["bare"], 2)
    return report("gifts", bars, figures, {"cards": args.cards}, args.json)


if __name__ == "__main__":
    sys.exit(main())
