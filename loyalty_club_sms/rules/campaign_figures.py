"""Figures of a campaign: shares of the variants, and whether two groups really differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

#: Two-sided 95 %.
Z = 1.96
#: Below this many people or buyers in either group, a difference is noise whatever the interval says.
MIN_PEOPLE, MIN_BUYERS = 100, 5


def split_shares(total: int, control: float, weights: Sequence[float]) -> list[int]:
    """How many of ``total`` people are held out (first) and get each variant; the parts add up to ``total``.

    ``control`` is a percentage; the rest is divided by ``weights`` by largest remainder, so that no variant is more
    than one person off.

    >>> split_shares(10, 0, [50, 50]), split_shares(101, 10, [50, 30, 20]), split_shares(1, 10, [1, 1])
    ([0, 5, 5], [10, 46, 27, 18], [0, 1, 0])
    >>> split_shares(0, 20, [1]), split_shares(7, 0, [1, 1, 1])
    ([0, 0], [0, 3, 2, 2])
    """
    held = int(total * control / 100)
    rest, whole = total - held, sum(weights)
    if whole <= 0:
        raise ValueError("no share above zero")
    exact = [rest * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: rest - sum(parts)]:
        parts[i] += 1
    return [held, *parts]


@dataclass(frozen=True)
class Lift:
    """Difference of two rates in percentage points, with its 95 % interval; ``enough``: the groups are large enough."""

    points: float
    low: float
    high: float
    enough: bool

    @property
    def clear(self) -> bool:
        """Whether the difference is more than chance explains."""
        return self.enough and (self.low > 0 or self.high < 0)


def lift(buyers: int, people: int, control_buyers: int, control_people: int) -> Lift | None:
    """How much more of the people than of the control group bought, by Newcombe's interval; None without both groups.

    >>> result = lift(300, 2000, 100, 1000)
    >>> round(result.points, 1), round(result.low, 1), round(result.high, 1), result.clear
    (5.0, 2.5, 7.4, True)
    >>> lift(3, 20, 0, 10).enough, lift(1, 1, 0, 0)
    (False, None)
    """
    if not people or not control_people:
        return None
    rate, low, high = _wilson(buyers, people)
    base, base_low, base_high = _wilson(control_buyers, control_people)
    difference = rate - base
    below = sqrt((rate - low) ** 2 + (base_high - base) ** 2)
    above = sqrt((high - rate) ** 2 + (base - base_low) ** 2)
    enough = min(people, control_people) >= MIN_PEOPLE and buyers + control_buyers >= MIN_BUYERS
    return Lift(100 * difference, 100 * (difference - below), 100 * (difference + above), enough)


def _wilson(hits: int, total: int) -> tuple[float, float, float]:
    """Rate with its Wilson interval.

    >>> [round(value, 3) for value in _wilson(0, 10)]
    [0.0, 0.0, 0.278]
    """
    rate = hits / total
    middle = rate + Z * Z / (2 * total)
    spread = Z * sqrt(rate * (1 - rate) / total + Z * Z / (4 * total * total))
    whole = 1 + Z * Z / total
    return rate, max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
