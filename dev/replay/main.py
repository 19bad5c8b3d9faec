"""./club replay: real baskets through real orders on a fresh database, with a reconciliation."""

import argparse
import json

from odoo_db import environment

from replay import run, shop
from replay.compare import table


def arguments(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./club replay", description=__doc__)
    parser.add_argument("--db", required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--households", type=household_count, default=30, metavar="N", help="how many households (default 30)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return parser.parse_args(argv)


def household_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 2469:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 2469")
    return int(text)


def report(outcome: run.Outcome) -> str:
    """The whole reconciliation for people."""
    figures = outcome.as_json()
    return "\n".join(
        [
            *table(outcome.rows),
            "",
            f"{outcome.orders:,} orders with {outcome.lines:,} lines of {outcome.households:,} households in "
            f"{outcome.stores:,} stores; {figures['orders_per_s']} orders per second",
            f"{outcome.coupons:,} coupons of the data taken off, {outcome.named_coupons:,} of them its redemptions",
            f"made up (the data has none): {outcome.spending:,} visits that spend points, "
            f"{outcome.payments:,} payments with credit and gift cards, {outcome.returns:,} returns",
            f"mismatches between the ledger and the second calculation: {len(outcome.mismatches)}",
            f"check of the ledger: {figures['check']}",
        ]
    )


def main() -> int:
    args = arguments()
    with environment(args.db) as env:
        run.say(f"a club and its tills in database {args.db}")
        place = shop.Shop(env, shop.new_club(env, "Replay"), shop.new_cashier(env))
        outcome = run.replay(place, args.households, lambda: run.check_ledger(env))
    if args.json:
        print(
            json.dumps(
                {**outcome.as_json(), **({} if outcome.ok else {"rows": [vars(row) for row in outcome.mismatches]})}
            )
        )
    else:
        print(report(outcome))
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
