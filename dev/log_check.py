"""Fail when an Odoo log holds warnings or errors that our addons caused.

Usage: log_check.py LOGFILE. Prints the records and exits 1 if there are any. A record counts as ours when its
logger, its message or its traceback names one of our addons; what core logs about itself is core's.
"""

import re
import sys
from pathlib import Path

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): ?(?P<message>.*)$")
OURS = re.compile(r"loyalty[_.]club")


def records(lines):
    """Yield [level, logger, text] with the lines that follow a record (tracebacks) in its text."""
    current = None
    for line in lines:
        match = RECORD.match(line)
        if match:
            if current:
                yield current
            current = [match["level"], match["logger"], match["message"]]
        elif current:
            current[2] += "\n" + line.rstrip("\n")
    if current:
        yield current


def ours(lines):
    for level, logger, text in records(lines):
        if level in ("WARNING", "ERROR", "CRITICAL") and OURS.search(f"{logger} {text}"):
            yield f"{level} {logger}: {text}"


def main(path):
    with Path(path).open(encoding="utf-8", errors="replace") as log:
        found = list(ours(log))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
