"""Referral: what a purchase of an invited friend earns, and who counts as invited. Pure; amounts are Decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..tools.amount import exact, floor_amount

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reward:
    """A rule: ``amount`` fixed, or so many percent of what was paid, for the friend's first ``purchases``."""

    mode: str
    amount: Decimal
    purchases: int = 1
    minimum: Decimal = ZERO


def counts(reward: Reward, rank: int, kept: Decimal) -> bool:
    """Whether the friend's ``rank``-th purchase (from 1), of which ``kept`` was not returned, earns anything.

    >>> counts(Reward("fixed", Decimal(5), purchases=2), 3, Decimal(100))
    False
    >>> counts(Reward("fixed", Decimal(5), minimum=Decimal(50)), 1, Decimal("49.99"))
    False
    """
    return kept > 0 and rank <= reward.purchases and kept >= reward.minimum


def due(reward: Reward, kept: Decimal, digits: int) -> Decimal:
    """What a purchase that counts earns: rounded down, as all that is earned.

    >>> due(Reward("percent", Decimal("2.5")), Decimal("99.99"), 2)
    Decimal('2.49')
    >>> due(Reward("fixed", Decimal(50)), Decimal("99.99"), 0)
    Decimal('50')
    """
    if reward.mode == "percent":
        return floor_amount(exact(kept) * exact(reward.amount) / 100, digits)
    return floor_amount(reward.amount, digits)


def within_cap(amount: Decimal, given: Decimal, cap: Decimal | None) -> Decimal:
    """What of ``amount`` fits below a cap when ``given`` was given before; a cap is filled to its last unit.

    >>> within_cap(Decimal(10), Decimal(95), Decimal(100))
    Decimal('5')
    >>> within_cap(Decimal(10), Decimal(120), Decimal(100))
    Decimal('0')
    """
    return amount if cap is None else max(ZERO, min(amount, cap - given))


def is_circle(friend: int, referrer: int, invited_by: Mapping[int, int]) -> bool:
    """Whether ``friend`` is the referrer, or has invited him, directly or through others.

    >>> is_circle(1, 3, {3: 2, 2: 1})
    True
    >>> is_circle(4, 3, {3: 2, 2: 1})
    False
    """
    seen = set()
    at: int | None = referrer
    while at is not None and at not in seen:
        if at == friend:
            return True
        seen.add(at)
        at = invited_by.get(at)
    return False


def kept_amount(paid: Mapping[str, Fraction], returned: Mapping[str, Fraction], digits: int) -> Decimal:
    """What was paid for lines (``rules.scoring.paid``), less the returned fraction of each, rounded down.

    >>> kept_amount({"a": Fraction(30), "b": Fraction(20)}, {"a": Fraction(1, 3)}, 2)
    Decimal('40.00')
    """
    kept = sum(
        (
            amount * (1 - min(Fraction(1), max(Fraction(0), returned.get(key, Fraction(0)))))
            for key, amount in paid.items()
        ),
        Fraction(0),
    )
    return floor_amount(kept, digits)
