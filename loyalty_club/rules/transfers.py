"""Transfers between members: the fee, and whether a day's limits leave room. Pure; Decimals."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..tools.amount import ceil_amount

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one member may transfer in a day; 0 in a limit: no limit. The fee is paid by the sender, on top."""

    allowed: bool = False
    count: int = 0
    amount: Decimal = ZERO
    fee_percent: Decimal = ZERO
    fee_fixed: Decimal = ZERO
    digits: int = 0


def fee_of(limits: Limits, amount: Decimal) -> Decimal:
    """The fee of a transfer of ``amount``, rounded up to the smallest unit.

    >>> fee_of(Limits(fee_percent=Decimal("2.5"), fee_fixed=Decimal(1), digits=0), Decimal(100))
    Decimal('4')
    """
    return ceil_amount(
        Fraction(amount) * Fraction(limits.fee_percent) / 100 + Fraction(limits.fee_fixed), limits.digits
    )


def refusal(limits: Limits, amount: Decimal, done_count: int, done_amount: Decimal) -> str | None:
    """Reason code why ``amount`` can't be transferred after ``done_count`` transfers of ``done_amount`` today, or None.

    >>> refusal(Limits(True, count=2), Decimal(5), 2, Decimal(10))
    'too_many'
    >>> refusal(Limits(True, amount=Decimal(100)), Decimal(60), 1, Decimal(50))
    'too_much'
    """
    if not limits.allowed:
        return "not_allowed"
    if limits.count and done_count >= limits.count:
        return "too_many"
    if limits.amount and done_amount + amount > limits.amount:
        return "too_much"
    return None


def masked(name: str) -> str:
    """A name of which others see enough to know whether it is the right person: the first letter of each word.

    >>> masked("Sara Karimi"), masked("علی رضایی")
    ('S••• K•••', 'ع••• ر•••')
    """
    return " ".join(f"{word[0]}•••" for word in name.split())
