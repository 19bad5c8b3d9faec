"""The reconciliation: the ledger's figures beside those of the second calculation, per household and per store."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .books import FIGURES, Books
from .shop import Shop

#: Which figure an entry counts as, by its kind and whether points came in.
NAMES = {
    ("earn", True): "earned",
    ("redeem", False): "spent",
    ("reverse", False): "taken_back",
    ("reverse", True): "given_back",
}


@dataclass(frozen=True)
class Row:
    """One household or store: the ledger's figures and the second calculation's."""

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
    by_household, by_store = read_ledger(shop.env, households, stores)
    return [
        Row(kind, number, figures(ledger[number]), figures(ours[number]))
        for kind, ledger, ours in (("store", by_store, books.by_store), ("household", by_household, books.by_household))
        for number in sorted({*ledger, *ours})
    ]


def figures(counted: Counter) -> dict:
    return {
        name: int(counted[name]) if counted[name] == int(counted[name]) else counted[name]
        for name in counted.keys() | FIGURES
    }


def read_ledger(env, households: dict[int, int], stores: dict[int, int]) -> tuple[dict, dict]:
    """Totals of the ledger's own rows: {household: Counter}, {store: Counter}."""
    by_household, by_store = defaultdict(Counter), defaultdict(Counter)
    env.flush_all()
    for member_id, branch_id, kind, incoming, amount in rows(
        env,
        """SELECT a.member_id, e.branch_id, e.kind, p.to_account_id = p.account_id, SUM(p.amount)::text
             FROM loyalty_club_posting p
             JOIN loyalty_club_account a ON a.id = p.account_id AND a.kind = 'points'
             JOIN loyalty_club_entry e ON e.id = p.entry_id
            WHERE a.member_id = ANY(%s) GROUP BY 1, 2, 3, 4""",
        households,
    ):
        name = NAMES.get((kind, incoming), f"{kind} {'in' if incoming else 'out'}")
        by_household[households[member_id]][name] += Decimal(amount)
        by_store[stores.get(branch_id, branch_id)][name] += Decimal(amount)
    for member_id, balance in rows(
        env,
        "SELECT member_id, balance::text FROM loyalty_club_account WHERE kind = 'points' AND member_id = ANY(%s)",
        households,
    ):
        by_household[households[member_id]]["left"] = Decimal(balance)
    for branch_id, left in rows(
        env,
        """SELECT l.branch_id, SUM(l.remaining)::text
             FROM loyalty_club_lot l JOIN loyalty_club_account a ON a.id = l.account_id AND a.kind = 'points'
            WHERE a.member_id = ANY(%s) GROUP BY 1""",
        households,
    ):
        by_store[stores.get(branch_id, branch_id)]["left"] = Decimal(left)
    return by_household, by_store


def rows(env, query: str, members: Iterable[int]) -> list[tuple]:
    env.cr.execute(query, (list(members),))
    return env.cr.fetchall()


def table(found: list[Row], most: int = 60) -> list[str]:
    """Lines for people: the first rows of each kind, all that differ, and the totals."""
    head = f"{'':<16}" + "".join(f"{name.replace('_', ' '):>12}" for name in FIGURES)
    lines = []
    for kind in ("store", "household"):
        mine = [row for row in found if row.kind == kind]
        lines += ["", head]
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
