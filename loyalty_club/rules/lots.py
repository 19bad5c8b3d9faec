"""Lots: which amounts are spent first, given back first, and when they die. Pure; Decimals and UTC instants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from .movement import NewLot

ZERO = Decimal(0)
FAR = datetime.max


@dataclass(frozen=True, slots=True)
class Lot:
    """An open lot: ``remaining`` of ``amount`` is left, usable in [usable_from, expires_at)."""

    id: int
    amount: Decimal
    remaining: Decimal
    usable_from: datetime | None = None
    expires_at: datetime | None = None
    branch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a movement: from or to one lot, a new lot, or (both empty) a debt.

    ``promised``: spent outside the lot's life, because the amount had been set aside.
    """

    amount: Decimal
    lot_id: int | None = None
    new_lot: NewLot | None = None
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why an amount can't be taken: ``available`` is what could be."""

    available: Decimal
    needed: Decimal


def end_of_day(last_day: date, zone: str) -> datetime:
    """The UTC instant (naive, exclusive) at which something valid through ``last_day`` in ``zone`` ends.

    >>> end_of_day(date(2026, 3, 20), "Asia/Tehran")
    datetime.datetime(2026, 3, 20, 20, 30)
    """
    midnight = datetime.combine(last_day + timedelta(days=1), time.min, ZoneInfo(zone))
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)


def is_usable(usable_from: datetime | None, expires_at: datetime | None, at: datetime) -> bool:
    """Whether something can be spent at the instant ``at``: the one answer for every channel.

    >>> is_usable(None, datetime(2026, 1, 1), datetime(2025, 12, 31, 23, 59, 59))
    True
    >>> is_usable(None, datetime(2026, 1, 1), datetime(2026, 1, 1))
    False
    """
    return (usable_from is None or usable_from <= at) and (expires_at is None or at < expires_at)


def spending_order(lots: Iterable[Lot]) -> list[Lot]:
    """Earliest expiry first, then the oldest."""
    return sorted(lots, key=lambda lot: (lot.expires_at or FAR, lot.id))


def usable_total(lots: Iterable[Lot], at: datetime, held: Decimal = ZERO) -> Decimal:
    """What may be spent at ``at``: usable lots, less what holds keep back.

    What waits or has died covers no hold, so that nothing is promised to two tills.
    """
    usable = sum((lot.remaining for lot in lots if is_usable(lot.usable_from, lot.expires_at, at)), ZERO)
    return max(ZERO, usable - held)


def plan_outgoing(
    amount: Decimal,
    lots: Sequence[Lot],
    at: datetime,
    *,
    held: Decimal = ZERO,
    first: Sequence[tuple[int, Decimal]] = (),
    exact: bool = False,
    allow_debt: bool = False,
) -> list[Leg] | Shortage:
    """Take ``amount`` from ``lots``: from ``first`` (usable or not), then in spending order, then (allowed) as debt.

    >>> lots = [Lot(1, Decimal(5), Decimal(5)), Lot(2, Decimal(5), Decimal(5), expires_at=datetime(2030, 1, 1))]
    >>> [(leg.lot_id, leg.amount) for leg in plan_outgoing(Decimal(7), lots, datetime(2029, 1, 1))]
    [(2, Decimal('5')), (1, Decimal('2'))]
    """
    order = [lot for lot in spending_order(lots) if not exact and is_usable(lot.usable_from, lot.expires_at, at)]
    by_id = {lot.id: lot for lot in lots}
    wishes = [(by_id[lot_id], limit) for lot_id, limit in first if lot_id in by_id]
    free = max(ZERO, sum((lot.remaining for lot in lots), ZERO) - held)
    taken, left = _take(amount, wishes, free, {})
    free = min(free - (amount - left), usable_total(order, at, held) - sum(taken.get(lot.id, ZERO) for lot in order))
    taken, left = _take(left, [(lot, lot.remaining) for lot in order], free, taken)
    legs = [Leg(part, lot_id=lot_id) for lot_id, part in taken.items()]
    if left > 0 and not allow_debt:
        return Shortage(available=amount - left, needed=amount)
    return [*legs, Leg(left)] if left > 0 else legs


