"""Every fault that docs/field-bugs-tests.md says is tested has tests of these names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"C": "loyalty_club", "P": "loyalty_club_pos", "S": "loyalty_club_sale"}
#: The rows of our list that are about stored value.
WANTED = {4, 5, *range(12, 20), 23, 25, 26, 27, *range(29, 35), 43, 46, 48}


def rows():
    """(row, folder, file, names) of every reference in the table; no names: the whole file is about it."""
    for line in (ROOT / "docs" / "field-bugs-tests.md").read_text().splitlines():
        found = re.match(r"\| (\d+) \|[^|]*\|(.*)\|$", line)
        for part in found[2].split("·") if found else ():
            names = re.sub(r"[CPS] `\w+`,?", "", part)
            for folder, file in re.findall(r"([CPS]) `(\w+)`", part):
                yield int(found[1]), folder, file, [name.strip() for name in names.split(",") if name.strip()]


def test_a_fault_is_said_to_be_tested_and_is_not():
    missing = []
    for row, folder, file, names in rows():
        path = ROOT / FOLDERS[folder] / "tests" / f"{file}.py"
        text = path.read_text() if path.exists() else ""
        wanted = [f"def test_{name}(" for name in names] or ["def test_"]
        missing += [(row, folder, file, name) for name in wanted if name not in text]
    assert not missing


def test_a_fault_of_stored_value_has_no_row():
    assert {row for row, *_ in rows()} >= WANTED
