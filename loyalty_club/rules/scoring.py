"""Scoring: how many points a basket earns under one program's rules. Pure; the till's preview (earn.js) is its twin.

The same for till and sale order, and the same vectors (tests/vectors/scoring.json) hold for Python and JavaScript.

Counting follows Odoo's own (``pointsForPrograms`` at the till, ``_program_check_compute_points`` in sale): a rule
fires when the goods it covers reach its minimum amount (in its tax mode) and its minimum quantity; it then gives its
points once (``order``), per paid currency unit including tax (``money``) or per paid piece (``unit``).
A combo counts as its parent line, which carries the whole price.

It differs from core on purpose:

1. The base is net of rewards. A discount (of any program, also the scored one; also a negative line without a program)
   is spread over all goods of the basket in proportion to their amounts. A free product first reduces the lines of
   that product, amount and quantity. A payment (gift card, eWallet) reduces nothing.
2. Amounts are exact fractions; the only rounding is the last one, down to the program's digits.
3. Lines that return goods of another sale, and returned rewards, are not seen at all. Goods that come back without
   their sale (a negative line with no origin) are taken off like a discount, and their share off the pieces; when they
   are worth as much as the rest, nothing is left to earn on.
4. The result is never negative.
5. Ignored lines (tips, settlements, gift-card sales, top-ups) neither earn nor count towards a minimum, and no
   discount is spread over them.

As in core, discounts of the scored program and of automatic ones don't push a basket below a minimum amount: otherwise
spending points would take away the reason why they can be spent. Amounts are in the program's currency.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..tools.amount import exact, floor_amount

Exact = Decimal | Fraction

REWARDS = frozenset({"none", "discount", "free_product", "payment"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a basket. Amounts are line totals, negative for discounts.

    ``reward`` is none, discount, free_product or payment. A free product whose amount is negative takes the price off
    goods that are on other lines (the till); one with amount 0 is the goods themselves (sale) and changes nothing.
    ``own_program``: the reward belongs to the scored program. ``automatic``: that program has Odoo's trigger "auto".
    ``returned``: a line with a negative quantity that names the line it returns.
    """

    key: str
    product: int
    quantity: Exact
    amount_incl: Exact
    amount_excl: Exact
    reward: str = "none"
    own_program: bool = False
    reward_product: int | None = None
    ignore: bool = False
    combo_child: bool = False
    automatic: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a program: ``products`` None is any product; ``mode`` is order, money or unit."""

    id: int
    products: frozenset[int] | None
    minimum_quantity: Exact
    minimum_amount: Exact
    minimum_tax_included: bool
    mode: str
    points: Exact

    def covers(self, product: int) -> bool:
        return self.products is None or product in self.products


@dataclass(frozen=True, slots=True)
class RuleRefusal:
    """Why a rule didn't fire: no_product, minimum_amount or minimum_quantity; what it needs and what is there."""

    rule_id: int
    code: str
    need: Exact
    have: Exact


@dataclass(frozen=True, slots=True)
class Score:
    """``points`` rounded down; ``per_line`` what each line gave, exactly; which rules fired and why others didn't."""

    points: Decimal
    per_line: dict[str, Fraction]
    fired: tuple[int, ...]
    refused: tuple[RuleRefusal, ...]


@dataclass(frozen=True, slots=True)
class _Goods:
    """A line that can earn, after rewards: what was paid, and what counts towards a minimum amount."""

    key: str
    product: int
    gross: Fraction
    units: Fraction
    paid: Fraction
    counted_incl: Fraction
    counted_excl: Fraction


def score(lines: Iterable[Line], rules: Iterable[Rule], digits: int) -> Score:
    """What the basket earns. ``ValueError`` when two lines have one key or a rule's mode is unknown.

    >>> coffee = Line("a", 7, Decimal(2), Decimal(10), Decimal(8))
    >>> discount = Line("b", 9, Decimal(1), Decimal("-2.5"), Decimal(-2), reward="discount", own_program=True)
    >>> per_unit_of_money = Rule(1, None, Decimal(1), Decimal(0), True, "money", Decimal(1))
    >>> score([coffee, discount], [per_unit_of_money], 0).points
    Decimal('7')
    """
    goods = _goods(list(lines))
    per_line: dict[str, Fraction] = {}
    fired, refused = [], []
    for rule in rules:
        covered = [item for item in goods if rule.covers(item.product)]
        refusal = _refusal(rule, covered)
        if refusal:
            refused.append(refusal)
            continue
        fired.append(rule.id)
        for key, points in _earned(rule, covered).items():
            per_line[key] = per_line.get(key, Fraction(0)) + points
    total = sum(per_line.values(), Fraction(0))
    return Score(floor_amount(total, digits), per_line, tuple(fired), tuple(refused))


def paid(lines: Iterable[Line]) -> dict[str, Fraction]:
    """What was paid per line that can earn, net of rewards: the base of all that is a percentage of a purchase.

    >>> tip = Line("t", 8, Decimal(1), Decimal(3), Decimal(3), ignore=True)
    >>> paid([Line("a", 7, Decimal(2), Decimal(10), Decimal(8)), tip])
    {'a': Fraction(10, 1)}
    """
    return {item.key: item.paid for item in _goods(list(lines))}


