"""Pytest plugin of this repository: Odoo's rules of what is a test, our choice of tests, and counts for the sum.

It complements pytest-odoo, which makes pytest run Odoo's test classes. It does not import odoo itself, so that the
tests without a database can use it too. The environment says what to do:

- CLUB_SELECT: "odoo" (all of ours but the following), "attack" (tests/attack), "tours", "together" (till and sale
  orders in one database), "core" (Odoo's own suites) or "named" (what the arguments name)
- CLUB_SHARD: "0/2" runs every second test, beginning with the first
- CLUB_RESULTS: file that receives the outcome of every test as JSON
- CLUB_PROGRESS: file that receives a line per finished test
"""

import json
import logging
import os
import re
from pathlib import Path

import loopback
import pytest

OURS = re.compile(r"loyalty[_.]club")
TOUR_TAG = "club_tour"
# tests that commit for real; they run last because they leave traces in the run's database
REAL_TAG = "club_real"
# tests that need modules of core beside those that our addons depend on
TOGETHER_TAG = "club_together"


class OurLog(logging.Handler):
    """Keeps the warnings and errors that our addons log."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        # what the page logs is judged by Odoo's browser test itself
        if record.name.endswith(".browser"):
            return
        text = logging.Formatter("%(levelname)s %(name)s: %(message)s").format(record)
        if OURS.search(f"{record.pathname} {text}"):
            self.texts.append(text)


OUR_LOG = OurLog()
OUTCOMES = {}
ORDER = ["passed", "skipped", "xfailed", "xpassed", "failed", "error"]


def tags(item):
    return getattr(getattr(item, "cls", None), "test_tags", None) or set()


def is_tour(item):
    return TOUR_TAG in tags(item) or Path(str(item.path)).name.endswith("_tour.py")


def odoo_would_run(item):
    """Odoo runs a class where it is defined, with its own methods only, if it is tagged standard."""
    cls = getattr(item, "cls", None)
    if cls is None or not tags(item):
        return True
    if cls.__module__ != item.module.__name__:
        return False
    if item.originalname not in vars(cls) and not getattr(cls, "allow_inherited_tests_method", False):
        return False
    return bool({"standard", TOUR_TAG, REAL_TAG, TOGETHER_TAG} & tags(item))


def kind_of(item):
    if TOGETHER_TAG in tags(item):
        return "together"
    return "tours" if is_tour(item) else "odoo"


def pytest_collection_modifyitems(config, items):
    select = os.environ.get("CLUB_SELECT")
    if not select:
        return
    chosen = [item for item in items if odoo_would_run(item)]
    if select in ("odoo", "tours", "together"):
        chosen = [item for item in chosen if kind_of(item) == select]
    chosen.sort(key=lambda item: REAL_TAG in tags(item))
    if select == "core":
        chosen = core_share(chosen)
    dropped = set(items) - set(chosen)
    if dropped:
        config.hook.pytest_deselected(items=list(dropped))
    items[:] = chosen


def core_share(items):
    """This worker's share; Odoo's JavaScript unit tests are cut down to the suite of pos_loyalty."""
    for item in items:
        if item.cls.__name__ == "WebSuite":
            item.cls._test_params = [("+", "@pos_loyalty")]
    index, count = map(int, os.environ.get("CLUB_SHARD", "0/1").split("/"))
    return items[index::count]


def wanted_bundles(names, unit_tests):
    """Of Odoo's bundles those that tours open; the JavaScript unit tests have two of their own."""
    unused = re.compile(r"_dark$|_print$|_debug$|\.tests_assets$|public|^spreadsheet|^api_doc")
    return sorted(name for name in names if not unused.search(name) and (unit_tests or "unit_tests" not in name))


@pytest.fixture(scope="session", autouse=True)
def asset_bundles(request):
    """Make Odoo's bundles once and commit them: otherwise every browser test makes them again in its transaction.

    It takes a quarter of a minute, which a single test does not earn back. What no test opens is left out.
    """
    browser = [item for item in request.session.items if is_tour(item) or "TestUi" in item.nodeid]
    if len(browser) < 4:
        return
    request.getfixturevalue("load_registry")
    import odoo

    with odoo.modules.registry.Registry(odoo.tests.common.get_db_name()).cursor() as cr:
        qweb = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})["ir.qweb"]
        unit_tests = any("WebSuite" in item.nodeid for item in request.session.items)
        scripts, styles = qweb._get_bundles_to_pregenarate()
        for bundle in wanted_bundles(scripts, unit_tests):
            qweb._get_asset_bundle(bundle, css=False, js=True).js()
        for bundle in wanted_bundles(styles, unit_tests):
            qweb._get_asset_bundle(bundle, css=True, js=False).css()


def pytest_configure():
    if os.environ.get("CLUB_SELECT") != "core":
        loopback.guard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    yield from nothing_left_this_machine()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    yield from nothing_left_this_machine()


def nothing_left_this_machine():
    """Around a phase of a test: it fails when anything reached for an address outside of loopback."""
    result = yield
    tried = loopback.taken()
    if tried:
        pytest.fail("reached for " + ", ".join(tried), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if OUR_LOG not in logging.getLogger().handlers:
        logging.getLogger().addHandler(OUR_LOG)
    OUR_LOG.texts.clear()
    result = yield from nothing_left_this_machine()
    if OUR_LOG.texts and os.environ.get("CLUB_SELECT") != "core":
        pytest.fail("our addons logged:\n" + "\n".join(OUR_LOG.texts), pytrace=False)
    return result


def pytest_runtest_logreport(report):
    outcome = report.outcome
    if hasattr(report, "wasxfail"):
        outcome = "xfailed" if outcome == "skipped" else "xpassed"
    elif outcome == "failed" and report.when != "call":
        outcome = "error"
    if report.when != "call" and outcome == "passed":
        return
    before = OUTCOMES.get(report.nodeid, {"outcome": "passed", "seconds": 0})
    OUTCOMES[report.nodeid] = {
        "outcome": max(before["outcome"], outcome, key=ORDER.index),
        "seconds": round(before["seconds"] + report.duration, 2),
    }
    if os.environ.get("CLUB_PROGRESS"):
        with Path(os.environ["CLUB_PROGRESS"]).open("a") as progress:
            progress.write(f"{outcome} {report.nodeid}\n")


def pytest_sessionfinish(session, exitstatus):
    target = os.environ.get("CLUB_RESULTS")
    if target:
        Path(target).write_text(json.dumps({"exit": int(exitstatus), "tests": OUTCOMES}))
