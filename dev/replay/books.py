"""The second calculation: what every household must have earned, spent and lost, straight from the data.

It shares no code with the addons and knows only the written rules (docs/replay.md): exact fractions until the one
rounding down; a discount lowers what all goods earn alike; a return leaves what the goods that are kept would have
earned; points are spent oldest first, come back to where they were, and are taken from where the purchase put them.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from .data import Basket
from .plan import CENTS_PER_POINT, Return, Visit, points_to_spend

#: The program of the replay: one point per currency unit paid, and ten more for a basket from 50.00 on.
POINTS_PER_CENT = Fraction(1, 100)
EXTRA_POINTS, EXTRA_FROM_CENTS = 10, 5000

#: What is counted per household and per store.
FIGURES = ("earned", "spent", "taken_back", "given_back", "left")


@dataclass
class Pile:
    """Points that came in together: where, how many, how many are left."""

    store: int
    size: int
    left: int


@dataclass
class Purchase:
    """What a visit did to the points, kept for what may come back."""

    weights: list[Fraction]
    earned: int
    pile: Pile | None
    spent: int
    spent_from: list[tuple[Pile, int]]
    returned: list[int] = field(default_factory=list)
    taken_back: int = 0
    given_back: int = 0


class Household:
    """The points of one household."""

    def __init__(self) -> None:
        self.piles: list[Pile] = []
        self.owed = 0
        self.purchases: dict[int, Purchase] = {}

    @property
    def balance(self) -> int:
        return sum(pile.left for pile in self.piles) - self.owed

    def put_new(self, points: int, store: int) -> Pile | None:
        """Points come in; what is owed is paid first, the rest is a new pile."""
        rest = self.pay_debt(points)
        if not rest:
            return None
        pile = Pile(store, rest, rest)
        self.piles.append(pile)
        return pile

    def pay_debt(self, points: int) -> int:
        paid = min(self.owed, points)
        self.owed -= paid
        return points - paid

    def take(self, points: int, first: Pile | None = None) -> list[tuple[Pile, int]]:
        """Points go out: of ``first``, then of the oldest piles; what is not there is owed. Who gave how many."""
        gave = []
        for pile in [*([first] if first else []), *self.piles]:
            part = min(points, pile.left)
            if part:
                pile.left -= part
                points -= part
                gave.append((pile, part))
        self.owed += points
        return gave

    def put_back(self, points: int, piles: list[tuple[Pile, int]], store: int) -> None:
        """Spent points come back to the piles they came from, the last spent first."""
        rest = self.pay_debt(points)
        for pile, limit in reversed(piles):
            part = min(rest, limit, pile.size - pile.left)
            pile.left += part
            rest -= part
        if rest:
            self.piles.append(Pile(store, rest, rest))


class Books:
    """All households, and the totals that the ledger is compared with."""

    def __init__(self) -> None:
        self.households: dict[int, Household] = defaultdict(Household)
        self.by_household: dict[int, Counter] = defaultdict(Counter)
        self.by_store: dict[int, Counter] = defaultdict(Counter)

    def enter(self, event: Visit | Return) -> None:
        if isinstance(event, Visit):
            self.visit(event)
        else:
            self.take_return(event)

    def visit(self, event: Visit) -> None:
        basket = event.basket
        household = self.households[basket.household]
        payable = basket.goods - basket.off
        spent = points_to_spend(household.balance, payable) if event.spends else 0
        spent_from = household.take(spent)
        weights = earned_per_line(basket, spent * CENTS_PER_POINT)
        earned = floor(sum(weights, Fraction(0)))
        pile = household.put_new(earned, basket.store) if earned else None
        household.purchases[basket.id] = Purchase(weights, earned, pile, spent, spent_from, [0] * len(basket.items))
        self.count(basket, earned=earned, spent=spent)

    def take_return(self, event: Return) -> None:
        basket = event.basket
        household = self.households[basket.household]
        purchase = household.purchases[basket.id]
        if event.pieces is None:
            purchase.returned = [item.quantity for item in basket.items]
            given = purchase.spent - purchase.given_back
        else:
            for line, pieces in event.pieces:
                purchase.returned[line] += pieces
            given = 0
        household.put_back(given, purchase.spent_from, basket.store)
        purchase.given_back += given
        taken = purchase.earned - kept(basket, purchase) - purchase.taken_back
        household.take(taken, purchase.pile)
        purchase.taken_back += taken
        self.count(basket, taken_back=taken, given_back=given)

    def count(self, basket: Basket, **figures: int) -> None:
        self.by_household[basket.household].update(figures)
        self.by_store[basket.store].update(figures)

    def forget_purchases(self) -> None:
        """All goods that come back of the purchases so far are back; only balances matter from now on."""
        for household in self.households.values():
            household.purchases.clear()

    def close(self) -> None:
        """Note what is left: per household its balance, per store what it issued and nobody has spent yet."""
        for counted in self.by_store.values():
            counted["left"] = 0
        for number, household in self.households.items():
            self.by_household[number]["left"] = household.balance
            for pile in household.piles:
                self.by_store[pile.store]["left"] += pile.left


def earned_per_line(basket: Basket, points_discount: int) -> list[Fraction]:
    """Exact points of each line, of a basket from which coupons and spent points have taken something off."""
    goods = basket.goods
    if not goods:
        return [Fraction(0)] * len(basket.items)
    paid_part = Fraction(goods - basket.off - points_discount, goods)
    points = [POINTS_PER_CENT * item.cents * paid_part for item in basket.items]
    if goods - basket.off < EXTRA_FROM_CENTS:
        return points
    return [Fraction(EXTRA_POINTS * item.cents, goods) + own for item, own in zip(basket.items, points, strict=True)]


def kept(basket: Basket, purchase: Purchase) -> int:
    """What the goods that didn't come back earn."""
    parts = zip(basket.items, purchase.weights, purchase.returned, strict=True)
    return floor(
        sum((weight * Fraction(item.quantity - back, item.quantity) for item, weight, back in parts), Fraction(0))
    )
