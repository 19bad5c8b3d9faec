"""The examples in the docstrings of tools and rules are true."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    f"{addon}.{folder}.{path.stem}"
    for addon in ("loyalty_club", "loyalty_club_sms")
    for folder in ("rules", "tools")
    for path in (ROOT / addon / folder).glob("*.py")
    if path.stem != "__init__"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_pure_modules_load_without_odoo():
    import sys

    for name in MODULES:
        importlib.import_module(name)
    assert "odoo" not in sys.modules
