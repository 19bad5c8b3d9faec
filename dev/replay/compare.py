"""The reconciliation: the ledger's figures beside those of the second calculation, per household and per store."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from .books import FIGURES, Books
from .shop import Shop

#: Which figure an entry counts as, by its kind and whether value came in.
NAMES = {
    ("load", True): "loaded",
    ("earn", True): "earned",
    ("redeem", False): "spent",
    ("reverse", False): "taken_back",
    ("reverse", True): "given_back",
}

#: Units of the second calculation in one of the ledger: money is counted in cents.
UNITS = {"points": 1, "credit": 100, "gift": 100}

#: Whose a balance is: the member's, or of a card for bearers the member's who bought it.
HOLDERS = """
    SELECT a.id, COALESCE(a.member_id, buyer.member_id) AS member_id
      FROM loyalty_club_account a
 LEFT JOIN LATERAL (
        SELECT m.id AS member_id FROM loyalty_club_posting p
          JOIN loyalty_club_entry e ON e.id = p.entry_id AND e.kind = 'load' AND e.origin_model = 'pos.order'
          JOIN pos_order o ON o.id = e.origin_id
          JOIN loyalty_club_member m ON m.partner_id = o.partner_id AND m.club_id = a.club_id
         WHERE p.account_id = a.id LIMIT 1) buyer ON a.member_id IS NULL
     WHERE a.kind = %(value)s AND COALESCE(a.member_id, buyer.member_id) = ANY(%(members)s)"""


@dataclass(frozen=True)
class Row:
    """One household or store and one kind of value: the ledger's figures and the second calculation's."""

    value: str
    kind: str
    number: int
    ledger: dict
    books: dict

    @property
    def equal(self) -> bool:
        return self.ledger == self.books


def compare(shop: Shop, books: Books) -> list[Row]:
    """A row for everything that either side knows."""
    households = {member.id: number for number, member in shop.members.items()}
    stores = {branch_id: number for number, (_session, _config, branch_id) in shop.tills.items()}
    found = []
    for value, (our_stores, our_households) in books.totals().items():
        by_household, by_store = read_ledger(shop.env, value, households, stores)
        for kind, ledger, ours in (("store", by_store, our_stores), ("household", by_household, our_households)):
            found += [
                Row(value, kind, number, figures(ledger[number]), figures(ours[number]))
                for number in sorted({*ledger, *ours})
            ]
    return [row for row in found if any(row.ledger.values()) or any(row.books.values())]


def figures(counted: Counter) -> dict:
    return {
        name: int(counted[name]) if counted[name] == int(counted[name]) else counted[name]
        for name in counted.keys() | FIGURES
    }


def read_ledger(env, value: str, households: dict[int, int], stores: dict[int, int]) -> tuple[dict, dict]:
    """Totals of the ledger's own rows of one kind of value: {household: Counter}, {store: Counter}."""
    by_household, by_store = defaultdict(Counter), defaultdict(Counter)
    env.flush_all()
    values = {"value": value, "members": list(households)}
    unit = UNITS[value]
    for member_id, branch_id, kind, incoming, amount in rows(
        env,
        f"""SELECT holder.member_id, e.branch_id, e.kind, p.to_account_id = p.account_id, SUM(p.amount)::text
              FROM ({HOLDERS}) holder
              JOIN loyalty_club_posting p ON p.account_id = holder.id
              JOIN loyalty_club_entry e ON e.id = p.entry_id GROUP BY 1, 2, 3, 4""",
        values,
    ):
        name = NAMES.get((kind, incoming), f"{kind} {'in' if incoming else 'out'}")
        by_household[households[member_id]][name] += Decimal(amount) * unit
        by_store[stores.get(branch_id, branch_id)][name] += Decimal(amount) * unit
    for member_id, balance in rows(
        env,
        f"""SELECT holder.member_id, SUM(a.balance)::text FROM ({HOLDERS}) holder
              JOIN loyalty_club_account a ON a.id = holder.id GROUP BY 1""",
        values,
    ):
        by_household[households[member_id]]["left"] = Decimal(balance) * unit
    for branch_id, left in rows(
        env,
        f"""SELECT l.branch_id, SUM(l.remaining)::text FROM ({HOLDERS}) holder
              JOIN loyalty_club_lot l ON l.account_id = holder.id GROUP BY 1""",
        values,
    ):
        by_store[stores.get(branch_id, branch_id)]["left"] = Decimal(left) * unit
    return by_household, by_store


def rows(env, query: str, values: dict) -> list[tuple]:
    env.cr.execute(query, values)
    return env.cr.fetchall()


def table(found: list[Row], most: int = 60) -> list[str]:
    """Lines for people: the first rows of each kind, all that differ, and the totals."""
    head = "".join(f"{name.replace('_', ' '):>12}" for name in FIGURES)
    lines = []
    for value, kind in {(row.value, row.kind): None for row in found}:
        mine = [row for row in found if (row.value, row.kind) == (value, kind)]
        lines += ["", f"{value + (', cents' if UNITS[value] > 1 else ''):<16}{head}"]
        lines += [line for index, row in enumerate(mine) if index < most or not row.equal for line in row_lines(row)]
        if len(mine) > most:
            lines.append(f"… {len(mine) - most} more, of which those that differ are shown")
        total = {name: sum(row.ledger[name] for row in mine) for name in FIGURES}
        lines.append(line_of(f"all {len(mine)} {kind}s", total))
    return lines


def row_lines(row: Row) -> list[str]:
    name = f"{row.kind} {row.number}"
    if row.equal:
        return [line_of(name, row.ledger)]
    others = {key: value for key, value in row.ledger.items() if key not in FIGURES}
    return [
        f"{line_of(name, row.ledger)}  MISMATCH, the ledger has this {others or ''}".rstrip(),
        f"{line_of('', row.books)}  the second calculation has this",
    ]


def line_of(name: str, values: dict) -> str:
    return f"{name:<16}" + "".join(f"{values[figure]:>12,}" for figure in FIGURES)
