"""Occasions in three calendars, and dates that are known better than by arithmetic."""

import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.occasions import NEAR, lunar_day, lunar_year, occasion_day, years_near
from loyalty_club.tools.holiday_dates import dates_of


@pytest.mark.parametrize(
    ("calendar", "year", "month", "day", "date_"),
    [
        ("jalali", 1404, 1, 1, date(2025, 3, 21)),
        ("jalali", 1405, 1, 1, date(2026, 3, 21)),
        ("jalali", 1409, 1, 1, date(2030, 3, 21)),
        ("jalali", 1405, 9, 30, date(2026, 12, 21)),
        ("jalali", 1403, 12, 30, date(2025, 3, 20)),
        ("jalali", 1404, 12, 30, date(2026, 3, 20)),
        ("gregorian", 2028, 2, 29, date(2028, 2, 29)),
        ("gregorian", 2027, 2, 29, date(2027, 2, 28)),
        # as they were announced in Iran, where arithmetic agrees
        ("lunar", 1446, 12, 10, date(2025, 6, 7)),
        ("lunar", 1447, 1, 10, date(2025, 7, 6)),
    ],
)
def test_day_of_an_occasion(calendar, year, month, day, date_):
    assert occasion_day(calendar, year, month, day) == date_


@given(year=st.integers(1300, 1600), month=st.integers(1, 12), day=st.integers(1, 29))
def test_lunar_dates_are_within_their_year(year, month, day):
    assert lunar_year(lunar_day(year, month, day)) == year
    assert year in years_near("lunar", lunar_day(year, month, day))


@given(st.integers(1300, 1600))
def test_lunar_years_follow_each_other(year):
    length = (lunar_day(year + 1, 1, 1) - lunar_day(year, 1, 1)).days
    assert length in (354, 355)


@given(year=st.integers(1440, 1460), late=st.integers(-2, 2))
def test_a_known_date_goes_before_the_estimate_and_one_of_another_year_does_not(year, late):
    known = lunar_day(year, 10, 1) + timedelta(days=late)
    assert occasion_day("lunar", year, 10, 1, [known]) == known
    other = occasion_day("lunar", year + 1, 10, 1, [known])
    assert abs(other - known) > NEAR


class Holidays:
    """Stands in for the package: it is optional, and too new for what Odoo pins."""

    @staticmethod
    def country_holidays(country, years, language):
        if country != "IR":
            raise NotImplementedError
        return {date(years[0], 3, 21): "Eid al-Fitr; Nowruz", date(years[0], 5, 27): "Eid al-Adha (estimated)"}


@pytest.fixture
def calendar_of(monkeypatch):
    def put(module):
        dates_of.cache_clear()
        monkeypatch.setitem(sys.modules, "holidays", module)

    yield put
    dates_of.cache_clear()


def test_announced_dates_come_from_the_calendar_of_holidays(calendar_of):
    calendar_of(Holidays)
    known = dates_of("IR", 2026)
    assert known["Eid al-Fitr"] == known["Nowruz"] == (date(2026, 3, 21),)
    assert known["Eid al-Adha"] == (date(2026, 5, 27),)
    assert dates_of("XX", 2026) == {}


def test_without_the_calendar_of_holidays_nothing_is_known_and_nothing_fails(calendar_of):
    calendar_of(None)
    assert dates_of("IR", 2026) == {}
