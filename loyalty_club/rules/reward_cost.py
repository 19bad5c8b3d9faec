"""Reward cost: what a claimed reward costs in points, and whether it gave more than it may. Pure.

The server computes the cost from what the order really gave; the till's figure only settles rounding. Every order that
Odoo's own till or sale makes is accepted at Odoo's price (``_getRewardLineValues*`` in pos_loyalty,
``_get_reward_values_*`` in sale_loyalty). Core gives points as discount in whole blocks of ``required_points`` at most,
and less if the basket is smaller; the price per point is the same in both cases. So ``required_points`` is the
smallest balance that opens a reward, not the smallest cost, and a member may choose any amount up to the balance.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from ..tools.amount import ceil_amount, exact, to_amount


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward. ``kind`` discount or product; ``mode`` (of discounts) percent, per_order or per_point.

    ``discount`` is a percentage, an amount, or an amount per point; ``max_amount`` 0 is no limit. ``payment`` marks
    eWallets and gift cards, which can be spent to the last cent, whatever ``required_points`` says.
    """

    id: int
    kind: str
    mode: str = "percent"
    discount: Decimal = Decimal(0)
    required_points: Decimal = Decimal(1)
    max_amount: Decimal = Decimal(0)
    product_quantity: Decimal = Decimal(1)
    clear_wallet: bool = False
    payment: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What an order says about one claimed reward.

    ``amount_given`` is positive, tax included; ``quantity`` the free pieces; ``claimed_points`` the till's cost;
    ``discountable_total`` the amount that the reward could reduce at most, tax included, before it (None: unknown);
    ``lines`` how many order lines the reward was split into, each with its own rounding.
    """

    reward: Reward
    amount_given: Decimal
    quantity: Decimal
    claimed_points: Decimal
    balance_before: Decimal
    discountable_total: Decimal | None = None
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """The points to take."""

    points: Decimal


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a claim isn't in order: ``need`` is what was asked for, ``have`` what there is.

    ``not_enough_points``, ``more_than_reward`` (amounts), ``more_than_quantity`` (free pieces) or ``negative``.
    """

    code: str
    need: Decimal
    have: Decimal


def cost(claim: Claim, digits: int, currency_digits: int = 2) -> Cost | Refusal:
    """What the claim costs, with ``digits`` decimals of points, or why it is refused.

    ``ValueError`` for a kind or mode that doesn't exist.

    >>> ten_toman_a_point = Reward(1, "discount", "per_point", discount=Decimal(10), required_points=Decimal(100))
    >>> claim = Claim(ten_toman_a_point, Decimal(495), Decimal(0), Decimal("49.5"), Decimal(250), Decimal(495))
    >>> cost(claim, digits=0)
    Cost(points=Decimal('50'))
    >>> cost(Claim(ten_toman_a_point, Decimal(495), Decimal(0), Decimal(0), Decimal(99)), digits=0)
    Refusal(code='not_enough_points', need=Decimal('100'), have=Decimal('99'))
    """
    worst = min(claim.amount_given, claim.quantity)
    if worst < 0:
        return Refusal("negative", Decimal(0), worst)
    reward = claim.reward
    if reward.kind == "discount" and not claim.amount_given:
        return Cost(to_amount(0, digits))
    if reward.kind == "product" and not claim.quantity:
        return Cost(to_amount(0, digits))
    points = _points(claim, digits, currency_digits)
    to_the_last_cent = reward.payment and reward.mode == "per_point" and not reward.clear_wallet
    least = points if to_the_last_cent else max(points, reward.required_points)
    if least > claim.balance_before:
        return Refusal("not_enough_points", least, claim.balance_before)
    return _excess(claim, currency_digits) or Cost(points)


def worth(points: Decimal, discount: Decimal) -> Fraction:
    """What ``points`` are worth at ``discount`` per point, exactly: multiplied, never divided.

    >>> worth(Decimal(77), Decimal(20))
    Fraction(1540, 1)
    """
    return exact(points) * exact(discount)


def points_for(amount: Decimal | Fraction, discount: Decimal, digits: int) -> Decimal:
    """The points that pay for ``amount`` at ``discount`` per point, rounded up: the opposite of ``worth``.

    >>> points_for(Decimal(1540), Decimal(20), 0), points_for(Decimal("1540.01"), Decimal(20), 2)
    (Decimal('77'), Decimal('77.01'))
    """
    return ceil_amount(exact(amount) / exact(discount), digits)


def _points(claim: Claim, digits: int, currency_digits: int) -> Decimal:
    """The cost before any check."""
    reward = claim.reward
    if reward.clear_wallet:
        return claim.balance_before
    if reward.kind == "product":
        return ceil(exact(claim.quantity) / exact(reward.product_quantity)) * reward.required_points
    if reward.kind != "discount" or reward.mode not in ("percent", "per_order", "per_point"):
        raise ValueError(f"unknown reward {reward.kind!r}, {reward.mode!r}")
    if reward.mode != "per_point":
        return reward.required_points
    # order lines are rounded, the till's figure is not: it holds if the rounding of the lines explains the difference
    asked = worth(claim.claimed_points, reward.discount)
    if abs(asked - exact(claim.amount_given)) <= _tolerance(claim, currency_digits):
        # floats at the till leave dust far below any digit, which must not be rounded up to a whole unit
        return ceil_amount(to_amount(claim.claimed_points, digits + 6), digits)
    return points_for(claim.amount_given, reward.discount, digits)


def _excess(claim: Claim, currency_digits: int) -> Refusal | None:
    """The refusal if the order gave more than the reward allows."""
    reward = claim.reward
    if reward.kind == "product" and reward.clear_wallet and claim.quantity > reward.product_quantity:
        return Refusal("more_than_quantity", claim.quantity, reward.product_quantity)
    limits = [exact(limit) for limit in (claim.discountable_total,) if limit is not None]
    if reward.kind == "discount":
        if reward.max_amount > 0:
            limits.append(exact(reward.max_amount))
        limits += _mode_limit(claim)
    if limits and exact(claim.amount_given) > min(limits) + _tolerance(claim, currency_digits):
        return Refusal("more_than_reward", claim.amount_given, to_amount(min(limits), currency_digits))
    return None


def _mode_limit(claim: Claim) -> list[Fraction]:
    """What the mode of a discount allows at most; nothing if that isn't known."""
    reward = claim.reward
    if reward.mode == "per_point":
        return [worth(claim.balance_before, reward.discount)]
    if reward.mode == "per_order":
        return [exact(reward.discount)]
    if claim.discountable_total is None:
        return []
    return [exact(claim.discountable_total) * exact(reward.discount) / 100]


def _tolerance(claim: Claim, currency_digits: int) -> Fraction:
    """One minor unit per line, for up to ten lines: rewards are split by tax, and nobody has more taxes than that."""
    return Fraction(min(10, max(1, claim.lines)), 10**currency_digits)
