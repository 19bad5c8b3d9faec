"""./club check: prove the invariants of the ledger in one database; exit 1 if one fails."""

import argparse
import json
import sys

from odoo_db import environment


def main() -> int:
    parser = argparse.ArgumentParser(prog="./club check")
    parser.add_argument("--db", required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with environment(options.db) as env:
        if "loyalty.club.check" not in env:
            print(f"{options.db} has no Loyalty Club installed; install loyalty_club there, or name another with --db")
            return 1
        result = env["loyalty.club.check"]._club_check()
    if options.json:
        print(json.dumps(result, default=str))
    else:
        show(result)
    return 0 if result["ok"] else 1


def show(result: dict) -> None:
    """Print the result for a person."""
    print(", ".join(f"{count} {name}" for name, count in result["figures"].items()))
    for failure in result["failures"]:
        found = "1 offender" if failure["count"] == 1 else f"{failure['count']} offenders"
        shown = ":" if failure["count"] == len(failure["named"]) else ", for example:"
        print(f"BROKEN {failure['invariant']}: {failure['rule']} {found}{shown}")
        for text in failure["named"]:
            print("   ", text)
    print("check: ok" if result["ok"] else "check: FAILED; do not edit the tables, see docs/operations.md")


if __name__ == "__main__":
    sys.exit(main())
