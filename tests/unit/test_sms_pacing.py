"""Quiet hours, days and estimated ends: on the wall clock, also when the clocks change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club_sms.rules.pacing import allowance, day_of, estimated_end, is_quiet, next_open, next_quiet

BERLIN, TEHRAN, HOWE = "Europe/Berlin", "Asia/Tehran", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("at", "zone", "opens"),
    [
        (datetime(2026, 1, 1, 18, 29), TEHRAN, datetime(2026, 1, 1, 18, 29)),
        (datetime(2026, 1, 1, 18, 30), TEHRAN, datetime(2026, 1, 2, 4, 30)),
        (datetime(2026, 1, 2, 4, 29, 59), TEHRAN, datetime(2026, 1, 2, 4, 30)),
        (datetime(2026, 1, 2, 4, 30), TEHRAN, datetime(2026, 1, 2, 4, 30)),
        # the night of 29 March 2026 has an hour less in Berlin, that of 25 October one more
        (datetime(2026, 3, 28, 22), BERLIN, datetime(2026, 3, 29, 6)),
        (datetime(2026, 10, 24, 22), BERLIN, datetime(2026, 10, 25, 7)),
        # an instant of Iran's last summer time, which ended in 2022
        (datetime(2022, 9, 21, 18), TEHRAN, datetime(2022, 9, 22, 4, 30)),
    ],
)
def test_quiet_hours_end_on_the_wall_clock(at, zone, opens):
    assert next_open(at, 22, 8, zone) == opens


def test_a_quiet_hour_that_the_clocks_leave_out_still_ends():
    # 02:30 does not exist in Berlin on that day; clocks go from 02:00 to 03:00
    assert next_open(datetime(2026, 3, 29, 0, 30), 22, 2.5, BERLIN) == datetime(2026, 3, 29, 1)


def test_no_quiet_hours():
    at = datetime(2026, 1, 1, 2)
    assert next_open(at, 0, 0, TEHRAN) == at
    assert next_quiet(at, 8, 8, TEHRAN) is None


def test_quiet_hours_within_a_day():
    assert next_open(datetime(2026, 1, 1, 13), 12.5, 14, "UTC") == datetime(2026, 1, 1, 14)
    assert next_open(datetime(2026, 1, 1, 12), 12.5, 14, "UTC") == datetime(2026, 1, 1, 12)


hours = st.integers(0, 47).map(lambda half: half / 2)
zones = st.sampled_from([BERLIN, TEHRAN, HOWE, "UTC", "America/St_Johns"])
instants = st.datetimes(datetime(2022, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(microsecond=0))
#: nights in which clocks change are rare among all of them
changes = st.tuples(
    st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2022, 3, 21), datetime(2026, 4, 4)]),
    st.integers(0, 86400),
).map(lambda pair: pair[0] + timedelta(seconds=pair[1]))


@given(st.one_of(instants, changes), hours, hours, zones)
def test_what_opens_is_open_and_not_later_than_needed(at, start, end, zone):
    opens = next_open(at, start, end, zone)
    assert at <= opens <= at + timedelta(hours=25)
    assert not is_quiet(opens, start, end, zone)
    if opens > at:
        assert is_quiet(opens - timedelta(seconds=1), start, end, zone)


@given(st.one_of(instants, changes), zones)
def test_a_day_has_its_instant_and_begins_at_midnight(at, zone):
    start, end = day_of(at, zone)
    assert start <= at < end
    assert end - start in {timedelta(hours=hours) for hours in (23, 23.5, 24, 24.5, 25)}
    assert day_of(end, zone)[0] == end
    local = start.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    assert local.hour in (0, 1), "one o'clock where midnight is left out"


@pytest.mark.parametrize(("rate", "recent", "left"), [(60, 0, 60), (60, 59, 1), (60, 60, 0), (60, 90, 0), (0, 5, None)])
def test_a_line_takes_so_many_a_minute(rate, recent, left):
    assert allowance(rate, recent) == left


def test_the_end_is_estimated_around_quiet_hours():
    at, quiet = datetime(2026, 1, 1, 21), (22, 8)
    assert estimated_end(0, 10, at, quiet, "UTC") == at
    assert estimated_end(600, 10, at, quiet, "UTC") == datetime(2026, 1, 1, 22)
    assert estimated_end(610, 10, at, quiet, "UTC") == datetime(2026, 1, 2, 8, 1)
    assert estimated_end(100, 10, datetime(2026, 1, 1, 23), quiet, "UTC") == datetime(2026, 1, 2, 8, 10)
    assert estimated_end(100, 0, at, quiet, "UTC") is None
    assert estimated_end(10**9, 1, at, quiet, "UTC") is None
    assert estimated_end(14 * 600 + 10, 10, at, (0, 0), "UTC") == datetime(2026, 1, 2, 11, 1)


def test_the_estimate_sees_the_clocks_change():
    # the night of 29 March has 9 quiet hours in Berlin instead of 10
    assert estimated_end(120, 1, datetime(2026, 3, 28, 20), (22, 8), BERLIN) == datetime(2026, 3, 29, 7)
