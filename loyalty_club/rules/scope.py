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
    return payable_together([(scope, parts)], branch_id, digits)


def payable_together(cards: Iterable[tuple[Scope, Iterable[Part]]], branch_id: int | None, digits: int) -> Decimal:
    """What several cards may pay of one ticket between them: of each line the best share that one of them has.

    ``cards``: for each its scope and the same ticket with the lines that it may pay.

    >>> card = (Scope({7: Decimal(30)}), [Part(Decimal(100))])
    >>> payable_together([card, card], 7, 2)
    Decimal('30.00')
    """
    cards = [(exact(share_of(scope, branch_id) or ZERO), list(parts)) for scope, parts in cards]
    ticket = cards[0][1] if cards else []
    goods = sum((exact(part.amount) for part in ticket if part.amount > 0), Fraction(0))
    total = sum((exact(part.amount) for part in ticket), Fraction(0))
    if goods <= 0 or total <= 0:
        return floor_amount(ZERO, digits)
    paid = Fraction(0)
    for place, part in enumerate(ticket):
        if part.amount > 0:
            paid += exact(part.amount) * max(share if parts[place].covered else Fraction(0) for share, parts in cards)
    return floor_amount(paid * total / goods / 100, digits)
