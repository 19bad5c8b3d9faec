"""Reversal shares: what a refund takes back of the points earned, and gives back of the points spent. Pure.

A buyer keeps exactly what the goods that he keeps would have earned, rounded down as when earning. So the order in
which goods come back doesn't matter, and after the last one nothing of the earned points is left and nothing more was
taken. Amounts are in points; fractions run from 0 (kept) to 1 (wholly returned) and are cumulative per line.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from ..tools.amount import exact, floor_amount

Share = Fraction | Decimal | int
ZERO = Decimal(0)


def take_back(
    earned: Decimal,
    weights: Mapping[str, Share],
    returned: Mapping[str, Share],
    taken: Decimal,
    digits: int,
    prices: Mapping[str, Share] | None = None,
) -> Decimal:
    """What to take back now of ``earned`` when ``taken`` was taken before.

    ``weights`` is ``Score.per_line``; ``returned`` the returned fraction of each line so far, this refund included
    (lines that aren't named are kept). If no line has a weight, ``prices`` share the points, and if no line has a
    price, all lines do so evenly. Never negative, never more than what is left of ``earned``.

    >>> halves = {"a": Fraction(3, 2), "b": Fraction(3, 2)}
    >>> take_back(Decimal(3), halves, {"a": 1}, Decimal(0), digits=0)
    Decimal('2')
    >>> take_back(Decimal(3), halves, {"a": 1, "b": 1}, Decimal(2), digits=0)
    Decimal('1')
    """
    shares = _shares(weights, prices)
    whole = sum(shares.values(), Fraction(0))
    if not whole:
        return ZERO
    kept = sum((share * (1 - _fraction(returned.get(key, 0))) for key, share in shares.items()), Fraction(0))
    # the weights sum to the points before rounding; if they don't (other shares), the booked points are all we have
    total = whole if floor_amount(whole, digits) == earned else exact(earned)
    left = min(earned, floor_amount(total * kept / whole, digits))
    return max(ZERO, earned - left - taken)


def give_back(spent: Decimal, returned: Share, given: Decimal, digits: int) -> Decimal:
    """What to give back now of the ``spent`` points when ``given`` was given before.

    ``returned`` is the part of the reward, or of the goods it was spent on, that has come back so far. Rounded down
    until everything is back, so it ends at exactly ``spent``.

    >>> give_back(Decimal(10), Fraction(1, 3), Decimal(0), digits=0)
    Decimal('3')
    >>> give_back(Decimal(10), 1, Decimal(3), digits=0)
    Decimal('7')
    """
    fraction = _fraction(returned)
    due = spent if fraction == 1 else floor_amount(exact(spent) * fraction, digits)
    return max(ZERO, due - given)


def _shares(weights: Mapping[str, Share], prices: Mapping[str, Share] | None) -> dict[str, Fraction]:
    for source in (weights, prices or {}):
        shares = {key: max(Fraction(0), exact(value)) for key, value in source.items()}
        if any(shares.values()):
            return shares
    return {key: Fraction(1) for key in {**weights, **(prices or {})}}


def _fraction(value: Share) -> Fraction:
    """``value`` within 0 and 1: a line that was returned too often is returned, no more."""
    return min(Fraction(1), max(Fraction(0), exact(value)))
