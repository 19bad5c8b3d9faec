"""Check the translations: readable, nothing fuzzy or obsolete, placeholders kept, Persian complete, template in step.

Usage: po_check.py ROOT. Looks at i18n/*.po and *.pot of every addon.
"""

import re
import sys
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%\(\w+\)[sdifr]|%[sdif]|\{\w*\}|<\w+[^>]*>")
COMPLETE = {"fa"}


def placeholders(text):
    """What must survive a translation, tags by name only (their attributes may be translated)."""
    found = [re.match(r"<\w+", part).group() if part.startswith("<") else part for part in PLACEHOLDER.findall(text)]
    return sorted(found)


def entry_faults(entry, complete):
    if entry.obsolete:
        yield "obsolete entry"
    elif entry.fuzzy:
        yield "fuzzy entry"
    elif not entry.msgstr:
        if complete:
            yield "not translated"
    elif placeholders(entry.msgid) != placeholders(entry.msgstr):
        yield f"placeholders differ: {placeholders(entry.msgid)} and {placeholders(entry.msgstr)}"


def file_faults(path):
    try:
        catalogue = polib.pofile(str(path), check_for_duplicates=True)
    except (OSError, ValueError) as error:
        yield f"{path}: {error}"
        return
    for entry in catalogue:
        for fault in entry_faults(entry, path.stem in COMPLETE):
            yield f"{path}:{entry.linenum}: {fault}: {entry.msgid[:60]!r}"
    template = next(path.parent.glob("*.pot"), None)
    if template and path.stem in COMPLETE:
        missing = {entry.msgid for entry in polib.pofile(str(template))} - {entry.msgid for entry in catalogue}
        for msgid in sorted(missing):
            yield f"{path}: in the template but not here: {msgid[:60]!r}"


def main(root):
    faults = [fault for path in sorted(Path(root).glob("loyalty_club*/i18n/*.po")) for fault in file_faults(path)]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
