"""Pacing: when messages may go. Quiet hours and days on the club's clock, rates per line, the estimated end. Pure.

Instants are naive UTC; hours are floats on the wall clock of a time zone (22.5 is half past ten in the evening).
"""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
#: An end farther away than this is not worth a forecast.
MAX_DAYS = 60


def is_quiet(at: datetime, start: float, end: float, zone: str) -> bool:
    """Whether ``at`` is in the quiet hours from ``start`` to ``end`` (exclusive); equal hours: never.

    >>> is_quiet(datetime(2026, 1, 1, 20), 22, 8, "Asia/Tehran")
    True
    """
    if start == end:
        return False
    local = _local(at, zone)
    hour = local.hour + local.minute / 60 + local.second / 3600 + local.microsecond / 3.6e9
    return start <= hour < end if start < end else hour >= start or hour < end


def next_open(at: datetime, start: float, end: float, zone: str) -> datetime:
    """The first instant from ``at`` on that is not quiet.

    >>> next_open(datetime(2026, 1, 1, 20), 22, 8, "Asia/Tehran")
    datetime.datetime(2026, 1, 2, 4, 30)
    """
    return _next_at(at, end, zone) if is_quiet(at, start, end, zone) else at


def next_quiet(at: datetime, start: float, end: float, zone: str) -> datetime | None:
    """The instant from ``at`` on when it gets quiet; None when it never does."""
    if start == end:
        return None
    return at if is_quiet(at, start, end, zone) else _next_at(at, start, zone)


def day_of(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """[start, end) of the day of ``at`` in ``zone``; 23 or 25 hours long when the clocks change.

    >>> day_of(datetime(2026, 3, 20, 21), "Asia/Tehran")
    (datetime.datetime(2026, 3, 20, 20, 30), datetime.datetime(2026, 3, 21, 20, 30))
    """
    today = _local(at, zone).date()
    return _instants(today, 0, zone)[0], _instants(today + DAY, 0, zone)[0]


def allowance(per_minute: int, recent: int) -> int | None:
    """How many may go now on a line of ``per_minute`` when ``recent`` went in the last minute; None: no limit."""
    return max(0, per_minute - recent) if per_minute > 0 else None


def estimated_end(
    waiting: int, per_minute: float, at: datetime, quiet: tuple[float, float], zone: str
) -> datetime | None:
    """When ``waiting`` messages will have gone at ``per_minute``; None when that can't be said.

    >>> estimated_end(60, 60, datetime(2026, 1, 1, 12), (22, 8), "UTC")
    datetime.datetime(2026, 1, 1, 12, 1)
    """
    if waiting <= 0:
        return at
    if per_minute <= 0:
        return None
    left, limit = timedelta(minutes=waiting / per_minute), at + MAX_DAYS * DAY
    while at < limit:
        at = next_open(at, *quiet, zone)
        silence = next_quiet(at, *quiet, zone)
        if silence is None or at + left <= silence:
            return at + left
        left -= silence - at
        at = silence
    return None


def _local(at: datetime, zone: str) -> datetime:
    return at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))


def _instants(day: date, hour: float, zone: str) -> list[datetime]:
    """When the wall clock shows ``hour`` on ``day``: twice when it is set back, and where it is set forward over the
    hour, when that happens."""
    local = datetime.combine(day, time()) + timedelta(seconds=round(hour * 3600))
    first, second = (
        local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(timezone.utc).replace(tzinfo=None) for fold in (0, 1)
    )
    if first <= second:
        return [first, second]
    while first - second > SECOND:  # set forward between the two
        middle = second + (first - second) // 2
        if _local(middle, zone).replace(tzinfo=None) >= local:
            first = middle
        else:
            second = middle
    return [first.replace(microsecond=0)]


def _next_at(at: datetime, hour: float, zone: str) -> datetime:
    """The first instant after ``at`` at which the wall clock shows ``hour``; an hour that comes twice counts twice."""
    today = _local(at, zone).date()
    return min(instant for days in (0, 1) for instant in _instants(today + days * DAY, hour, zone) if instant > at)
