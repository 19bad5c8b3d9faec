"""Refunds take back and give back exactly, in whatever order and parts the goods return."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.clawback import give_back, take_back
from loyalty_club.rules.scoring import Line, Rule, score
from loyalty_club.tools.amount import floor_amount

keys = st.sampled_from("abcdef")
shares = st.fractions(min_value=0, max_value=1000, max_denominator=1000)
weight_maps = st.dictionaries(keys, shares, min_size=1, max_size=6)
parts = st.fractions(min_value=0, max_value=1, max_denominator=12)
digits = st.integers(0, 3)


@pytest.mark.parametrize(
    ("weights", "prices", "returned", "expected"),
    [
        ({"a": 6, "b": 4}, None, {"a": 1}, "6"),
        ({"a": 6, "b": 4}, None, {"b": Fraction(1, 2)}, "2"),
        ({"a": 6, "b": 4}, None, {}, "0"),
        ({"a": 6, "b": 4}, None, {"x": 1}, "0"),
        ({"a": 6, "b": 4}, None, {"a": 2, "b": 7}, "10"),
        ({"a": 10, "gift": 0}, None, {"gift": 1}, "0"),
        ({}, {"a": 30, "b": 70}, {"a": 1}, "3"),
        ({"a": 0, "b": 0}, {"a": 30, "b": 70}, {"b": 1}, "7"),
        ({"a": 0, "b": 0}, {"a": 0, "b": 0}, {"b": 1}, "5"),
        ({"a": 0, "b": 0}, None, {"b": 1}, "5"),
        ({}, None, {"b": 1}, "0"),
    ],
)
def test_shares_of_ten_points(weights, prices, returned, expected):
    assert take_back(Decimal(10), weights, returned, Decimal(0), 0, prices) == Decimal(expected)


def test_what_stays_is_what_the_kept_goods_would_have_earned():
    weights = {"a": Fraction(1, 2), "b": Fraction(1)}
    assert take_back(Decimal(1), weights, {"a": 1}, Decimal(0), 0) == 0
    assert take_back(Decimal(1), weights, {"b": 1}, Decimal(0), 0) == 1


def test_more_was_taken_before_than_is_due():
    assert take_back(Decimal(10), {"a": 6, "b": 4}, {"b": 1}, Decimal(9), 0) == 0
    assert give_back(Decimal(10), Fraction(1, 2), Decimal(9), 0) == 0


@st.composite
def returns(draw, lines):
    """A walk of cumulative returned fractions that ends with everything returned."""
    state, walk = {}, []
    for _ in range(draw(st.integers(0, 6))):
        key = draw(st.sampled_from(sorted(lines)))
        state[key] = max(state.get(key, Fraction(0)), draw(parts))
        walk.append(dict(state))
    return [*walk, dict.fromkeys(lines, Fraction(1))]


@given(weight_maps, digits, st.none() | weight_maps, st.data())
def test_any_sequence_of_refunds_takes_exactly_what_was_earned(weights, digits, prices, data):
    earned = floor_amount(sum(weights.values(), Fraction(0)), digits)
    if not any(weights.values()):
        earned = Decimal(7)
    lines = {**weights, **(prices or {})} if not any(weights.values()) else weights
    taken = Decimal(0)
    for returned in data.draw(returns(lines)):
        now = take_back(earned, weights, returned, taken, digits, prices)
        assert now >= 0
        taken += now
        assert taken <= earned
    assert taken == earned


@given(weight_maps, digits, st.data())
def test_the_way_of_returning_does_not_matter(weights, digits, data):
    earned = floor_amount(sum(weights.values(), Fraction(0)), digits)
    walk = data.draw(returns(weights))[:-1]
    taken = Decimal(0)
    for returned in walk:
        taken += take_back(earned, weights, returned, taken, digits)
    at_once = take_back(earned, weights, walk[-1] if walk else {}, Decimal(0), digits)
    assert taken == at_once


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), st.data())
def test_returning_a_line_leaves_what_the_rest_earns(cents, data):
    rule = Rule(1, None, Decimal(0), Decimal(0), True, "money", Decimal("0.01"))
    lines = [Line(str(n), 1, Decimal(1), Decimal(c) / 100, Decimal(c) / 100) for n, c in enumerate(cents)]
    back = data.draw(st.sampled_from(lines))
    whole = score(lines, [rule], 0)
    rest = score([line for line in lines if line is not back], [rule], 0)
    assert whole.points - take_back(whole.points, whole.per_line, {back.key: 1}, Decimal(0), 0) == rest.points


@given(st.integers(0, 10**6), digits, st.lists(parts, max_size=6))
def test_spent_points_come_back_exactly(units, digits, fractions):
    spent = floor_amount(Fraction(units, 10**digits), digits)
    given_back = Decimal(0)
    for fraction in [*sorted(fractions), Fraction(1)]:
        now = give_back(spent, fraction, given_back, digits)
        assert now >= 0
        given_back += now
        assert given_back <= spent
    assert given_back == spent
