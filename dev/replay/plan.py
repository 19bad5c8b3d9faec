"""What the data doesn't have and the replay makes up: which visits spend points, and what comes back.

Everything follows from the numbers of the baskets, so every run does the same. Both calculations follow this plan; it
says what people do, not what it is worth.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .data import Basket

#: Shares of the visits, in percent.
SPENDING, WHOLE_RETURNS, LINE_RETURNS, LATER_REST = 20, 3, 5, 50

#: Shares of the visits, in percent: paid with credit, with a gift card (if there is one), and with a top-up or a gift
#: card bought just before.
PAYING_CREDIT, PAYING_GIFT, TOP_UPS, GIFTS = 25, 60, 3, 3

#: What a top-up loads and what a gift card costs, and the least credit that a customer bothers to spend, in cents.
TOP_UP_CENTS, GIFT_CENTS, LEAST_CREDIT = 2000, 2500, 50

#: What one point is worth when it is spent, in cents, and the least that a customer bothers to spend.
CENTS_PER_POINT = 5
LEAST_POINTS = 20


@dataclass(frozen=True)
class Visit:
    """A basket is paid.

    ``spends``: the customer uses half of the points he has; ``pays_credit``: all credit that is worth it; ``gift``: the
    basket with which the gift card was bought that he shows.
    """

    basket: Basket
    spends: bool
    pays_credit: bool = False
    gift: int | None = None

    number = 0

    @property
    def at(self) -> datetime:
        return self.basket.at


@dataclass(frozen=True)
class Return:
    """Goods come back: ``pieces`` says how many of which line; None is all that is still there, rewards included."""

    basket: Basket
    at: datetime
    number: int
    pieces: tuple[tuple[int, int], ...] | None


@dataclass(frozen=True)
class TopUp:
    """Credit is loaded, just before the basket is paid."""

    basket: Basket

    number = -2

    @property
    def at(self) -> datetime:
        return self.basket.at


@dataclass(frozen=True)
class GiftSale:
    """A gift card is bought, just before the basket is paid; whoever has its code may pay with it."""

    basket: Basket

    number = -1

    @property
    def at(self) -> datetime:
        return self.basket.at


Event = Visit | Return | TopUp | GiftSale


def draw(basket: Basket, what: str, sides: int = 100) -> int:
    """A number from 0 to ``sides`` - 1 that is always the same for this basket and purpose."""
    return int.from_bytes(hashlib.sha256(f"{what}:{basket.id}".encode()).digest()[:6], "big") % sides


def events(baskets: Iterable[Basket]) -> list[Event]:
    """Visits, what is sold besides, and returns in the order of time."""
    found, cards = [], {}
    for basket in sorted(baskets, key=lambda basket: (basket.at, basket.id)):
        if draw(basket, "top up") < TOP_UPS:
            found.append(TopUp(basket))
        # the card is for somebody else, or for another day
        gift = cards.get(basket.household) if draw(basket, "gift") < PAYING_GIFT else None
        if draw(basket, "buy gift") < GIFTS:
            found.append(GiftSale(basket))
            cards[basket.household] = basket.id
        found.append(Visit(basket, draw(basket, "spend") < SPENDING, draw(basket, "credit") < PAYING_CREDIT, gift))
        found += returns(basket)
    return sorted(found, key=lambda event: (event.at, event.basket.id, event.number))


def returns(basket: Basket) -> list[Return]:
    """What comes back of a basket, up to two weeks later: nothing, all, or some lines and perhaps later the rest."""
    chance = draw(basket, "return")
    at = basket.at + timedelta(minutes=1 + draw(basket, "after", 14 * 24 * 60))
    if chance < WHOLE_RETURNS:
        return [Return(basket, at, 1, None)]
    if chance >= WHOLE_RETURNS + LINE_RETURNS:
        return []
    pieces = some_lines(basket)
    found = [Return(basket, at, 1, pieces)]
    rest = sum(item.quantity for item in basket.items) - sum(count for _line, count in pieces)
    if rest and draw(basket, "rest") < LATER_REST:
        found.append(Return(basket, at + timedelta(days=1 + draw(basket, "later", 5)), 2, None))
    return found


def some_lines(basket: Basket) -> tuple[tuple[int, int], ...]:
    """One to three lines of the basket, each wholly or half."""
    count = min(len(basket.items), 1 + draw(basket, "lines", 3))
    start = draw(basket, "first", len(basket.items))
    chosen = sorted({(start + step) % len(basket.items) for step in range(count)})
    half = draw(basket, "half", 2)
    return tuple((index, max(1, basket.items[index].quantity // (2 if half else 1))) for index in chosen)


def points_to_spend(balance: int, payable: int) -> int:
    """The points that a customer with ``balance`` uses who has to pay ``payable`` cents: half, if it is worth it.

    >>> points_to_spend(101, 10_000), points_to_spend(1000, 260), points_to_spend(30, 500)
    (50, 52, 0)
    """
    points = min(balance // 2, payable // CENTS_PER_POINT)
    return points if points >= LEAST_POINTS else 0


def credit_to_spend(balance: int, payable: int) -> int:
    """The cents that a customer with ``balance`` pays with credit who has to pay ``payable``: all, if it is worth it.

    >>> credit_to_spend(730, 10_000), credit_to_spend(730, 260), credit_to_spend(49, 500), credit_to_spend(-20, 500)
    (730, 260, 0, 0)
    """
    cents = min(balance, payable)
    return cents if cents >= LEAST_CREDIT else 0
