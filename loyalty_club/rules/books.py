"""What is written into the general ledger for entries that no document writes there. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

#: Against which account of the book an entry of each kind is written; a reversal against that of what it takes back.
#: What has no account of its own is a correction: somebody should see it, and nothing is lost.
ROLES = {"earn": "granted", "expire": "breakage", "opening": "opening", "fee": "fee", "transfer": "transfer"}
OTHER = "adjust"


def role_of(kind: str) -> str:
    """The account of a book (granted, breakage, opening, fee, transfer or adjust) for an entry of ``kind``.

    >>> role_of("earn"), role_of("core")
    ('granted', 'adjust')
    """
    return ROLES.get(kind, OTHER)


def first_open_day(day: date, locks: Iterable[date]) -> date:
    """The day itself, or the first one after all lock dates that close it.

    >>> first_open_day(date(2026, 3, 5), [date(2026, 3, 31), date(2025, 12, 31)])
    datetime.date(2026, 4, 1)
    >>> first_open_day(date(2026, 4, 2), [date(2026, 3, 31)])
    datetime.date(2026, 4, 2)
    """
    return max([day, *(lock + timedelta(days=1) for lock in locks)])
