"""Occasions of two solar calendars, and feasts by the moon from the public holidays of countries."""

from datetime import date, timedelta

import pytest

from loyalty_club.rules.occasions import occasion_day, occasion_year
from loyalty_club_sms.rules.holiday_dates import feast_year, feasts_near, feasts_of, is_known

#: Feasts of Iran as they are called in its calendar, and days after them: those that the addon brings.
OURS = [
    ("Eid al-Fitr", 0),
    ("Eid al-Adha", 0),
    ("Eid al-Ghadeer", 0),
    ("Martyrdom of Fatima", 17),
    ("Birthday of Imam Ali", 0),
    ("Birthday of Mahdi", 0),
]


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
        ("gregorian", 2027, 4, 31, date(2027, 4, 30)),
    ],
)
def test_day_of_an_occasion(calendar, year, month, day, date_):
    assert occasion_day(calendar, year, month, day) == date_
    assert occasion_year(calendar, date_) == year


@pytest.mark.parametrize(
    ("name", "after", "expected"),
    [
        # as Iran kept them
        ("Eid al-Fitr", 0, date(2025, 3, 31)),
        ("Eid al-Adha", 0, date(2025, 6, 6)),
        ("Eid al-Ghadeer", 0, date(2025, 6, 14)),
        ("Martyrdom of Fatima", 17, date(2024, 12, 22)),
        ("Birthday of Imam Ali", 0, date(2025, 1, 14)),
        ("Birthday of Mahdi", 0, date(2025, 2, 14)),
    ],
)
def test_feasts_of_iran(name, after, expected):
    feasts = feasts_near("IR", name, expected)
    assert expected in [feast.day + timedelta(days=after) for feast in feasts if not feast.is_estimated]


@pytest.mark.parametrize(("name", "_after"), OURS)
def test_each_year_by_the_moon_has_one_feast_and_corrections_stay_in_it(name, _after):
    assert is_known("IR", name)
    days = [feast.day for year in range(2020, 2060) for feast in feasts_of("IR", year)[name]]
    years = [feast_year("IR", name, day) for day in days]
    assert years == list(range(years[0], years[0] + len(days))), "no year twice, none left out"
    for day, year in zip(days, years, strict=True):
        assert {feast_year("IR", name, day + timedelta(days=late)) for late in (-3, -1, 1, 3)} == {year}


def test_a_feast_of_several_days_begins_once():
    assert [feast.day for feast in feasts_of("TR", 2026)["Eid al-Adha"]] == [date(2026, 5, 27)]


def test_estimates_are_told_from_announced_dates():
    assert not feasts_of("IR", 2025)["Eid al-Fitr"][0].is_estimated
    assert feasts_of("IR", 2031)["Eid al-Fitr"][0].is_estimated


def test_a_feast_by_the_sun_has_the_gregorian_year():
    assert [feast_year("DE", "Good Friday", date(year, 4, 1)) for year in (2026, 2027)] == [2026, 2027]


def test_a_country_or_a_feast_that_nobody_knows_has_no_dates():
    assert not is_known("XX", "Eid al-Fitr")
    assert not is_known(None, "Eid al-Fitr")
    assert feasts_near("IR", "Festivus", date(2026, 1, 1)) == []
