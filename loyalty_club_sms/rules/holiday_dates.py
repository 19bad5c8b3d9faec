"""Feasts of a country, many of them by the moon, from the Python package ``holidays``: announced dates, estimates."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import holidays

#: Days of twelve months of the moon.
LUNAR_YEAR = 354.36707
_EPOCH = date(622, 7, 19).toordinal()  # 1 Muharram 1
#: Feasts are counted from their first date in these years, so that their count never changes.
_COUNTED = range(2020, 2040)


class Feast(NamedTuple):
    """The first day of a feast; ``is_estimated``: the moon was not seen yet."""

    day: date
    is_estimated: bool


@lru_cache(maxsize=512)
def feasts_of(country: str, year: int) -> dict[str, tuple[Feast, ...]]:
    """{English name: feasts} of a country in a Gregorian year; nothing for a country that the package does not know.

    :param country: two letters, e.g. IR

    >>> feasts_of("IR", 2025)["Eid al-Adha"], feasts_of("XX", 2025)
    ((Feast(day=datetime.date(2025, 6, 6), is_estimated=False),), {})
    >>> [str(feast.day) for feast in feasts_of("TR", 2026)["Eid al-Fitr"]]
    ['2026-03-20']
    """
    try:
        found = holidays.country_holidays(country, years=[year], language="en_US")
    except (NotImplementedError, AttributeError):
        return {}
    days = {}
    for day, text in sorted(found.items()):
        for part in text.split("; "):
            name, _bracket, remark = part.partition(" (")
            if "observed" not in remark:  # the day that people get instead of a Sunday is no feast
                days.setdefault(name.strip(), []).append(Feast(day, "estimated" in remark))
    # of a feast of several days the first one
    return {
        name: tuple(one for one, before in zip(some, [None, *some], strict=False) if not _follows(one, before))
        for name, some in days.items()
    }


def _follows(feast, before):
    return before is not None and (feast.day - before.day).days == 1


def feasts_near(country: str, name: str, day: date) -> list[Feast]:
    """The feasts of that name in the years around ``day``, in order."""
    years = range(day.year - 1, day.year + 3)
    return [feast for year in years for feast in feasts_of(country, year).get(name, ())]


@lru_cache(maxsize=512)
def _first_two(country, name):
    found = []
    for year in _COUNTED:
        found += feasts_of(country, year).get(name, ())
        if len(found) > 1:
            return found[0].day, found[1].day
    return None


def is_known(country: str, name: str) -> bool:
    """Whether a country has the feast.

    >>> is_known("IR", "Eid al-Fitr"), is_known("IR", "Christmas")
    (True, False)
    """
    return bool(country) and _first_two(country, name) is not None


def feast_year(country: str, name: str, day: date) -> int:
    """The year of a feast on ``day`` or some days from it: the lunar one of a feast by the moon, else the Gregorian.

    A date that is corrected by a day or two stays in its year, also where the feast is at the turn of one.

    >>> feast_year("IR", "Eid al-Fitr", date(2026, 3, 21)), feast_year("IR", "Eid al-Fitr", date(2026, 3, 19))
    (1447, 1447)
    >>> feast_year("IR", "Birthday of Imam Ali", date(2026, 1, 3))
    1447
    >>> feast_year("IR", "Birthday of Imam Ali", date(2026, 12, 23)), feast_year("IR", "Nowruz", date(2026, 3, 21))
    (1448, 2026)
    """
    first, second = _first_two(country, name) or (day, day)
    if not 353 <= (second - first).days <= 356:
        return day.year
    return int((first.toordinal() - _EPOCH) / LUNAR_YEAR) + 1 + round((day - first).days / LUNAR_YEAR)