def plan_promised(amount: Decimal, lots: Sequence[Lot], at: datetime, held: Decimal = ZERO) -> list[Leg] | Shortage:
    """Take ``amount`` that was set aside at ``at``; ``held`` is what other holds keep back.

    As things stood then. What those lots no longer have (goods came back, or others spent them while newer lots
    waited) comes from whatever is there, in legs that say so: the customer has left with his goods.

    >>> waiting = Lot(1, Decimal(5), Decimal(5), usable_from=datetime(2029, 1, 1))
    >>> [(leg.lot_id, leg.amount, leg.promised) for leg in plan_promised(Decimal(3), [waiting], datetime(2028, 1, 1))]
    [(1, Decimal('3'), True)]
    """
    legs = plan_outgoing(amount, lots, at, held=held)
    if not isinstance(legs, Shortage):
        return legs
    alive = {lot.id for lot in lots if is_usable(lot.usable_from, lot.expires_at, at)}
    order = sorted(spending_order(lots), key=lambda lot: lot.id not in alive)
    free = max(ZERO, sum((lot.remaining for lot in lots), ZERO) - held)
    taken, left = _take(amount, [(lot, lot.remaining) for lot in order], free, {})
    if left > 0:
        return Shortage(available=amount - left, needed=amount)
    return [Leg(part, lot_id=lot_id, promised=lot_id not in alive) for lot_id, part in taken.items()]


def _take(
    amount: Decimal, wishes: Sequence[tuple[Lot, Decimal]], free: Decimal, taken: dict[int, Decimal]
) -> tuple[dict[int, Decimal], Decimal]:
    """Take up to ``amount`` and never more than ``free`` in the order of ``wishes``, besides what is ``taken`` already.

    Returns ({lot id: part}, what is missing).
    """
    taken = dict(taken)
    left = amount
    for lot, limit in wishes:
        part = min(left, free, limit, lot.remaining - taken.get(lot.id, ZERO))
        if part > 0:
            taken[lot.id] = taken.get(lot.id, ZERO) + part
            left -= part
            free -= part
    return taken, left


def plan_incoming(
    amount: Decimal,
    debt: Decimal,
    *,
    back_to: Sequence[tuple[Lot, Decimal]] = (),
    new_lots: Sequence[NewLot] = (),
    branch_id: int | None = None,
    dead_at: datetime | None = None,
    grace: datetime | None = None,
) -> list[Leg]:
    """Put ``amount`` in: a debt is paid first, then ``back_to`` lots get back what they gave, the rest makes new lots.

    Without ``new_lots`` the rest is one lot issued by ``branch_id`` that never expires. What goes back to a lot
    that is over at ``dead_at`` lives on until ``grace`` in a new lot of the same issuer, or without it dies too.

    >>> [(leg.lot_id, leg.amount) for leg in plan_incoming(Decimal(9), Decimal(4))]
    [(None, Decimal('4')), (None, Decimal('5'))]
    """
    legs = []
    left = amount
    paid = min(debt, left)
    if paid > 0:
        legs.append(Leg(paid))
        left -= paid
    for lot, limit in back_to:
        part = min(left, limit, lot.amount - lot.remaining)
        if part > 0:
            dead = grace and lot.expires_at and dead_at and lot.expires_at <= dead_at
            again = NewLot(part, lot.branch_id, None, grace, lot.id) if dead else None
            legs.append(Leg(part, None if dead else lot.id, again))
            left -= part
    for new in new_lots or (NewLot(left, branch_id),):
        part = min(left, new.amount)
        if part > 0:
            legs.append(Leg(part, new_lot=replace(new, amount=part)))
            left -= part
    if left > 0:
        legs.append(Leg(left, new_lot=NewLot(left, branch_id)))
    return legs
