"""When automations are due: days and hours where the club is, in both calendars. Pure; instants are naive UTC.

A *moment* is an hour of a local day. A job looks which moments have come since it last looked. A late job finds those
that came in the meantime, as far back as their window: what is older would say something that is not true any more.
"""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from .lives import local_day
from .lots import end_of_day
from .periods import born_on, start_of_day, year_of

HOUR = timedelta(hours=1)


def moment(day: date, hour: float, zone: str) -> datetime:
    """The instant of ``hour`` (9.5: half past nine) on ``day`` in ``zone``.

    An hour that the clock leaves out is the one after it, an hour that comes twice is the first one.

    >>> moment(date(2026, 11, 22), 9.5, "Asia/Tehran")
    datetime.datetime(2026, 11, 22, 6, 0)
    >>> moment(date(2026, 3, 29), 2.5, "Europe/Berlin")  # 02:30 is left out
    datetime.datetime(2026, 3, 29, 1, 30)
    >>> moment(date(2026, 10, 25), 2.5, "Europe/Berlin")  # 02:30 comes twice
    datetime.datetime(2026, 10, 25, 0, 30)
    """
    minutes = min(max(round(hour * 60), 0), 24 * 60 - 1)
    local = datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(zone))
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def days_due(since: datetime, now: datetime, hour: float, zone: str, window: float) -> list[date]:
    """The days whose moment came after ``since`` and is past by ``now`` for less than ``window`` hours, oldest first.

    >>> days_due(datetime(2026, 11, 1), datetime(2026, 11, 22, 6, 30), 9.5, "Asia/Tehran", 30)
    [datetime.date(2026, 11, 21), datetime.date(2026, 11, 22)]
    >>> days_due(datetime(2026, 11, 22, 6, 0), datetime(2026, 11, 22, 6, 30), 9.5, "Asia/Tehran", 12)
    []
    """
    since = max(since, now - window * HOUR)
    day, found = local_day(since, zone), []
    while day <= local_day(now, zone):
        if since < moment(day, hour, zone) <= now:
            found.append(day)
        day += timedelta(days=1)
    return found


def born_days(day: date, calendar: str, days_before: int) -> list[date]:
    """Birth (or wedding) days of those who are written to on ``day``; 29 February and 30 Esfand as in ``born_on``.

    >>> date(2024, 2, 29) in born_days(date(2026, 2, 25), "gregorian", 3)
    True
    """
    return born_on(day + timedelta(days=days_before), calendar)


def years_since(born: date, day: date, calendar: str) -> int:
    """How many years are celebrated on ``day``.

    >>> years_since(date(2020, 2, 29), date(2026, 2, 28), "gregorian")
    6
    """
    return year_of(day, calendar) - year_of(born, calendar)


def ends_between(day: date, days_before: int, zone: str) -> tuple[datetime, datetime]:
    """The instants (after, through] of the end of what is told on ``day``, ``days_before`` its last day.

    >>> ends_between(date(2026, 11, 20), 2, "Asia/Tehran")
    (datetime.datetime(2026, 11, 21, 20, 30), datetime.datetime(2026, 11, 22, 20, 30))
    """
    last = day + timedelta(days=days_before)
    return end_of_day(last - timedelta(days=1), zone), end_of_day(last, zone)


def quiet_since(day: date, days: int, zone: str) -> tuple[datetime, datetime]:
    """The instants [from, to) of a last visit that was ``days`` days before ``day``.

    >>> quiet_since(date(2026, 11, 22), 1, "UTC")
    (datetime.datetime(2026, 11, 21, 0, 0), datetime.datetime(2026, 11, 22, 0, 0))
    """
    then = day - timedelta(days=days)
    return start_of_day(then, zone), start_of_day(then + timedelta(days=1), zone)