def _goods(lines: Sequence[Line]) -> list[_Goods]:
    """The lines that can earn, net of what rewards took off."""
    if len({line.key for line in lines}) != len(lines):
        raise ValueError("two lines have the same key")
    unknown = {line.reward for line in lines} - REWARDS
    if unknown:
        raise ValueError(f"unknown kinds of reward: {sorted(unknown)}")
    lines = [line for line in lines if not line.ignore and not line.combo_child]
    returns = [line for line in lines if _has_no_origin(line)]
    lines = [line for line in lines if line.quantity > 0]
    goods = [line for line in lines if line.reward == "none" and line.amount_incl >= 0]
    kept = _kept(goods, returns)
    if not kept:
        return []
    free = [line for line in lines if line.reward == "free_product" and line.amount_incl < 0]
    cuts = [line for line in lines if line.reward in ("none", "discount") and line.amount_incl < 0]
    counting_cuts = [line for line in cuts if not (line.own_program or line.automatic)] + returns
    cuts += returns
    units = {key: pieces * kept for key, pieces in _units(goods, free).items()}
    paid = _net(goods, free, cuts, "amount_incl")
    counted_incl = _net(goods, free, counting_cuts, "amount_incl")
    counted_excl = _net(goods, free, counting_cuts, "amount_excl")
    return [
        _Goods(
            line.key,
            line.product,
            exact(line.amount_incl),
            units[line.key],
            paid[line.key],
            counted_incl[line.key],
            counted_excl[line.key],
        )
        for line in goods
    ]


def _has_no_origin(line: Line) -> bool:
    """Whether something comes back with this line, whatever it is called, and nobody knows from which sale."""
    return line.quantity < 0 and line.amount_incl < 0 and not line.returned


def _kept(goods: Sequence[Line], returns: Sequence[Line]) -> Fraction:
    """The share of the goods that is left after what comes back without its sale; 1 when nothing does."""
    back = sum((-exact(line.amount_incl) for line in returns), Fraction(0))
    whole = sum((exact(line.amount_incl) for line in goods), Fraction(0))
    return max(Fraction(0), 1 - back / whole) if whole else Fraction(0 if back else 1)


def _units(goods: Sequence[Line], free: Sequence[Line]) -> dict[str, Fraction]:
    """Paid pieces per line: those given free are taken off the lines of their product."""
    units = {line.key: exact(line.quantity) for line in goods}
    for product in {line.reward_product for line in free}:
        keys = [line.key for line in goods if line.product == product]
        given = sum((exact(line.quantity) for line in free if line.reward_product == product), Fraction(0))
        _take_off(units, keys, given)
    return units


def _net(goods: Sequence[Line], free: Sequence[Line], cuts: Sequence[Line], field: str) -> dict[str, Fraction]:
    """Amounts per line after free products (from lines of their product first) and discounts (from all goods)."""
    amounts = {line.key: max(Fraction(0), exact(getattr(line, field))) for line in goods}
    rest = sum((-exact(getattr(line, field)) for line in cuts), Fraction(0))
    for product in {line.reward_product for line in free}:
        keys = [line.key for line in goods if line.product == product]
        given = sum((-exact(getattr(line, field)) for line in free if line.reward_product == product), Fraction(0))
        rest += _take_off(amounts, keys, given)
    _take_off(amounts, list(amounts), rest)
    return amounts


def _take_off(amounts: dict[str, Fraction], keys: Collection[str], take: Fraction) -> Fraction:
    """Reduce ``amounts`` of ``keys`` in proportion, not below zero; returns what couldn't be taken."""
    total = sum((amounts[key] for key in keys), Fraction(0))
    take = max(Fraction(0), take)
    if total > 0:
        kept = max(Fraction(0), 1 - take / total)
        for key in keys:
            amounts[key] *= kept
    return max(Fraction(0), take - total)


def _refusal(rule: Rule, covered: Sequence[_Goods]) -> RuleRefusal | None:
    if not covered:
        return RuleRefusal(rule.id, "no_product", rule.minimum_quantity, Fraction(0))
    field = "counted_incl" if rule.minimum_tax_included else "counted_excl"
    amount = sum((getattr(item, field) for item in covered), Fraction(0))
    if amount < exact(rule.minimum_amount):
        return RuleRefusal(rule.id, "minimum_amount", rule.minimum_amount, amount)
    quantity = sum((item.units for item in covered), Fraction(0))
    if quantity < exact(rule.minimum_quantity):
        return RuleRefusal(rule.id, "minimum_quantity", rule.minimum_quantity, quantity)
    return None


def _earned(rule: Rule, covered: Sequence[_Goods]) -> dict[str, Fraction]:
    """Exact points per line of a rule that fires."""
    points = max(Fraction(0), exact(rule.points))
    if rule.mode == "money":
        return {item.key: points * item.paid for item in covered}
    if rule.mode == "unit":
        return {item.key: points * item.units for item in covered}
    if rule.mode != "order":
        raise ValueError(f"unknown mode {rule.mode!r} of rule {rule.id}")
    shares = [item.paid for item in covered]
    if not any(shares):  # everything was free: by price, else evenly
        shares = [item.gross for item in covered]
    if not any(shares):
        shares = [Fraction(1)] * len(covered)
    whole = sum(shares, Fraction(0))
    return {item.key: points * share / whole for item, share in zip(covered, shares, strict=True)}
