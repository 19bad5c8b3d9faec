"""Makes the pure parts of the addons importable without Odoo: `loyalty_club` as a bare folder, its models never run."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent


def _folder_only(name: str) -> None:
    """Registers the addon as a package without running its __init__, which imports Odoo."""
    module = ModuleType(name)
    module.__path__ = [str(ROOT / name.replace(".", "/"))]
    sys.modules[name] = module


_folder_only("loyalty_club")
_folder_only("loyalty_club_sms")
_folder_only("loyalty_club_sms.tests")

# a busy machine is no failure; a failing case is printed so that it can be replayed anywhere
settings.register_profile("club", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("club")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


def vectors(name: str) -> list:
    """The cases of tests/vectors/<name>.json."""
    return json.loads((ROOT / "tests" / "vectors" / f"{name}.json").read_text(encoding="utf-8"))["cases"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument `<name>_case` runs once per vector of <name>."""
    for argument in metafunc.fixturenames:
        if argument.endswith("_case"):
            cases = vectors(argument[: -len("_case")])
            ids = [case["name"] if isinstance(case, dict) else repr(case[0]) for case in cases]
            metafunc.parametrize(argument, cases, ids=ids)
