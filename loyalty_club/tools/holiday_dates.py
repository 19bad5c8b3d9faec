"""Dates of moon-sighted days, from the Python package ``holidays`` where it is installed; it knows announced dates."""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def dates_of(country: str, year: int) -> dict[str, tuple[date, ...]]:
    """{English name: dates} of a country's holidays in a Gregorian year; empty without the package.

    :param country: two letters, e.g. IR
    """
    try:
        import holidays
    except ImportError:
        return {}
    try:
        found = holidays.country_holidays(country, years=[year], language="en_US")
    except NotImplementedError:
        return {}
    names = {}
    for day, text in sorted(found.items()):
        for name in text.split("; "):
            # "Eid al-Fitr (estimated)": better than arithmetic all the same
            names.setdefault(name.split(" (")[0].strip(), []).append(day)
    return {name: tuple(days) for name, days in names.items()}
