"""Periods of a cap: the day, week, month or year around an instant, as the club's time zone counts them. Pure."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

PERIODS = ("day", "week", "month", "year", "ever")


def local_day(at: datetime, zone: str) -> date:
    """The date in ``zone`` at the UTC instant ``at`` (naive).

    >>> local_day(datetime(2026, 11, 21, 20, 30), "Asia/Tehran")
    datetime.date(2026, 11, 22)
    """
    return at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The UTC instant (naive) at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None)


def days_of(period: str, day: date, week_start: int = 0) -> tuple[date, date]:
    """First day of the period around ``day``, and the day after its last one; weeks begin on ``week_start`` (0 Monday).

    >>> days_of("month", date(2026, 12, 31))
    (datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))
    >>> days_of("week", date(2026, 11, 22), week_start=5)  # a Sunday; the week begins on Saturday
    (datetime.date(2026, 11, 21), datetime.date(2026, 11, 28))
    """
    if period == "day":
        return day, day + timedelta(days=1)
    if period == "week":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return first, first + timedelta(days=7)
    if period == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    if period == "year":
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    raise ValueError(f"unknown period {period!r}")


def bounds(period: str, at: datetime, zone: str, week_start: int = 0) -> tuple[datetime, datetime]:
    """The UTC instants [from, to) of the period around ``at``; all of time for ``ever``.

    >>> bounds("day", datetime(2026, 11, 21, 20, 30), "Asia/Tehran")
    (datetime.datetime(2026, 11, 21, 20, 30), datetime.datetime(2026, 11, 22, 20, 30))
    """
    if period == "ever":
        return datetime.min, datetime.max
    first, after = days_of(period, local_day(at, zone), week_start)
    return start_of_day(first, zone), start_of_day(after, zone)
