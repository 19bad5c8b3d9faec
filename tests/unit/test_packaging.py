"""Each addon is an Odoo addon and a Python package of the same name, so that either way of installing it works."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("loyalty_club*/__manifest__.py"))


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_addon_is_a_package(addon):
    text = (addon / "pyproject.toml").read_text()
    assert re.search(r'build-backend\s*=\s*"whool.buildapi"', text)
    assert re.search(r'requires\s*=\s*\["whool"\]', text)
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    assert manifest["version"].startswith("19.0."), "whool takes the Odoo series from the version"
    assert manifest["license"] == "LGPL-3"


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_every_file_the_manifest_names_exists(addon):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    named = [*manifest.get("data", []), *manifest.get("demo", [])]
    assert [name for name in named if not (addon / name).is_file()] == []
