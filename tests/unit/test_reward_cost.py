"""What a reward costs: the shared vectors, and that no claim is cheaper than what it gave."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.reward_cost import Claim, Cost, Refusal, Reward, cost, points_for, worth
from loyalty_club.tools.amount import floor_amount


def make_claim(case: dict) -> Claim:
    plain = {"kind", "mode", "clear_wallet", "payment", "lines"}
    values = {"kind": "discount", "mode": "per_point", **case["reward"]}
    reward = Reward(1, **{name: value if name in plain else Decimal(value) for name, value in values.items()})
    values = {"quantity": "0", "claimed_points": "0", **case["claim"]}
    return Claim(reward, **{name: value if name in plain else Decimal(value) for name, value in values.items()})


def test_vector(reward_cost_case):
    case = reward_cost_case
    result = cost(make_claim(case), case.get("digits", 0), case.get("currency_digits", 2))
    if "cost" in case:
        assert result == Cost(Decimal(case["cost"]))
    else:
        code, need, have = case["refusal"]
        assert result == Refusal(code, Decimal(need), Decimal(have))


@pytest.mark.parametrize("reward", [Reward(1, "shipping"), Reward(1, "discount", "per_kilo")])
def test_unknown_reward_is_an_error(reward):
    with pytest.raises(ValueError, match="unknown reward"):
        cost(Claim(reward, Decimal(1), Decimal(1), Decimal(0), Decimal(10)), 0)


rates = st.decimals(min_value=Decimal("0.001"), max_value=5000, places=3)
digits = st.integers(0, 3)


@given(st.integers(0, 10**7), rates, digits)
def test_row_45_points_to_value_and_back(units, rate, digits):
    points = floor_amount(Fraction(units, 10**digits), digits)
    assert points_for(worth(points, rate), rate, digits) == points


@given(st.decimals(min_value=0, max_value=10**6, places=2), rates, digits)
def test_row_45_value_to_points_and_back_loses_less_than_a_unit(amount, rate, digits):
    points = points_for(amount, rate, digits)
    unit = Fraction(rate) / 10**digits
    assert 0 <= worth(points, rate) - Fraction(amount) < unit


claims = st.builds(
    Claim,
    st.builds(
        Reward,
        id=st.just(1),
        kind=st.sampled_from(["discount", "product"]),
        mode=st.sampled_from(["percent", "per_order", "per_point"]),
        discount=st.integers(1, 200).map(Decimal),
        required_points=st.integers(1, 50).map(Decimal),
        max_amount=st.integers(0, 50).map(Decimal),
        product_quantity=st.integers(1, 3).map(Decimal),
        clear_wallet=st.booleans(),
        payment=st.booleans(),
    ),
    amount_given=st.decimals(min_value=0, max_value=500, places=2),
    quantity=st.integers(0, 5).map(Decimal),
    claimed_points=st.decimals(min_value=-100, max_value=500, places=2),
    balance_before=st.integers(0, 500).map(Decimal),
    discountable_total=st.none() | st.integers(0, 500).map(Decimal),
    lines=st.integers(1, 50),
)


@given(claims, digits)
def test_a_cost_is_covered_by_the_balance_and_covers_what_was_given(claim, digits):
    result = cost(claim, digits)
    if isinstance(result, Refusal):
        return
    reward = claim.reward
    assert 0 <= result.points <= claim.balance_before
    if reward.kind == "discount" and reward.mode == "per_point":
        assert worth(result.points, reward.discount) >= Fraction(claim.amount_given) - Fraction(10, 100)
    elif claim.amount_given and claim.quantity:
        assert result.points >= reward.required_points


@given(claims, digits, st.decimals(min_value=-100, max_value=500, places=2))
def test_the_tills_figure_moves_the_cost_by_rounding_only(claim, digits, other):
    import dataclasses

    results = [cost(claim, digits), cost(dataclasses.replace(claim, claimed_points=other), digits)]
    if all(isinstance(result, Cost) for result in results):
        apart = Fraction(abs(results[0].points - results[1].points))
        assert apart <= 2 * Fraction(10, 100) / Fraction(claim.reward.discount) + Fraction(1, 10**digits)
