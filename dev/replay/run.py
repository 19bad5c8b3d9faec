"""One replay from first to last: read, sell, return, compare, check. ./club demo uses it too."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import data
from .books import Books
from .compare import Row, compare
from .plan import Visit, events
from .shop import Shop
from .till import Till

#: Households whose baskets are in memory at once, and orders per transaction.
HOUSEHOLDS, ORDERS = 25, 20


@dataclass
class Outcome:
    rows: list[Row]
    households: int
    stores: int
    orders: int
    returns: int
    lines: int
    spending: int
    payments: int
    coupons: int
    named_coupons: int
    seconds: float
    failures: list[str]

    @property
    def mismatches(self) -> list[Row]:
        return [row for row in self.rows if not row.equal]

    @property
    def ok(self) -> bool:
        return not self.mismatches and not self.failures

    def as_json(self) -> dict:
        return {
            "households": self.households,
            "stores": self.stores,
            "orders": self.orders,
            "mismatches": len(self.mismatches),
            "orders_per_s": round(self.orders / self.seconds, 1) if self.seconds else 0.0,
            "check": "ok" if not self.failures else "; ".join(self.failures),
            "returns": self.returns,
            "lines": self.lines,
        }


def say(text: str) -> None:
    print(f"[club] {text}", file=sys.stderr, flush=True)


def replay(shop: Shop, count: int, check: Callable[[], list[str]], progress: Callable[[str], None] = say) -> Outcome:
    """Send the baskets of the first ``count`` households to the shop's tills and compare the ledger with the books."""
    runner = Runner(shop, progress)
    numbers = data.households(count)
    for start in range(0, len(numbers), HOUSEHOLDS):
        runner.households(numbers[start : start + HOUSEHOLDS])
        progress(f"{min(start + HOUSEHOLDS, len(numbers))} of {len(numbers)} households, {runner.orders} orders")
    progress("closing the tills' sessions")
    shop.close_stores()
    runner.books.close()
    progress("comparing and checking the ledger")
    return runner.outcome(compare(shop, runner.books), check())


class Runner:
    """Counts what was sent, and keeps the second calculation beside it."""

    def __init__(self, shop: Shop, progress: Callable[[str], None]):
        self.shop = shop
        self.progress = progress
        self.till = Till(shop)
        self.books = Books()
        self.orders = self.returns = self.coupons = self.named_coupons = 0
        self.seconds = 0.0

    def households(self, numbers: list[int]) -> None:
        baskets = data.baskets(numbers)
        self.prepare(baskets)
        planned = events(baskets)
        told = time.monotonic()
        for start in range(0, len(planned), ORDERS):
            part = planned[start : start + ORDERS]
            self.send(part)
            for event in part:
                self.books.enter(event)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                self.progress(f"{self.orders} orders, {self.orders / self.seconds:.1f} per second")
        self.books.forget_purchases()

    def prepare(self, baskets: list[data.Basket]) -> None:
        """Stores, goods and members that these baskets need; not counted as time of the orders."""
        first_visits, prices = {}, {}
        for basket in baskets:
            first_visits.setdefault(basket.household, basket)
            for item in basket.items:
                prices.setdefault(item.product, item.cents / 100 / item.quantity)
            self.coupons += len(basket.coupons)
            self.named_coupons += sum(1 for coupon in basket.coupons if coupon.upc)
        self.shop.open_stores({basket.store for basket in baskets})
        self.shop.stock(data.products(prices.keys() - self.shop.goods.keys()), prices)
        self.shop.enrol(first_visits.values())
        self.shop.env.cr.commit()
        self.shop.env.invalidate_all()

    def send(self, part: list) -> None:
        started = time.monotonic()
        for event in part:
            self.till.send(event)
        self.shop.env.cr.commit()
        self.shop.env.invalidate_all()
        self.seconds += time.monotonic() - started
        self.orders += len(part)
        self.returns += sum(1 for event in part if not isinstance(event, Visit))

    def outcome(self, rows: list[Row], failures: list[str]) -> Outcome:
        return Outcome(
            rows=rows,
            households=len(self.shop.members),
            stores=len(self.shop.tills),
            orders=self.orders,
            returns=self.returns,
            lines=self.till.lines_sent,
            spending=self.till.spending,
            payments=self.till.desk.payments,
            coupons=self.coupons,
            named_coupons=self.named_coupons,
            seconds=self.seconds,
            failures=failures,
        )


def check_ledger(env) -> list[str]:
    """The failures that the ledger's own check finds."""
    result = env["loyalty.club.check"]._club_check()
    return [f"{failure['rule']} ({failure['count']})" for failure in result["failures"]]
