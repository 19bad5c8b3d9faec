"""Order dues: what a sale order should have earned and spent by now, after deliveries, invoices and credit notes. Pure.

A line counts with a share between 0 (nothing) and 1 (all of it). Shares are fractions of what was ordered; a line that
was delivered or billed beyond the order counts as 1: an order never earns more than what was ordered.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..tools.amount import exact, floor_amount
from .clawback import give_back

STATES = ("confirmed", "delivered", "invoiced", "paid")
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Bill:
    """What one posted document covers of an order line: an invoice with ``share`` > 0, a credit note with < 0.

    ``against`` is the invoice that a credit note corrects; ``settled`` says that nothing of it is left to pay, and
    ``paid`` which part of it was settled by paying (the rest was written off, or set off against what is no payment).
    """

    move: int
    share: Fraction
    settled: bool = False
    against: int | None = None
    paid: Fraction = Fraction(1)


def share_of(quantity, ordered, amount, priced) -> Fraction:
    """The part of an order line that a document line covers: the smaller one of quantity and money.

    A credit note for the price alone takes back money, not pieces; one for pieces takes back both.

    >>> share_of(10, 10, Decimal(200), Decimal(1000)), share_of(3, 10, Decimal(300), Decimal(1000))
    (Fraction(1, 5), Fraction(3, 10))
    >>> share_of(1, 1, Decimal(0), Decimal(0))
    Fraction(1, 1)
    """
    parts = [exact(part) / exact(whole) for part, whole in ((quantity, ordered), (amount, priced)) if exact(whole)]
    return max(ZERO, min(parts, default=ZERO))


def returned_share(bills: Iterable[Bill]) -> Fraction:
    """The part that was credited and not billed again.

    >>> invoice, credit = Bill(1, Fraction(1)), Bill(2, Fraction(-1, 4))
    >>> returned_share([invoice, credit]), returned_share([invoice, credit, Bill(3, Fraction(1, 4))])
    (Fraction(1, 4), Fraction(0, 1))
    """
    billed, credited = _totals(list(bills))
    return _within(credited - max(ZERO, billed - ONE))


def kept_share(state: str, delivered: Fraction, bills: Iterable[Bill]) -> Fraction:
    """The part of a line that counts for a club whose orders earn when they are ``state``.

    ``ValueError`` for a state that doesn't exist.

    >>> half, rest = Bill(1, Fraction(1, 2), settled=True), Bill(2, Fraction(1, 2))
    >>> [str(kept_share(state, Fraction(3, 4), [half, rest])) for state in STATES]
    ['1', '3/4', '1', '1/2']
    """
    bills = list(bills)
    if state == "confirmed":
        return ONE - returned_share(bills)
    if state == "delivered":
        return min(_within(delivered), ONE - returned_share(bills))
    if state == "invoiced":
        billed, credited = _totals(bills)
        return _within(billed - credited)
    if state == "paid":
        return _paid(bills)
    raise ValueError(f"unknown state {state!r}")


def due_points(weights: Mapping[str, Fraction], kept: Mapping[str, Fraction], digits: int) -> Decimal:
    """Points that the kept lines are worth, rounded down once.

    >>> due_points({"a": Fraction(7, 2), "b": Fraction(7, 2)}, {"a": Fraction(1)}, 0)
    Decimal('3')
    """
    return floor_amount(sum((weight * kept.get(key, ZERO) for key, weight in weights.items()), ZERO), digits)


def due_cost(cost: Decimal, returned: Fraction, digits: int) -> Decimal:
    """What a reward still costs after ``returned`` of it was credited.

    >>> due_cost(Decimal(10), Fraction(1, 3), 0), due_cost(Decimal(10), Fraction(1), 0)
    (Decimal('7'), Decimal('0'))
    """
    return max(Decimal(0), cost) - give_back(max(Decimal(0), cost), returned, Decimal(0), digits)


def _totals(bills: list[Bill]) -> tuple[Fraction, Fraction]:
    billed = sum((bill.share for bill in bills if bill.share > 0), ZERO)
    credited = -sum((bill.share for bill in bills if bill.share < 0), ZERO)
    return billed, credited


def _paid(bills: list[Bill]) -> Fraction:
    """Settled invoices as far as they were paid, less their credit notes; credit notes of no invoice in sight count
    against all of them.

    >>> quarter = Bill(1, Fraction(1), True, paid=Fraction(1, 4))
    >>> _paid([quarter]), _paid([quarter, Bill(2, Fraction(-1), against=1)])
    (Fraction(1, 4), Fraction(0, 1))
    """
    invoices: dict[int, Fraction] = defaultdict(Fraction)
    for bill in bills:
        if bill.share > 0:
            invoices[bill.move] += bill.share * _within(bill.paid)
    loose = ZERO
    for bill in bills:
        if bill.share < 0 and bill.against in invoices:
            invoices[bill.against] += bill.share
        elif bill.share < 0:
            loose -= bill.share
    settled = {bill.move for bill in bills if bill.settled}
    return _within(sum((max(ZERO, share) for move, share in invoices.items() if move in settled), ZERO) - loose)


def _within(share: Fraction) -> Fraction:
    return min(ONE, max(ZERO, share))
