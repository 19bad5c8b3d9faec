"""A purse of the second calculation: amounts that came in together, spent oldest first, and what is owed."""

from dataclasses import dataclass


@dataclass
class Pile:
    """What came in together: where, how many, how many are left."""

    store: int
    size: int
    left: int


class Purse:
    """One balance: somebody's points or credit, or a card. Whole numbers: points, or cents."""

    def __init__(self) -> None:
        self.piles: list[Pile] = []
        self.owed = 0

    @property
    def balance(self) -> int:
        return sum(pile.left for pile in self.piles) - self.owed

    def put_new(self, amount: int, store: int) -> Pile | None:
        """It comes in; what is owed is paid first, the rest is a new pile."""
        rest = self.pay_debt(amount)
        if not rest:
            return None
        pile = Pile(store, rest, rest)
        self.piles.append(pile)
        return pile

    def pay_debt(self, amount: int) -> int:
        paid = min(self.owed, amount)
        self.owed -= paid
        return amount - paid

    def take(self, amount: int, first: Pile | None = None) -> list[tuple[Pile, int]]:
        """It goes out: of ``first``, then of the oldest piles; what is not there is owed. Who gave how much."""
        gave = []
        for pile in [*([first] if first else []), *self.piles]:
            part = min(amount, pile.left)
            if part:
                pile.left -= part
                amount -= part
                gave.append((pile, part))
        self.owed += amount
        return gave

    def put_back(self, amount: int, piles: list[tuple[Pile, int]], store: int) -> None:
        """What was spent comes back to the piles it came from, the last spent first."""
        rest = self.pay_debt(amount)
        for pile, limit in reversed(piles):
            part = min(rest, limit, pile.size - pile.left)
            pile.left += part
            rest -= part
        if rest:
            self.piles.append(Pile(store, rest, rest))
