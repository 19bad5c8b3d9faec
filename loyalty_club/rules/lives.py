"""Lives: from when and until when an amount can be spent. Pure; days in a calendar, instants in UTC.

A life is told in days: the last day is inclusive and ends at midnight where the club is. Waiting (the return window)
is told in days too: after N days, so through the N-th day after earning it still waits.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from .lots import end_of_day

#: Kinds of life: never ends; days or months after earning; end of a month or year; days without a visit.
LIVES = ("never", "days", "months", "month_end", "year_end", "idle")
CALENDARS = ("gregorian", "jalali")


@dataclass(frozen=True, slots=True)
class Policy:
    """How long what comes in lives: ``count`` days, months or further months and years, in ``calendar``."""

    life: str = "never"
    count: int = 0
    calendar: str = "gregorian"
    wait_days: int = 0
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Life:
    """Usable in [usable_from, expires_at) (UTC, None: at once, never); ``idle_days``: each visit starts it anew."""

    usable_from: datetime | None = None
    expires_at: datetime | None = None
    idle_days: int | None = None


def local_day(at: datetime, zone: str) -> date:
    """The date of the UTC instant ``at`` in ``zone``.

    >>> local_day(datetime(2026, 3, 20, 20, 30), "Asia/Tehran")
    datetime.date(2026, 3, 21)
    """
    return at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def next_time(after: datetime, zone: str, at: time) -> datetime:
    """The first UTC instant after ``after`` at which it is ``at`` o'clock in ``zone``.

    >>> next_time(datetime(2026, 3, 20, 21, 30), "Asia/Tehran", time(1, 30))
    datetime.datetime(2026, 3, 20, 22, 0)
    >>> next_time(datetime(2026, 3, 20, 22, 0), "Asia/Tehran", time(1, 30))
    datetime.datetime(2026, 3, 21, 22, 0)
    """
    day = local_day(after, zone)
    days = (day + timedelta(days=number) for number in (0, 1, 2))
    instants = (datetime.combine(one, at, ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None) for one in days)
    return next(instant for instant in instants if instant > after)


def last_day(policy: Policy, day: date) -> date | None:
    """The last day on which what is earned on ``day`` can be spent; None when it never ends.

    >>> last_day(Policy("months", 1), date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    >>> last_day(Policy("year_end", 0, "jalali"), date(2026, 3, 20))
    datetime.date(2026, 3, 20)
    >>> last_day(Policy("year_end", 0, "jalali"), date(2026, 3, 21))
    datetime.date(2027, 3, 20)
    """
    if policy.life in ("days", "idle"):
        return day + timedelta(days=policy.count)
    if policy.life == "months":
        return _months_later(day, policy.count, policy.calendar)
    if policy.life == "month_end":
        return _month_end(day, policy.count, policy.calendar)
    if policy.life == "year_end":
        left_in_year = 12 - _split(day, policy.calendar)[1]
        return _month_end(day, left_in_year + 12 * policy.count, policy.calendar)
    return None


def first_day(policy: Policy, day: date) -> date:
    """The first day on which what is earned on ``day`` can be spent.

    >>> first_day(Policy(wait_days=14), date(2026, 3, 1))
    datetime.date(2026, 3, 16)
    """
    return day + timedelta(days=policy.wait_days + 1) if policy.wait_days else day


def days_of(policy: Policy, day: date) -> tuple[date, date | None]:
    """(first day, last day) of what is earned on ``day``. What would die while it waits lives from its first day on.

    >>> days_of(Policy("month_end", 0, wait_days=14), date(2026, 1, 25))
    (datetime.date(2026, 2, 9), datetime.date(2026, 2, 28))
    """
    first, last = first_day(policy, day), last_day(policy, day)
    if last and last < first:
        last = last_day(policy, first)
    return first, last


def life_of(policy: Policy, at: datetime) -> Life:
    """The life of an amount that comes in at the UTC instant ``at``.

    >>> life_of(Policy("days", 10, zone="Asia/Tehran"), datetime(2026, 3, 10, 12)).expires_at
    datetime.datetime(2026, 3, 20, 20, 30)
    """
    first, last = days_of(policy, local_day(at, policy.zone))
    return Life(
        end_of_day(first - timedelta(days=1), policy.zone) if policy.wait_days else None,
        end_of_day(last, policy.zone) if last else None,
        policy.count if policy.life == "idle" else None,
    )


def last_day_of(expires_at: datetime, zone: str) -> date:
    """The last day, in ``zone``, of what can be spent before the UTC instant ``expires_at``.

    >>> last_day_of(datetime(2026, 3, 20, 20, 30), "Asia/Tehran")
    datetime.date(2026, 3, 20)
    """
    return local_day(expires_at - timedelta(seconds=1), zone)


def written(day: date, calendar: str) -> str:
    """A date in figures, year first, in ``calendar``.

    >>> written(date(2026, 3, 21), "jalali"), written(date(2026, 3, 21), "gregorian")
    ('1405/01/01', '2026-03-21')
    """
    if calendar == "jalali":
        return "{:04d}/{:02d}/{:02d}".format(*_split(day, calendar))
    return day.isoformat()


def _split(day: date, calendar: str) -> tuple[int, int, int]:
    if calendar == "jalali":
        jalali = JalaliDate(day)
        return jalali.year, jalali.month, jalali.day
    return day.year, day.month, day.day


def _join(year: int, month: int, number: int, calendar: str) -> date:
    return JalaliDate(year, month, number).to_gregorian() if calendar == "jalali" else date(year, month, number)


def _length(year: int, month: int, calendar: str) -> int:
    return JalaliDate.days_in_month(month, year) if calendar == "jalali" else monthrange(year, month)[1]


def _later(year: int, month: int, months: int) -> tuple[int, int]:
    total = year * 12 + month - 1 + months
    return total // 12, total % 12 + 1


def _months_later(day: date, months: int, calendar: str) -> date:
    """The same number of the month, or the last one of a shorter month."""
    year, month, number = _split(day, calendar)
    year, month = _later(year, month, months)
    return _join(year, month, min(number, _length(year, month, calendar)), calendar)


def _month_end(day: date, months: int, calendar: str) -> date:
    year, month, _number = _split(day, calendar)
    year, month = _later(year, month, months)
    return _join(year, month, _length(year, month, calendar), calendar)
