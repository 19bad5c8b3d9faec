"""Lots: whatever is earned, spent, given back or dies, nothing is spent twice, too early or beyond what there is."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.lots import (
    ZERO,
    Leg,
    Lot,
    NewLot,
    Shortage,
    end_of_day,
    is_usable,
    plan_incoming,
    plan_outgoing,
    plan_promised,
    usable_total,
)
from loyalty_club.rules.movement import Movement, digest, problem_of

START = datetime(2026, 1, 1)

amounts = st.integers(1, 5000).map(lambda units: Decimal(units) / 100)
instants = st.integers(0, 100).map(lambda days: START + timedelta(days=days))
lives = st.tuples(st.none() | instants, st.none() | instants)


@st.composite
def lots(draw):
    made = []
    for number in range(draw(st.integers(0, 6))):
        amount = draw(amounts)
        remaining = draw(st.sampled_from([amount, amount / 2, ZERO])).quantize(Decimal("0.001"))
        made.append(Lot(number + 1, amount, remaining, *draw(lives)))
    return made


@given(lots(), amounts, instants, st.integers(0, 3000).map(lambda units: Decimal(units) / 100))
def test_spending_never_takes_more_than_is_usable_and_free(open_lots, amount, at, held):
    held = min(held, sum((lot.remaining for lot in open_lots), ZERO))
    plan = plan_outgoing(amount, open_lots, at, held=held)
    available = usable_total(open_lots, at, held)
    if isinstance(plan, Shortage):
        assert available < amount
        assert plan.available == available
        return
    assert available >= amount
    assert sum(leg.amount for leg in plan) == amount
    by_id = {lot.id: lot for lot in open_lots}
    for leg in plan:
        lot = by_id[leg.lot_id]
        assert ZERO < leg.amount <= lot.remaining
        assert is_usable(lot.usable_from, lot.expires_at, at)


@given(lots(), amounts, instants, amounts)
def test_what_was_set_aside_is_paid_however_the_lots_have_changed(open_lots, amount, at, held):
    total = sum((lot.remaining for lot in open_lots), ZERO)
    legs = plan_promised(amount, open_lots, at, held)
    if isinstance(legs, Shortage):
        assert total - held < amount
        return
    assert sum(leg.amount for leg in legs) == amount
    by_id = {lot.id: lot for lot in open_lots}
    for leg in legs:
        lot = by_id[leg.lot_id]
        assert ZERO < leg.amount <= lot.remaining
        assert leg.promised != is_usable(lot.usable_from, lot.expires_at, at)


@given(lots(), amounts, instants)
def test_what_dies_first_is_spent_first(open_lots, amount, at):
    plan = plan_outgoing(amount, open_lots, at)
    if isinstance(plan, Shortage):
        return
    taken = {leg.lot_id: leg.amount for leg in plan}
    spent = [lot for lot in open_lots if lot.id in taken]
    spared = [
        lot
        for lot in open_lots
        if is_usable(lot.usable_from, lot.expires_at, at) and lot.remaining > taken.get(lot.id, ZERO)
    ]
    last = max(((lot.expires_at or datetime.max, lot.id) for lot in spent), default=None)
    assert all((lot.expires_at or datetime.max, lot.id) >= last for lot in spared)


@given(lots(), amounts, instants)
def test_with_debt_allowed_the_missing_part_has_no_lot(open_lots, amount, at):
    plan = plan_outgoing(amount, open_lots, at, allow_debt=True)
    debt = sum((leg.amount for leg in plan if leg.lot_id is None), ZERO)
    assert sum(leg.amount for leg in plan) == amount
    assert debt == max(ZERO, amount - usable_total(open_lots, at))


@given(lots(), amounts, st.integers(0, 3000).map(lambda units: Decimal(units) / 100))
def test_what_comes_in_pays_debt_first_and_never_overfills_a_lot(open_lots, amount, debt):
    back_to = [(lot, lot.amount - lot.remaining) for lot in open_lots]
    plan = plan_incoming(amount, debt, back_to=back_to)
    assert sum(leg.amount for leg in plan) == amount
    assert all(leg.amount > 0 for leg in plan)
    paid = sum((leg.amount for leg in plan if not leg.lot_id and not leg.new_lot), ZERO)
    assert paid == min(debt, amount)
    room = {lot.id: lot.amount - lot.remaining for lot in open_lots}
    for leg in plan:
        if leg.lot_id:
            assert leg.amount <= room[leg.lot_id]


@given(
    st.lists(st.tuples(st.sampled_from(["earn", "spend", "back", "overdraw"]), amounts, lives, instants), max_size=25)
)
def test_any_story_keeps_lots_debt_and_balance_in_step(story):
    """A model of the ledger in a few lines: the same rules, a plain sum beside them."""
    book, debt, balance, spent = {}, ZERO, ZERO, []
    for step, amount, (start, end), at in story:
        if step in ("spend", "overdraw"):
            plan = plan_outgoing(amount, list(book.values()), at, allow_debt=step == "overdraw")
            if isinstance(plan, Shortage):
                continue
            balance -= amount
            spent += [(leg.lot_id, leg.amount) for leg in plan if leg.lot_id]
            sign = -1
        else:
            giving = [spent.pop()] if step == "back" and spent else []
            amount = giving[0][1] if giving else amount
            plan = plan_incoming(
                amount,
                debt,
                back_to=[(book[lot_id], part) for lot_id, part in giving],
                new_lots=[] if giving else [NewLot(amount, None, start, end)],
            )
            balance += amount
            sign = 1
        for leg in plan:
            debt = book_leg(book, leg, sign, debt)
        assert sum((lot.remaining for lot in book.values()), ZERO) - debt == balance
        assert debt >= 0
        assert all(0 <= lot.remaining <= lot.amount for lot in book.values())


def book_leg(book, leg: Leg, sign: int, debt: Decimal) -> Decimal:
    """Apply one leg to the model; the debt after it."""
    if leg.new_lot:
        number = len(book) + 1
        book[number] = Lot(number, leg.amount, leg.amount, leg.new_lot.usable_from, leg.new_lot.expires_at)
        return debt
    if leg.lot_id:
        lot = book[leg.lot_id]
        book[lot.id] = Lot(lot.id, lot.amount, lot.remaining + sign * leg.amount, lot.usable_from, lot.expires_at)
        return debt
    return debt - sign * leg.amount


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Asia/Tehran", datetime(2026, 3, 20, 20, 30)),
        ("UTC", datetime(2026, 3, 21)),
        ("America/New_York", datetime(2026, 3, 21, 4)),
    ],
)
def test_the_last_day_is_inclusive_in_the_shops_time_zone(zone, end):
    """Rows 16 and 17: three rules for one date."""
    expires_at = end_of_day(date(2026, 3, 20), zone)
    assert expires_at == end
    assert is_usable(None, expires_at, end - timedelta(seconds=1))
    assert not is_usable(None, expires_at, end)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": ""}, "no_key"),
        ({"amount": 5}, "not_decimal"),
        ({"amount": Decimal(0)}, "not_positive"),
        ({"amount": Decimal("NaN")}, "not_positive"),
        ({"amount": Decimal("Infinity")}, "not_positive"),
        ({"amount": Decimal("0.0005")}, "too_fine"),
        ({"new_lots": (NewLot(Decimal(4)),)}, "lots_do_not_sum"),
        ({}, None),
    ],
)
def test_a_movement_that_makes_no_sense_is_named(change, code):
    values = {"key": "k", "kind": "earn", "account_id": 1, "amount": Decimal(5), "incoming": True, "counter": "issue"}
    assert problem_of(Movement(**{**values, **change})) == code


@pytest.mark.parametrize("change", [{"kind": "load"}, {"account_id": 2}, {"amount": Decimal(6)}, {"branch_id": 3}])
def test_other_inputs_have_another_digest(change):
    values = {"key": "k", "kind": "earn", "account_id": 1, "amount": Decimal(5), "incoming": True, "counter": "issue"}
    assert digest(Movement(**values)) != digest(Movement(**{**values, **change}))
    later = {"occurred_at": START, "reason": "again", "details": {"a": 1}}
    assert digest(Movement(**values)) == digest(Movement(**{**values, **later}))
