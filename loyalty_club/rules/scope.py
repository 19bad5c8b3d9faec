"""Scopes: how much of a ticket an account may pay at a branch. Pure; exact, rounded down once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..tools.amount import exact, floor_amount

ZERO = Decimal(0)
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and for how much.

    ``shares``: {branch id: percent of the ticket}; empty: every branch, with ``share`` percent.
    ``by_product``: only some products are paid; which ones is decided outside and told per line.
    """

    shares: Mapping[int, Decimal]
    share: Decimal = WHOLE
    by_product: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the ticket: ``amount`` incl. tax (negative: a discount or a return); ``covered``: may be paid."""

    amount: Decimal
    covered: bool = True


def share_of(scope: Scope, branch_id: int | None) -> Decimal | None:
    """The percentage that is paid at a branch; None: this branch is not among them.

    >>> share_of(Scope({}), None), share_of(Scope({7: Decimal(30)}), 7), share_of(Scope({7: Decimal(30)}), 8)
    (Decimal('100'), Decimal('30'), None)
    """
    if not scope.shares:
        return scope.share
    return scope.shares.get(branch_id)


def needs_ticket(scope: Scope, branch_id: int | None) -> bool:
    """Whether the lines must be known to say what may be paid.

    >>> needs_ticket(Scope({}), 1), needs_ticket(Scope({1: Decimal(30)}), 1), needs_ticket(Scope({}, WHOLE, True), 1)
    (False, True, True)
    """
    return scope.by_product or share_of(scope, branch_id) != WHOLE


def payable(scope: Scope, branch_id: int | None, parts: Iterable[Part], digits: int) -> Decimal:
    """What may be paid of a ticket at a branch, rounded down to ``digits`` decimals.

    Discounts on lines of their own are spread over all goods in proportion, so that nobody is paid for a discount.

    >>> ticket = [Part(Decimal("99.99")), Part(Decimal(50), covered=False)]
    >>> payable(Scope({7: Decimal(30)}), 7, ticket, 2)
    Decimal('29.99')
    """
    share = share_of(scope, branch_id)
    if share is None:
        return floor_amount(ZERO, digits)
    parts = list(parts)
    goods = sum((exact(part.amount) for part in parts if part.amount > 0), Fraction(0))
    covered = sum((exact(part.amount) for part in parts if part.amount > 0 and part.covered), Fraction(0))
    total = sum((exact(part.amount) for part in parts), Fraction(0))
    if goods <= 0 or total <= 0:
        return floor_amount(ZERO, digits)
    return floor_amount(covered * total / goods * exact(share) / 100, digits)
