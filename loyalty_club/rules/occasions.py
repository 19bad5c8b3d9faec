"""Days that come every year on a day of a calendar. Pure."""

from datetime import date

from .lives import _join as join
from .lives import _length as length
from .lives import _split as split

CALENDARS = ("gregorian", "jalali")


def occasion_year(calendar: str, day: date) -> int:
    """The year of ``calendar`` in which ``day`` is.

    >>> occasion_year("jalali", date(2026, 3, 21)), occasion_year("jalali", date(2026, 3, 20))
    (1405, 1404)
    """
    return split(day, calendar)[0]


def occasion_day(calendar: str, year: int, month: int, day: int) -> date:
    """The date of an occasion in ``year`` of its calendar; the last day of a month that is too short for it.

    >>> occasion_day("jalali", 1405, 1, 1), occasion_day("gregorian", 2026, 2, 29)
    (datetime.date(2026, 3, 21), datetime.date(2026, 2, 28))
    """
    return join(year, month, min(day, length(year, month, calendar)), calendar)
