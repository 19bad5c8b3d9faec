"""Print one closing line for several pytest runs, in pytest's own words, and judge them together.

    test_sum.py sum FOLDER SECONDS [pytest arguments]
    test_sum.py failed FILE        the tests of one run that failed, one per line

FOLDER holds what dev/pytest_club.py wrote, one file per run; a second run (NAME-again) overrules the first.
"""

import json
import sys
from collections import Counter
from pathlib import Path

WORDS = ["failed", "passed", "skipped", "xfailed", "xpassed", "error"]


def failed(path):
    tests = json.loads(Path(path).read_text())["tests"]
    sys.stdout.writelines(name + "\n" for name, test in tests.items() if test["outcome"] in ("failed", "error"))


def load(folder):
    """The runs, and the last outcome of every test."""
    paths = sorted(Path(folder).glob("*.json"), key=lambda path: path.stem.endswith("-again"))
    runs = [json.loads(path.read_text()) for path in paths]
    return runs, {name: test["outcome"] for run in runs for name, test in run["tests"].items()}


def total_line(folder, seconds, *arguments):
    runs, outcomes = load(folder)
    counts = Counter(outcomes.values())
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
    sys.exit({"sum": total_line, "failed": failed}[sys.argv[1]](*sys.argv[2:]))
