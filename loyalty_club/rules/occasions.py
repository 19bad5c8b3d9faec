"""Days that come every year, in three calendars. Pure.

The lunar (Hijri) calendar here is the arithmetical one, with leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of
thirty. Months that are begun by sight of the moon differ from it by a day now and then: known dates go before it.
"""

from datetime import date, timedelta

from .lives import _join as join
from .lives import _length as length
from .lives import _split as split

CALENDARS = ("gregorian", "jalali", "lunar")
_EPOCH = date(622, 7, 19).toordinal()  # 1 Muharram 1 (16 July 622 of the Julian calendar)
_LEAP = 11
#: A known date is taken for the lunar day that it is nearest to.
NEAR = timedelta(days=4)


def lunar_day(year: int, month: int, day: int) -> date:
    """The day of an arithmetical lunar date.

    >>> lunar_day(1447, 10, 1), lunar_day(1446, 12, 10)
    (datetime.date(2026, 3, 20), datetime.date(2025, 6, 7))
    """
    days = (year - 1) * 354 + (3 + _LEAP * year) // 30 + (59 * (month - 1) + 1) // 2 + day - 1
    return date.fromordinal(_EPOCH + days)


def lunar_year(day: date) -> int:
    """The arithmetical lunar year around ``day``.

    >>> lunar_year(date(2026, 3, 20)), lunar_year(lunar_day(1448, 1, 1)), lunar_year(lunar_day(1447, 12, 29))
    (1447, 1448, 1447)
    """
    year = (day.toordinal() - _EPOCH) * 30 // 10631 + 1
    return year - 1 if day < lunar_day(year, 1, 1) else year + 1 if day >= lunar_day(year + 1, 1, 1) else year


def years_near(calendar: str, day: date) -> list[int]:
    """Years of ``calendar`` one of whose occasions can be on ``day``.

    >>> years_near("jalali", date(2026, 3, 21)), years_near("lunar", date(2026, 6, 17))
    ([1405], [1447, 1448, 1449])
    """
    if calendar == "lunar":
        year = lunar_year(day)
        return [year - 1, year, year + 1]  # the moon may be late at the turn of a year
    return [split(day, calendar)[0]]


def occasion_day(calendar: str, year: int, month: int, day: int, known: list[date] = ()) -> date:
    """The date of an occasion in ``year`` of its calendar; the last day of a month that is too short for it.

    :param known: dates on which a better source sees a lunar occasion, of whatever years

    >>> occasion_day("jalali", 1405, 1, 1), occasion_day("gregorian", 2026, 2, 29)
    (datetime.date(2026, 3, 21), datetime.date(2026, 2, 28))
    >>> occasion_day("lunar", 1447, 10, 1, [date(2025, 3, 31), date(2026, 3, 21)])
    datetime.date(2026, 3, 21)
    """
    if calendar != "lunar":
        return join(year, month, min(day, length(year, month, calendar)), calendar)
    estimate = lunar_day(year, month, day)
    near = [one for one in known if abs(one - estimate) <= NEAR]
    return min(near, key=lambda one: abs(one - estimate)) if near else estimate
