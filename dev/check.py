"""./club check: prove the invariants of the ledger in one database; exit 1 if one fails.

With ``--seals FILE`` also compare the seals that were kept outside; with ``--export-seals FILE`` write them there.
"""

import argparse
import json
import sys
from pathlib import Path

from odoo_db import environment


def main() -> int:
    parser = argparse.ArgumentParser(prog="./club check")
    parser.add_argument("--db", required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seals", metavar="FILE", type=Path, help="seals that were kept outside, a line for each")
    parser.add_argument("--export-seals", metavar="FILE", type=Path, help="write all seals of this database to a file")
    options = parser.parse_args()
    lines = None
    if options.seals:
        try:
            lines = options.seals.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            print(f"{options.seals} cannot be read: {error}; give the file of seals as it was kept")
            return 1
    with environment(options.db) as env:
        if "loyalty.club.check" not in env:
            print(f"{options.db} has no Loyalty Club installed; install loyalty_club there, or name another with --db")
            return 1
        result = env["loyalty.club.check"]._club_check()
        if lines is not None:
            add_seals(env, result, lines)
        if options.export_seals:
            kept = env["loyalty.club.seal"]._club_all()._club_lines()
            options.export_seals.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
            result["figures"]["seals written"] = len(kept)
    if options.json:
        print(json.dumps(result, default=str))
    else:
        show(result)
    return 0 if result["ok"] else 1


def add_seals(env, result: dict, lines: list[str]) -> None:
    """What the seals that were kept outside say, as one more invariant of ``result``."""
    from odoo.exceptions import UserError  # there is no Odoo before the environment

    try:
        result["figures"]["seals compared"], named = env["loyalty.club.seal"]._club_compare(lines)
    except UserError as error:
        named = [str(error)]
    if not named and not result["figures"]["seals compared"]:
        named = ["The file has no seal in it. Give the file as it was kept."]
    if named:
        rule = "The seals that were kept outside are still in the database."
        result["ok"] = False
        result["failures"].append(
            {"invariant": "kept", "rule": rule, "count": len(named), "rows": named, "named": named}
        )


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
