"""When automations are due: daylight saving, month ends and leap days in both calendars, late and overlapping jobs."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.moments import born_days, days_due, ends_between, moment, quiet_since, years_since

ZONES = ["Asia/Tehran", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "at"),
    [
        (date(2026, 1, 1), 0.0, "UTC", datetime(2026, 1, 1)),
        (date(2026, 1, 1), 23.99, "UTC", datetime(2026, 1, 1, 23, 59)),
        (date(2026, 1, 1), 24.5, "UTC", datetime(2026, 1, 1, 23, 59)),
        (date(2026, 7, 1), 10.0, "Europe/Berlin", datetime(2026, 7, 1, 8)),
        (date(2026, 12, 1), 10.0, "Europe/Berlin", datetime(2026, 12, 1, 9)),
        # Iran put its clocks on at midnight of 1 Farvardin until 1401: that midnight was left out
        (date(2022, 3, 22), 0.0, "Asia/Tehran", datetime(2022, 3, 21, 20, 30)),
        (date(2022, 3, 22), 10.0, "Asia/Tehran", datetime(2022, 3, 22, 5, 30)),
        # and back at midnight of 31 Shahrivar: 23:30 of the day before came twice
        (date(2022, 9, 21), 23.5, "Asia/Tehran", datetime(2022, 9, 21, 19)),
        (date(2023, 3, 22), 10.0, "Asia/Tehran", datetime(2023, 3, 22, 6, 30)),
        (date(2026, 3, 8), 2.5, "America/New_York", datetime(2026, 3, 8, 7, 30)),
        (date(2026, 11, 1), 1.5, "America/New_York", datetime(2026, 11, 1, 5, 30)),
    ],
)
def test_moment(day, hour, zone, at):
    assert moment(day, hour, zone) == at


@given(
    start=st.datetimes(datetime(2021, 1, 1), datetime(2027, 1, 1)),
    steps=st.lists(st.integers(1, 40 * 60), min_size=1, max_size=30),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES),
)
def test_every_day_is_due_once_however_often_and_late_the_job_runs(start, steps, hour, zone):
    since, found = start, []
    for step in steps:
        now = since + timedelta(minutes=step)
        found += days_due(since, now, hour, zone, window=48)
        since = now
    assert found == sorted(set(found))
    last = moment(date(since.year, since.month, since.day) - timedelta(days=3), hour, zone)
    expected, day = [], (start - 2 * 24 * HOUR).date()
    while day <= (since + 24 * HOUR).date():
        if start < moment(day, hour, zone) <= since:
            expected.append(day)
        day += timedelta(days=1)
    assert found == expected, last


def test_a_late_job_leaves_out_what_is_not_true_any_more():
    since, now = datetime(2026, 11, 1), datetime(2026, 11, 22, 12)
    assert days_due(since, now, 10, "UTC", 12) == [date(2026, 11, 22)]
    assert days_due(since, now, 10, "UTC", 2) == []
    assert days_due(since, now, 10, "UTC", 26.5) == [date(2026, 11, 21), date(2026, 11, 22)]
    assert days_due(now, now, 10, "UTC", 26.5) == []


@pytest.mark.parametrize(
    ("day", "calendar", "before", "born"),
    [
        # 29 February in a year without one, and with one
        (date(2027, 2, 28), "gregorian", 0, {date(2024, 2, 29), date(2024, 2, 28)}),
        (date(2028, 2, 28), "gregorian", 0, {date(2024, 2, 28)}),
        (date(2028, 2, 29), "gregorian", 0, {date(2024, 2, 29)}),
        # over the end of a month and of a year
        (date(2026, 1, 31), "gregorian", 1, {date(2024, 2, 1)}),
        (date(2026, 12, 30), "gregorian", 3, {date(2024, 1, 2)}),
        # 30 Esfand 1403 was 20 March 2025; 1404 has 29 days of Esfand, its last is 20 March 2026
        (date(2026, 3, 20), "jalali", 0, {date(2025, 3, 20), date(2025, 3, 19)}),
        (date(2030, 3, 20), "jalali", 0, {date(2025, 3, 20), date(2025, 3, 19)}),
        # 1408 is a leap year: 30 Esfand is 20 March 2030
        (date(2026, 3, 13), "jalali", 7, {date(2025, 3, 20), date(2025, 3, 19)}),
        # 1 Farvardin, told on the day before
        (date(2026, 3, 20), "jalali", 1, {date(2025, 3, 21)}),
    ],
)
def test_who_is_greeted(day, calendar, before, born):
    found = {one for one in born_days(day, calendar, before) if one.year in (2024, 2025)}
    if day.year == 2030:
        born = {date(2025, 3, 20)}
    assert found & {date(2024, 2, 28), date(2024, 2, 29), *born} == born


@given(born=st.dates(date(1940, 1, 1), date(2020, 12, 31)), calendar=st.sampled_from(["gregorian", "jalali"]))
def test_everybody_is_greeted_once_a_year(born, calendar):
    start = date(2026, 3, 21) if calendar == "jalali" else date(2026, 1, 1)
    days = [start + timedelta(days=n) for n in range(365)]
    assert sum(born in born_days(day, calendar, 0) for day in days) == 1


def test_years():
    assert years_since(date(2000, 2, 29), date(2026, 2, 28), "gregorian") == 26
    assert years_since(date(2025, 3, 20), date(2026, 3, 20), "jalali") == 1  # 30 Esfand 1403, 29 Esfand 1404


@given(day=st.dates(date(2021, 1, 1), date(2027, 1, 1)), before=st.integers(0, 60), zone=st.sampled_from(ZONES))
def test_what_ends_is_told_on_one_day_only(day, before, zone):
    first = ends_between(day, before, zone)
    assert first[1] == ends_between(day + timedelta(days=1), before, zone)[0]
    assert first == ends_between(day + timedelta(days=1), before - 1, zone)
    assert quiet_since(day, before, zone)[1] == quiet_since(day + timedelta(days=1), before, zone)[0]
