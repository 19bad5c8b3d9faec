"""What every benchmark shares: databases made for it, percentiles, and the one result line.

A benchmark is dev/bench/NAME.py with a main(); ./club bench NAME runs it with
CLUB_CORE_TEMPLATE and CLUB_TEMPLATE (databases to copy: core alone, and with our addons) and CLUB_COMMIT.
"""

import json
import os
import platform
import statistics
import subprocess
from contextlib import contextmanager

CORE_TEMPLATE = os.environ.get("CLUB_CORE_TEMPLATE", "")
TEMPLATE = os.environ.get("CLUB_TEMPLATE", "")


def sql(statement):
    """Run one statement outside of any of our databases."""
    done = subprocess.run(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-Atc", statement],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@contextmanager
def database(template, label):
    """A copy of a template, dropped at the end; named so that ./club finds it when it was left over."""
    name = f"club_test_{os.getpid()}_{label}"
    sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def percentile(values, share):
    """The value that `share` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summary(seconds):
    """Median and 95th percentile in milliseconds."""
    return {
        "median_ms": round(statistics.median(seconds) * 1000, 2),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 2),
    }


def at_most(value, bar):
    return {"value": round(value, 4), "bar": bar, "ok": value <= bar}


def at_least(value, bar):
    return {"value": round(value, 4), "bar": bar, "ok": value >= bar}


def machine():
    with open("/proc/meminfo") as meminfo:
        memory = int(meminfo.readline().split()[1]) // 1024 // 1024
    return {"cores": os.cpu_count(), "memory_gib": memory, "python": platform.python_version()}


def report(bench, bars, figures, sizes, as_json=False):
    """Print the result; with as_json the last line is one JSON object. Returns the exit code: 1 if a bar is missed."""
    for name, bar in bars.items():
        print(f"{'ok  ' if bar['ok'] else 'MISS'}  {name}: {bar['value']} (bar {bar['bar']})")
    for name, value in figures.items():
        print(f"      {name}: {value}")
    if as_json:
        result = {"bench": bench, "bars": bars, "figures": figures, "sizes": {**sizes, **machine()}}
        print(json.dumps({**result, "commit": os.environ.get("CLUB_COMMIT", "unknown")}))
    return 0 if all(bar["ok"] for bar in bars.values()) else 1
