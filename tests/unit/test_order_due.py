"""What a sale order should have earned and spent by now: tables of cases, and properties over random documents."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.order_due import STATES, Bill, due_cost, due_points, kept_share, returned_share, share_of

HALF, ONE = Fraction(1, 2), Fraction(1)


@pytest.mark.parametrize(
    ("name", "bills", "expected"),
    [
        ("nothing billed", [], ["1", "1", "0", "0"]),
        ("billed, not paid", [Bill(1, ONE)], ["1", "1", "1", "0"]),
        ("paid", [Bill(1, ONE, True)], ["1", "1", "1", "1"]),
        ("half paid", [Bill(1, HALF, True), Bill(2, HALF)], ["1", "1", "1", "1/2"]),
        ("paid and half credited", [Bill(1, ONE, True), Bill(2, -HALF, True, 1)], ["1/2"] * 4),
        ("wholly credited", [Bill(1, ONE, True), Bill(2, -ONE, True, 1)], ["0"] * 4),
        ("credited and billed again", [Bill(1, ONE, True), Bill(2, -ONE, True, 1), Bill(3, ONE, True)], ["1"] * 4),
        (
            "a credit note of the unpaid invoice leaves the paid one alone",
            [Bill(1, HALF, True), Bill(2, HALF), Bill(3, -HALF, False, 2)],
            ["1/2"] * 4,
        ),
        ("a credit note of no invoice in sight", [Bill(1, ONE, True), Bill(2, -HALF)], ["1/2"] * 4),
        ("billed beyond the order", [Bill(1, Fraction(3, 2), True)], ["1"] * 4),
    ],
)
def test_what_counts_of_a_line(name, bills, expected):
    assert [str(kept_share(state, ONE, bills)) for state in STATES] == expected


def test_delivered_goods_that_were_credited_do_not_count_twice():
    returned = [Bill(1, ONE), Bill(2, Fraction(-1, 5), against=1)]
    assert kept_share("delivered", Fraction(4, 5), returned) == Fraction(4, 5)


def test_a_credit_note_for_the_price_takes_back_money_not_pieces():
    assert share_of(10, 10, Decimal(50), Decimal(1000)) == Fraction(1, 20)


def test_a_discount_line_is_shared_by_its_negative_amount():
    assert share_of(1, 1, Decimal("-5"), Decimal("-20")) == Fraction(1, 4)


def test_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="shipped"):
        kept_share("shipped", ONE, [])


shares = st.fractions(min_value=0, max_value=2, max_denominator=12)
documents = st.lists(
    st.builds(
        Bill,
        move=st.integers(1, 6),
        share=st.fractions(min_value=-1, max_value=1, max_denominator=12),
        settled=st.booleans(),
        against=st.none() | st.integers(1, 6),
    ),
    max_size=6,
)


@given(shares, documents)
def test_a_share_stays_within_nothing_and_all(delivered, bills):
    assert all(0 <= kept_share(state, delivered, bills) <= 1 for state in STATES)
    assert 0 <= returned_share(bills) <= 1


@given(shares, documents)
def test_paid_goods_are_never_more_than_billed_ones(delivered, bills):
    positive = [bill for bill in bills if bill.share > 0]
    assert kept_share("paid", delivered, positive) <= kept_share("invoiced", delivered, positive)


@given(st.dictionaries(st.text(max_size=2), st.fractions(min_value=0, max_value=50), max_size=4), st.integers(0, 3))
def test_all_lines_kept_are_the_whole_score_and_none_is_nothing(weights, digits):
    whole = due_points(weights, dict.fromkeys(weights, ONE), digits)
    assert whole <= sum(weights.values()) < whole + Decimal(1).scaleb(-digits)
    assert due_points(weights, {}, digits) == 0


@given(st.decimals(0, 1000, places=2), st.fractions(min_value=0, max_value=1))
def test_a_reward_costs_what_is_left_of_it(cost, returned):
    left = due_cost(cost, returned, 2)
    assert 0 <= left <= cost
    assert due_cost(cost, ONE, 2) == 0 and due_cost(cost, Fraction(0), 2) == cost
