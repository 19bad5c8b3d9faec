"""The second calculation of stored value: credit and gift cards of every household, in cents, from the data alone.

It knows only the written rules (docs/replay.md). Five per cent of what was paid comes back as credit for the next time;
a return takes back what the goods that went back had granted, even if it is spent. What is paid with comes from the
oldest amounts; a basket that comes back whole gives it back to where it came from.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from .data import Basket
from .plan import GIFT_CENTS, TOP_UP_CENTS, GiftSale, Return, TopUp, Visit, credit_to_spend
from .purse import Pile, Purse

#: What a purchase grants as credit.
CREDIT_PER_CENT = Fraction(5, 100)


@dataclass
class Payment:
    """What a visit took out of a purse, and from which piles."""

    purse: Purse
    cents: int
    piles: list[tuple[Pile, int]]


@dataclass
class Paid:
    """What a visit did to stored value, kept for what may come back."""

    weights: list[Fraction]
    granted: int
    pile: Pile | None
    payments: dict[str, Payment]
    returned: list[int]
    taken_back: int = 0


class Money:
    """Credit by household, gift cards by the basket they were bought with, and the totals of both."""

    def __init__(self) -> None:
        self.credit: dict[int, Purse] = defaultdict(Purse)
        self.gifts: dict[int, Purse] = {}
        self.buyers: dict[int, int] = {}
        self.paid: dict[int, Paid] = {}
        self.by_household: dict[str, dict[int, Counter]] = {kind: defaultdict(Counter) for kind in ("credit", "gift")}
        self.by_store: dict[str, dict[int, Counter]] = {kind: defaultdict(Counter) for kind in ("credit", "gift")}

    def top_up(self, event: TopUp) -> None:
        basket = event.basket
        self.credit[basket.household].put_new(TOP_UP_CENTS, basket.store)
        self.count("credit", basket.household, basket.store, loaded=TOP_UP_CENTS)

    def sell_gift(self, event: GiftSale) -> None:
        basket = event.basket
        self.gifts[basket.id], self.buyers[basket.id] = Purse(), basket.household
        self.gifts[basket.id].put_new(GIFT_CENTS, basket.store)
        self.count("gift", basket.household, basket.store, loaded=GIFT_CENTS)

    def visit(self, event: Visit, points_discount: int) -> None:
        """Gift card first, then credit; what it earns can be spent the next time."""
        basket, payments = event.basket, {}
        payable = basket.goods - basket.off - points_discount
        for kind, purse, cents in self.offered(event, payable):
            if cents:
                payments[kind] = Payment(purse, cents, purse.take(cents))
                owner = basket.household if kind == "credit" else self.buyers[event.gift]
                self.count(kind, owner, basket.store, spent=cents)
        weights = granted_per_line(basket, points_discount)
        granted = floor(sum(weights, Fraction(0)))
        pile = self.credit[basket.household].put_new(granted, basket.store) if granted else None
        self.paid[basket.id] = Paid(weights, granted, pile, payments, [0] * len(basket.items))
        self.count("credit", basket.household, basket.store, earned=granted)

    def offered(self, event: Visit, payable: int):
        """(kind, purse, cents) of what this visit is paid with."""
        if event.gift is not None:
            card = self.gifts[event.gift]
            cents = min(card.balance, payable)
            payable -= cents
            yield "gift", card, cents
        if event.pays_credit:
            purse = self.credit[event.basket.household]
            yield "credit", purse, credit_to_spend(purse.balance, payable)

    def take_return(self, event: Return) -> None:
        basket = event.basket
        paid = self.paid[basket.id]
        whole = event.pieces is None
        if whole and event.number == 1:
            for kind, payment in paid.payments.items():
                payment.purse.put_back(payment.cents, payment.piles, basket.store)
                owner = basket.household if kind == "credit" else self.owner_of(payment.purse)
                self.count(kind, owner, basket.store, given_back=payment.cents)
        if whole:
            paid.returned = [item.quantity for item in basket.items]
        for line, pieces in event.pieces or ():
            paid.returned[line] += pieces
        taken = paid.granted - self.kept(basket, paid) - paid.taken_back
        self.credit[basket.household].take(taken, paid.pile)
        paid.taken_back += taken
        self.count("credit", basket.household, basket.store, taken_back=taken)

    def kept(self, basket: Basket, paid: Paid) -> int:
        """What the goods that didn't come back grant."""
        parts = zip(basket.items, paid.weights, paid.returned, strict=True)
        left = (weight * Fraction(item.quantity - back, item.quantity) for item, weight, back in parts)
        return floor(sum(left, Fraction(0)))

    def owner_of(self, card: Purse) -> int:
        return next(self.buyers[number] for number, purse in self.gifts.items() if purse is card)

    def count(self, kind: str, household: int, store: int, **figures: int) -> None:
        self.by_household[kind][household].update(figures)
        self.by_store[kind][store].update(figures)

    def forget_purchases(self) -> None:
        self.paid.clear()

    def close(self) -> None:
        """Note what is left, by whom it is owned and by where it was issued."""
        owned = {
            "credit": list(self.credit.items()),
            "gift": [(self.buyers[number], purse) for number, purse in self.gifts.items()],
        }
        for kind, purses in owned.items():
            for counted in (*self.by_store[kind].values(), *self.by_household[kind].values()):
                counted["left"] = 0
            for household, purse in purses:
                self.by_household[kind][household]["left"] += purse.balance
                for pile in purse.piles:
                    self.by_store[kind][pile.store]["left"] += pile.left


def granted_per_line(basket: Basket, points_discount: int) -> list[Fraction]:
    """Exact cents of credit of each line; coupons and spent points are not paid."""
    if not basket.goods:
        return [Fraction(0)] * len(basket.items)
    paid_part = Fraction(basket.goods - basket.off - points_discount, basket.goods)
    return [CREDIT_PER_CENT * item.cents * paid_part for item in basket.items]
