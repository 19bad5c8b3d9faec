"""Periods of a cap and the days to greet on, in a calendar and the club's time zone. Pure; instants are naive UTC."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from .lives import _join as join
from .lives import _length as length
from .lives import _split as split
from .lives import local_day

PERIODS = ("day", "week", "month", "year", "ever")

#: Nobody older than this is greeted.
OLDEST = 130


def start_of_day(day: date, zone: str) -> datetime:
    """The instant at which ``day`` begins in ``zone``.

    >>> start_of_day(date(2026, 11, 22), "Asia/Tehran")
    datetime.datetime(2026, 11, 21, 20, 30)
    """
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None)


def days_of(period: str, day: date, calendar: str = "gregorian", week_start: int = 0) -> tuple[date, date]:
    """First day of the period around ``day``, and the day after its last one; weeks begin on ``week_start`` (0 Monday).

    >>> days_of("month", date(2026, 12, 31))
    (datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))
    >>> days_of("year", date(2026, 12, 31), "jalali")
    (datetime.date(2026, 3, 21), datetime.date(2027, 3, 21))
    >>> days_of("week", date(2026, 11, 22), week_start=5)  # a Sunday; the week begins on Saturday
    (datetime.date(2026, 11, 21), datetime.date(2026, 11, 28))
    """
    year, month, number = split(day, calendar)
    if period == "day":
        return day, day + timedelta(days=1)
    if period == "week":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return first, first + timedelta(days=7)
    if period == "month":
        first = day - timedelta(days=number - 1)
        return first, first + timedelta(days=length(year, month, calendar))
    if period == "year":
        return join(year, 1, 1, calendar), join(year + 1, 1, 1, calendar)
    raise ValueError(f"unknown period {period!r}")


def bounds(period: str, at: datetime, zone: str, calendar: str = "gregorian", week_start: int = 0):
    """The instants [from, to) of the period around ``at``; all of time for ``ever``.

    >>> bounds("day", datetime(2026, 11, 21, 20, 30), "Asia/Tehran")
    (datetime.datetime(2026, 11, 21, 20, 30), datetime.datetime(2026, 11, 22, 20, 30))
    """
    if period == "ever":
        return datetime.min, datetime.max
    first, after = days_of(period, local_day(at, zone), calendar, week_start)
    return start_of_day(first, zone), start_of_day(after, zone)


def year_of(day: date, calendar: str) -> int:
    """
    >>> year_of(date(2026, 11, 22), "jalali")
    1405
    """
    return split(day, calendar)[0]


def born_on(day: date, calendar: str) -> list[date]:
    """The birth dates that are celebrated on ``day``.

    Who was born on a day that this year does not have (29 February, 30 Esfand) celebrates on the month's last day.

    >>> [born for born in born_on(date(2026, 2, 28), "gregorian") if born.year > 2019]
    [datetime.date(2020, 2, 28), datetime.date(2020, 2, 29), datetime.date(2021, 2, 28), datetime.date(2022, 2, 28), \
datetime.date(2023, 2, 28), datetime.date(2024, 2, 28), datetime.date(2024, 2, 29), datetime.date(2025, 2, 28)]
    >>> [str(born) for born in born_on(date(2024, 2, 28), "gregorian") if born.year > 2019]
    ['2020-02-28', '2021-02-28', '2022-02-28', '2023-02-28']
    """
    year, month, number = split(day, calendar)
    last = length(year, month, calendar)
    found = []
    for born in range(year - OLDEST, year):
        theirs = length(born, month, calendar)
        numbers = [number] if number <= theirs else []
        if number == last:
            numbers += range(last + 1, theirs + 1)
        found += [join(born, month, one, calendar) for one in numbers]
    return found
