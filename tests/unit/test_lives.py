"""Lives: last days in both calendars, leap years and month ends, and midnights in the shop's time zone."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.lives import LIVES, Policy, days_of, first_day, last_day, last_day_of, life_of, written
from loyalty_club.rules.lots import is_usable

ZONES = ["Asia/Tehran", "America/New_York", "Pacific/Auckland", "UTC"]


@pytest.mark.parametrize(
    ("policy", "day", "last"),
    [
        (Policy(), date(2026, 5, 1), None),
        (Policy("days", 1), date(2026, 2, 28), date(2026, 3, 1)),
        (Policy("days", 1), date(2028, 2, 28), date(2028, 2, 29)),
        (Policy("days", 365), date(2028, 2, 29), date(2029, 2, 28)),
        (Policy("idle", 90), date(2026, 1, 1), date(2026, 4, 1)),
        (Policy("months", 1), date(2026, 1, 31), date(2026, 2, 28)),
        (Policy("months", 1), date(2028, 1, 31), date(2028, 2, 29)),
        (Policy("months", 12), date(2028, 2, 29), date(2029, 2, 28)),
        (Policy("months", 3), date(2026, 11, 30), date(2027, 2, 28)),
        (Policy("month_end"), date(2026, 2, 1), date(2026, 2, 28)),
        (Policy("month_end"), date(2026, 12, 31), date(2026, 12, 31)),
        (Policy("month_end", 2), date(2026, 12, 31), date(2027, 2, 28)),
        (Policy("year_end"), date(2026, 1, 1), date(2026, 12, 31)),
        (Policy("year_end", 1), date(2026, 12, 31), date(2027, 12, 31)),
        # 1403 is a leap year: Esfand has 30 days, its last is 20 March 2025
        (Policy("year_end", 0, "jalali"), date(2025, 3, 20), date(2025, 3, 20)),
        (Policy("year_end", 0, "jalali"), date(2025, 3, 21), date(2026, 3, 20)),
        (Policy("month_end", 0, "jalali"), date(2025, 2, 19), date(2025, 3, 20)),
        (Policy("month_end", 0, "jalali"), date(2026, 2, 20), date(2026, 3, 20)),
        # 31 Shahrivar 1404 and one month: Mehr has 30 days
        (Policy("months", 1, "jalali"), date(2025, 9, 22), date(2025, 10, 22)),
        # 30 Esfand 1403 and a year: 29 Esfand 1404
        (Policy("months", 12, "jalali"), date(2025, 3, 20), date(2026, 3, 20)),
        (Policy("days", 30, "jalali"), date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_the_last_day_of_each_policy(policy, day, last):
    assert last_day(policy, day) == last


@pytest.mark.parametrize("zone", ZONES)
def test_cashback_waits_through_the_return_window(zone):
    """Row 48: shown on the receipt, usable only later."""
    at = datetime(2026, 3, 1, 12)
    life = life_of(Policy("never", 0, "gregorian", 14, zone), at)
    day = last_day_of(at + timedelta(seconds=1), zone)
    assert last_day_of(life.usable_from, zone) == day + timedelta(days=14)
    assert not is_usable(life.usable_from, life.expires_at, life.usable_from - timedelta(seconds=1))
    assert is_usable(life.usable_from, life.expires_at, life.usable_from)


def test_nothing_dies_while_it_waits():
    first, last = days_of(Policy("days", 5, wait_days=14), date(2026, 1, 1))
    assert (first, last) == (date(2026, 1, 16), date(2026, 1, 21))


@pytest.mark.parametrize(
    ("zone", "at", "ends"),
    [
        # the clocks of New York go forward on 8 March 2026, those of Auckland back on 5 April
        ("America/New_York", datetime(2026, 3, 7, 12), datetime(2026, 3, 9, 4)),
        ("America/New_York", datetime(2026, 3, 6, 12), datetime(2026, 3, 8, 5)),
        ("Pacific/Auckland", datetime(2026, 4, 4, 0), datetime(2026, 4, 5, 12)),
        ("Pacific/Auckland", datetime(2026, 4, 2, 22), datetime(2026, 4, 4, 11)),
        ("Asia/Tehran", datetime(2026, 3, 19, 20, 29), datetime(2026, 3, 20, 20, 30)),
        ("Asia/Tehran", datetime(2026, 3, 19, 20, 30), datetime(2026, 3, 21, 20, 30)),
        ("UTC", datetime(2026, 3, 7, 23, 59, 59), datetime(2026, 3, 9)),
    ],
)
def test_the_last_day_ends_at_midnight_of_the_shop_also_when_its_clocks_change(zone, at, ends):
    assert life_of(Policy("days", 1, zone=zone), at).expires_at == ends
    assert is_usable(None, ends, ends - timedelta(seconds=1))
    assert not is_usable(None, ends, ends)


policies = st.builds(
    Policy,
    st.sampled_from(LIVES),
    st.integers(1, 40),
    st.sampled_from(["gregorian", "jalali"]),
    st.integers(0, 60),
    st.sampled_from(ZONES),
)
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(policies, days)
def test_what_is_earned_can_be_spent_on_at_least_one_day(policy, day):
    first, last = days_of(policy, day)
    assert day <= first
    assert last is None or first <= last


@given(policies, days, st.integers(1, 400))
def test_who_earns_later_loses_no_earlier(policy, day, later):
    last = last_day(policy, day)
    assert last is None or last <= last_day(policy, day + timedelta(days=later))


@given(policies, st.datetimes(datetime(2001, 1, 1), datetime(2059, 1, 1)))
def test_a_life_ends_when_its_last_day_ends(policy, at):
    life = life_of(policy, at)
    day = last_day_of(at + timedelta(seconds=1), policy.zone)
    first, last = days_of(policy, day)
    assert first == first_day(policy, day)
    assert (life.expires_at is None) == (last is None)
    if last:
        assert last_day_of(life.expires_at, policy.zone) == last
        assert is_usable(life.usable_from, life.expires_at, life.expires_at - timedelta(seconds=1))


def test_days_are_written_in_both_calendars():
    assert written(date(2025, 3, 20), "jalali") == "1403/12/30"
    assert written(date(2025, 3, 20), "gregorian") == "2025-03-20"
