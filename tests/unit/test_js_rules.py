"""The JavaScript twins of the rules, run by Node on the same vectors."""

import re
import shutil
import subprocess

import pytest


def test_javascript_gives_the_same_answers(root):
    node = shutil.which("node")
    if node is None:
        pytest.fail("node is missing: run ./club setup, or put Node 18 or newer on the PATH")
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "tests/js/rules.test.mjs"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    # a file that stops half way through must not pass as a file without failures
    ran = int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE).group(1))
    assert ran > 150
