"""The tools in dev/ that judge others must not be wrong themselves."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(name):
    spec = importlib.util.spec_from_file_location(f"dev_{name}", ROOT / "dev" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOG = """\
2026-01-02 03:04:05,678 12 INFO db odoo.modules.loading: loading loyalty_club/views/a.xml
2026-01-02 03:04:05,678 12 WARNING db odoo.addons.base.models.x: something of core
2026-01-02 03:04:05,678 12 WARNING db odoo.modules.loading: The model loyalty.club.lot has no access rules
2026-01-02 03:04:05,678 12 ERROR db odoo.sql_db: bad query
Traceback (most recent call last):
  File "/x/loyalty_club/models/club_lot.py", line 3
"""


def test_log_check_sees_ours_and_leaves_core_alone():
    found = list(tool("log_check").ours(LOG.splitlines(keepends=True)))
    assert len(found) == 2
    assert "access rules" in found[0]
    assert "club_lot.py" in found[1]


@pytest.fixture
def addon(tmp_path):
    folder = tmp_path / "loyalty_club"
    (folder / "models").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "__manifest__.py").write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("class A:\n    def f(self):\n        return 1\n", "class A:\n    def f(self):\n        return 2\n", False),
        ("class A:\n    x = Char()\n", "class A:\n    x = Text()\n", True),
        (
            "class A:\n    def init(self):\n        sql('a')\n",
            "class A:\n    def init(self):\n        sql('b')\n",
            True,
        ),
        ("class A:\n    def f(self): pass\n", "class A:\n    def f(self, x): pass\n", True),
    ],
)
def test_the_template_is_rebuilt_when_and_only_when_installation_changes(addon, before, after, changed):
    addons_hash = tool("addons_hash").addons_hash
    path = addon / "models" / "a.py"
    path.write_text(before)
    first = addons_hash(addon.parent)
    path.write_text(after)
    assert (addons_hash(addon.parent) != first) is changed
    (addon / "tests" / "test_a.py").write_text("x = 1")
    assert addons_hash(addon.parent, full=True) != first


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ({"outcome": "passed"}, {"outcome": "passed"}, True),
        ({"outcome": "failed"}, {"outcome": "error"}, True),
        ({"outcome": "failed"}, {"outcome": "passed"}, True),
        ({"outcome": "failed"}, {"outcome": "skipped"}, False),
        ({"outcome": "passed"}, {"outcome": "failed"}, False),
        ({"outcome": "passed"}, {"outcome": "skipped"}, False),
        ({"outcome": "failed", "flaky": True}, {"outcome": "passed"}, True),
        ({"outcome": "passed"}, None, False),
        (None, {"outcome": "passed"}, False),
    ],
)
def test_core_suites_are_the_same_only_if_every_test_is(expected, got, same):
    assert tool("core_compare").same(expected, got) is same


def test_a_second_run_overrules_the_first(tmp_path):
    name = "x/loyalty/tests/test_a.py::A::test"
    (tmp_path / "ours-again.json").write_text(json.dumps({"tests": {name: {"outcome": "passed", "seconds": 1}}}))
    (tmp_path / "ours-0.json").write_text(json.dumps({"tests": {name: {"outcome": "failed", "seconds": 1}}}))
    test = tool("core_compare").load_run(tmp_path)["loyalty/tests/test_a.py::A::test"]
    assert (test["outcome"], test["flaky"]) == ("passed", True)


@pytest.mark.parametrize(
    ("msgstr", "fault"),
    [
        ("%(points)s امتیاز", None),
        ("%(point)s امتیاز", "placeholders differ"),
        ("", "not translated"),
    ],
)
def test_po_check(tmp_path, msgstr, fault):
    path = tmp_path / "fa.po"
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    path.write_text(f'{header}msgid "%(points)s points"\nmsgstr "{msgstr}"\n')
    faults = list(tool("po_check").file_faults(path))
    assert len(faults) == bool(fault)
    assert not fault or fault in faults[0]


def test_the_closing_line_counts_a_second_run_instead_of_the_first(tmp_path, capsys):
    def run(name, exit_code, **outcomes):
        tests = {test: {"outcome": outcome} for test, outcome in outcomes.items()}
        (tmp_path / f"{name}.json").write_text(json.dumps({"exit": exit_code, "tests": tests}))

    run("tours", 1, a="failed", b="passed")
    run("tours-again", 0, a="passed")
    run("unit", 0, c="passed", d="skipped")
    assert tool("test_sum").total_line(tmp_path, "12") == 0
    assert " 3 passed, 1 skipped in 12.00s " in capsys.readouterr().out
    run("odoo", 1, e="error")
    assert tool("test_sum").total_line(tmp_path, "12") == 1


REACHES_OUT = """
import contextlib, socket, urllib.request

def reach(call, *arguments):
    with contextlib.suppress(OSError):
        call(*arguments)

def test_a_socket(): reach(socket.create_connection, ("192.0.2.1", 80), 1)
def test_a_datagram(): reach(socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto, b"x", ("192.0.2.1", 53))
def test_a_name(): reach(socket.getaddrinfo, "sms.example", 443)
def test_a_page(): reach(urllib.request.urlopen, "http://sms.example/send", None, 1)
def test_loopback():
    server = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(("localhost", server.getsockname()[1])).close()
"""


def test_a_test_that_reaches_for_another_machine_fails_even_if_it_swallows_the_error(tmp_path):
    (tmp_path / "test_out.py").write_text(REACHES_OUT)
    command = [sys.executable, "-m", "pytest", "-p", "no:odoo", "-p", "pytest_club", "-q", "-rA", "--rootdir", tmp_path]
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "dev"),
        "CLUB_RESULTS": "",
        "CLUB_PROGRESS": "",
        "CLUB_SELECT": "",
    }
    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, env=environ, timeout=60, cwd=tmp_path)
    told = done.stdout
    assert "4 failed, 1 passed" in told, told + done.stderr
    assert "PASSED test_out.py::test_loopback" in told
    assert "reached for 192.0.2.1:80" in told
    assert "reached for sms.example" in told


def test_a_process_that_a_test_starts_is_guarded_too(tmp_path):
    (tmp_path / "child.py").write_text(
        f"{REACHES_OUT}\ntest_loopback()\nimport sys\n'out' in sys.argv and test_a_name()"
    )
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'dev'}{os.pathsep}{tmp_path}"}
    for argument, code in (("in", 0), ("out", 97)):
        command = [sys.executable, "-m", "loopback", "child", argument]
        assert subprocess.run(command, capture_output=True, env=environ, timeout=60).returncode == code
