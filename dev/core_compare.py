"""Compare two runs of Odoo's own suites test by test.

    core_compare.py failing FOLDER              tests of a run that did not pass, one per line
    core_compare.py different FOLDER BASELINE   tests of a run whose outcome is not the baseline's
    core_compare.py baseline FOLDER TARGET      write the baseline
    core_compare.py verdict BASELINE RUN TARGET judge a run (a folder or a baseline) and write it for test_sum.py

FOLDER holds the JSON files of dev/pytest_club.py; files named *again* are second runs and overrule the first.
A test that failed first and passed in its second run is marked "flaky" in the baseline: it may do either later.
"""

import json
import re
import sys
from pathlib import Path

BAD = ("failed", "error")


def short(nodeid):
    """The same name wherever the tree lies: addon/tests/file.py::Class::test."""
    return re.sub(r"^.*?(\w+/tests/\w+\.py::)", r"\1", nodeid)


def load_run(folder):
    """All outcomes by short name, with the full name kept for running a test again."""
    tests = {}
    for path in sorted(Path(folder).glob("*.json"), key=lambda path: "again" in path.name):
        for nodeid, test in json.loads(path.read_text())["tests"].items():
            before = tests.get(short(nodeid))
            flaky = bool(before) and before["outcome"] in BAD and test["outcome"] not in BAD
            tests[short(nodeid)] = {**test, "nodeid": nodeid, "flaky": flaky}
    return tests


def load_baseline(path):
    return json.loads(Path(path).read_text())["tests"]


def same(expected, test):
    if expected is None or test is None:
        return False
    if expected.get("flaky") or expected["outcome"] in BAD:
        # what fails on core alone fails for want of time or of something on the machine: it may pass elsewhere
        return test["outcome"] in (*BAD, "passed")
    return expected["outcome"] == test["outcome"]


def failing(folder):
    sys.stdout.writelines(test["nodeid"] + "\n" for test in load_run(folder).values() if test["outcome"] in BAD)


def different(folder, baseline):
    expected = load_baseline(baseline)
    tests = load_run(folder)
    sys.stdout.writelines(tests[name]["nodeid"] + "\n" for name in tests if not same(expected.get(name), tests[name]))


def baseline_entry(test):
    entry = {"outcome": test["outcome"], "seconds": round(test["seconds"])}
    return {**entry, "flaky": True} if test["flaky"] else entry


def baseline(folder, target):
    tests = {name: baseline_entry(test) for name, test in sorted(load_run(folder).items())}
    if not tests:
        sys.exit("the suites ran no test: read .club/log/core-baseline-*.log")
    Path(target).write_text(json.dumps({"tests": tests}, indent=1) + "\n")


def judge(expected, test):
    """In pytest's words: a test that fails on core alone is expected to fail, but need not."""
    if test["outcome"] in BAD:
        return "xfailed"
    return "xpassed" if expected["outcome"] in BAD else test["outcome"]


def verdict(baseline_path, run, target):
    expected = load_baseline(baseline_path)
    tests = load_run(run) if Path(run).is_dir() else expected
    judged = {}
    for name in sorted(expected.keys() | tests.keys()):
        want, test = expected.get(name), tests.get(name)
        if same(want, test):
            outcome = judge(want, test)
        else:
            outcome = "failed"
            words = [side["outcome"] if side else "not run" for side in (want, test)]
            print(f"FAILED {name}: {words[0]} on core alone, {words[1]} with our addons")
        judged[name] = {"outcome": outcome, "seconds": (test or want)["seconds"]}
    wrong = sum(test["outcome"] == "failed" for test in judged.values())
    Path(target).write_text(json.dumps({"exit": int(bool(wrong)), "tests": judged}))
    return int(bool(wrong))


if __name__ == "__main__":
    commands = {"failing": failing, "different": different, "baseline": baseline, "verdict": verdict}
    sys.exit(commands[sys.argv[1]](*(argument for argument in sys.argv[2:] if argument)) or 0)
