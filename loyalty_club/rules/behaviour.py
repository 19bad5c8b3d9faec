"""Caps of points for behaviour: whether one more may be given. Pure; amounts are Decimals in units of the account."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``count`` times and ``amount`` altogether within a period; None: no such limit."""

    count: int | None = None
    amount: Decimal | None = None


def over_cap(cap: Cap, given_count: int, given_amount: Decimal, amount: Decimal) -> str | None:
    """Why ``amount`` may not be given any more (``count`` or ``amount``), or None. A part is never given.

    >>> over_cap(Cap(count=1), 1, Decimal(10), Decimal(10))
    'count'
    >>> over_cap(Cap(amount=Decimal(25)), 2, Decimal(20), Decimal(10))
    'amount'
    >>> over_cap(Cap(count=3, amount=Decimal(30)), 2, Decimal(20), Decimal(10)) is None
    True
    """
    if cap.count is not None and given_count + 1 > cap.count:
        return "count"
    if cap.amount is not None and given_amount + amount > cap.amount:
        return "amount"
    return None
