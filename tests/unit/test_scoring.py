"""What a basket earns: the shared vectors, and what holds for every basket."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.scoring import REWARDS, Line, Rule, score
from loyalty_club.tools.amount import floor_amount


def make_line(place: int, values: dict) -> Line:
    values = {"key": str(place), "product": 1, "quantity": "1", **values}
    values.setdefault("amount_excl", values["amount_incl"])
    exact = {name: Decimal(values[name]) for name in ("quantity", "amount_incl", "amount_excl")}
    return Line(**{**values, **exact})


def make_rule(place: int, values: dict) -> Rule:
    values = {"minimum_quantity": "0", "minimum_amount": "0", "points": "1", **values}
    products = values.get("products")
    return Rule(
        id=values.get("id", place),
        products=None if products is None else frozenset(products),
        minimum_quantity=Decimal(values["minimum_quantity"]),
        minimum_amount=Decimal(values["minimum_amount"]),
        minimum_tax_included=values.get("minimum_tax_included", True),
        mode=values.get("mode", "money"),
        points=Decimal(values["points"]),
    )


def test_vector(scoring_case):
    lines = [make_line(place, values) for place, values in enumerate(scoring_case["lines"], 1)]
    rules = [make_rule(place, values) for place, values in enumerate(scoring_case["rules"], 1)]
    result = score(lines, rules, scoring_case.get("digits", 0))
    assert str(result.points) == scoring_case["points"]
    assert list(result.fired) == scoring_case.get("fired", [])
    refused = [(item.rule_id, item.code, item.need, floor_amount(item.have, 6)) for item in result.refused]
    assert refused == [
        (rule, code, Decimal(need), Decimal(have)) for rule, code, need, have in scoring_case.get("refused", [])
    ]
    if "per_line" in scoring_case:
        expected = {key: Fraction(value) for key, value in scoring_case["per_line"].items()}
        assert {key: value for key, value in result.per_line.items() if value} == expected


def test_two_lines_with_one_key_are_an_error():
    with pytest.raises(ValueError, match="same key"):
        score([make_line(1, {"amount_incl": "1"})] * 2, [], 0)


def test_unknown_reward_is_an_error():
    with pytest.raises(ValueError, match="unknown kinds"):
        score([make_line(1, {"amount_incl": "1", "reward": "gift"})], [], 0)


def test_unknown_mode_is_an_error():
    with pytest.raises(ValueError, match="unknown mode"):
        score([make_line(1, {"amount_incl": "1"})], [make_rule(1, {"mode": "visit"})], 0)


money = st.decimals(min_value=0, max_value=10**6, places=2)
quantities = st.decimals(min_value=0, max_value=50, places=2)
products = st.integers(min_value=1, max_value=3)


@st.composite
def baskets(draw, refunds=True):
    goods = draw(st.lists(st.tuples(products, quantities, money), max_size=5))
    cuts = draw(
        st.lists(st.tuples(st.sampled_from(["discount", "free_product", "payment"]), money, products), max_size=3)
    )
    flags = st.booleans()
    lines = [
        Line(f"g{place}", product, quantity, amount, amount / 2, ignore=draw(flags) and draw(flags))
        for place, (product, quantity, amount) in enumerate(goods)
    ]
    lines += [
        Line(
            f"r{place}",
            9,
            Decimal(1),
            -amount,
            -amount / 2,
            reward=kind,
            own_program=draw(flags),
            reward_product=product,
        )
        for place, (kind, amount, product) in enumerate(cuts)
    ]
    if refunds and goods:
        product, quantity, amount = goods[0]
        lines.append(Line("back", product, -quantity, -amount, -amount / 2, returned=True))
    return draw(st.permutations(lines))


rules = st.lists(
    st.builds(
        Rule,
        id=st.integers(1, 9),
        products=st.none() | st.frozensets(products),
        minimum_quantity=st.integers(0, 3).map(Decimal),
        minimum_amount=st.integers(0, 500).map(Decimal),
        minimum_tax_included=st.booleans(),
        mode=st.sampled_from(["order", "money", "unit"]),
        points=st.decimals(min_value=0, max_value=100, places=3),
    ),
    max_size=3,
    unique_by=lambda rule: rule.id,
)
digits = st.integers(0, 3)


@given(baskets(), rules, digits)
def test_points_are_never_negative_and_lines_add_up(lines, rules, digits):
    result = score(lines, rules, digits)
    total = sum(result.per_line.values(), Fraction(0))
    assert result.points >= 0
    assert all(weight >= 0 for weight in result.per_line.values())
    assert 0 <= total - Fraction(result.points) < Fraction(1, 10**digits)
    assert sorted([*result.fired, *(item.rule_id for item in result.refused)]) == sorted(rule.id for rule in rules)


@given(baskets(), rules, digits)
def test_the_order_of_lines_changes_nothing(lines, rules, digits):
    one, other = score(lines, rules, digits), score(lines[::-1], rules, digits)
    assert (one.points, one.per_line, one.fired) == (other.points, other.per_line, other.fired)


@given(baskets(), rules, digits)
def test_refund_lines_change_nothing(lines, rules, digits):
    bought = [line for line in lines if line.quantity > 0]
    assert score(lines, rules, digits) == score(bought, rules, digits)


@given(baskets(), rules, digits, products, money, quantities, st.sampled_from(sorted(REWARDS)))
def test_goods_that_come_back_without_their_sale_never_earn(lines, rules, digits, product, amount, quantity, reward):
    back = [*lines, Line("no sale", product, -quantity, -amount, -amount / 2, reward=reward)]
    assert score(back, rules, digits).points <= score(lines, rules, digits).points
    whole = sum(line.amount_incl for line in lines if line.quantity > 0 and line.reward == "none" and not line.ignore)
    everything = [*lines, Line("all of it", product, Decimal(-1), -whole - 1, -whole - 1, reward=reward)]
    assert score(everything, rules, digits).points == 0


@given(baskets(), rules, digits, products, money, quantities)
def test_buying_more_never_earns_less(lines, rules, digits, product, amount, quantity):
    more = [*lines, Line("more", product, quantity, amount, amount / 2)]
    assert score(more, rules, digits).points >= score(lines, rules, digits).points


@given(baskets(), rules, digits, money, st.booleans())
def test_a_discount_never_earns_more(lines, rules, digits, amount, own):
    cut = [*lines, Line("cut", 9, Decimal(1), -amount, -amount / 2, reward="discount", own_program=own)]
    assert score(cut, rules, digits).points <= score(lines, rules, digits).points


@given(baskets(), rules, digits, money)
def test_how_it_is_paid_changes_nothing(lines, rules, digits, amount):
    paid = [*lines, Line("paid", 9, Decimal(1), -amount, -amount, reward="payment")]
    assert score(paid, rules, digits) == score(lines, rules, digits)
