"""Print one closing line for several pytest runs, in pytest's own words, and judge them together.

Usage: test_sum.py FOLDER SECONDS [pytest arguments]. FOLDER holds what dev/pytest_club.py wrote, one file per run.
"""

import json
import sys
from collections import Counter
from pathlib import Path

WORDS = ["failed", "passed", "skipped", "xfailed", "xpassed", "error"]


def main(folder, seconds, *arguments):
    runs = [json.loads(path.read_text()) for path in sorted(Path(folder).glob("*.json"))]
    counts = Counter(test["outcome"] for run in runs for test in run["tests"].values())
    total = sum(counts.values())
    broken = [run for run in runs if run["exit"] not in (0, 1, 5)]
    if total and (len(runs) > 1 or Path(folder, "core.json").exists()):
        parts = [f"{counts[word]} {word}" for word in WORDS if counts[word]]
        print(f" {', '.join(parts)} in {float(seconds):.2f}s ".center(80, "="))
    elif not total and arguments:
        print("no test matches: " + " ".join(arguments), file=sys.stderr)
        return 1
    elif not total:
        print("there are no tests yet", file=sys.stderr)
    return 1 if broken or counts["failed"] or counts["error"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
