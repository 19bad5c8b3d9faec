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
from .money import Money
from .plan import CENTS_PER_POINT, Event, GiftSale, Return, TopUp, Visit, points_to_spend
from .purse import Pile, Purse

#: The program of the replay: one point per currency unit paid, and ten more for a basket from 50.00 on.
POINTS_PER_CENT = Fraction(1, 100)
EXTRA_POINTS, EXTRA_FROM_CENTS = 10, 5000

#: What is counted per household and per store.
FIGURES = ("loaded", "earned", "spent", "taken_back", "given_back", "left")


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


class Household(Purse):
    """The points of one household."""

    def __init__(self) -> None:
        super().__init__()
        self.purchases: dict[int, Purchase] = {}


class Books:
    """All households, and the totals that the ledger is compared with."""

    def __init__(self) -> None:
        self.households: dict[int, Household] = defaultdict(Household)
        self.by_household: dict[int, Counter] = defaultdict(Counter)
        self.by_store: dict[int, Counter] = defaultdict(Counter)
        self.money = Money()

    def enter(self, event: Event) -> None:
        if isinstance(event, Visit):
            self.money.visit(event, self.visit(event) * CENTS_PER_POINT)
        elif isinstance(event, Return):
            self.take_return(event)
            self.money.take_return(event)
        elif isinstance(event, TopUp):
            self.money.top_up(event)
        elif isinstance(event, GiftSale):
            self.money.sell_gift(event)

    def visit(self, event: Visit) -> int:
        """The points of a visit; how many were spent."""
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
        return spent

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
        self.money.forget_purchases()

    def totals(self) -> dict[str, tuple[dict, dict]]:
        """{kind of value: (by store, by household)}."""
        money = {kind: (self.money.by_store[kind], self.money.by_household[kind]) for kind in ("credit", "gift")}
        return {"points": (self.by_store, self.by_household), **money}

    def close(self) -> None:
        """Note what is left: per household its balance, per store what it issued and nobody has spent yet."""
        for counted in self.by_store.values():
            counted["left"] = 0
        for number, household in self.households.items():
            self.by_household[number]["left"] = household.balance
            for pile in household.piles:
                self.by_store[pile.store]["left"] += pile.left
        self.money.close()


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
