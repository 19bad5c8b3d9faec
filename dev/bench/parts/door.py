"""The door: many movements in one call, beside the bare SQL that writes the very same rows without checks."""

import gc
import time
from decimal import Decimal

from common import at_least

TABLES = ("loyalty_club_entry", "loyalty_club_lot", "loyalty_club_posting", "loyalty_club_account", "loyalty_card")


def run(worlds, args, chance, bars, figures):
    world = worlds[-1]
    prepare(world)
    posted = post(world, args.movements, chance)
    bare = write_bare(world)
    rates = {"door": args.movements / posted, "bare": args.movements / bare}
    figures[f"the door, {args.movements:,} movements"] = {
        "seconds": round(posted, 2),
        "bare_seconds": round(bare, 2),
        "per_s": round(rates["door"]),
        "bare_per_s": round(rates["bare"]),
    }
    bars["the door, rate / bare SQL"] = at_least(rates["door"] / rates["bare"], 0.25)


def prepare(world):
    """Copies of the tables with all their indexes and rows, but without triggers and references."""
    with world.cursor() as cr:
        for table in TABLES:
            cr.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
            cr.execute(f"INSERT INTO bare_{table} SELECT * FROM {table}")
        cr.execute("ALTER TABLE bare_loyalty_club_account SET (fillfactor = 80)")
    with world.cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM (ANALYZE)")


def post(world, count, chance):
    """Seconds that the door takes, its commit included."""
    from odoo.addons.loyalty_club.rules.movement import Movement  # there are no addons before Odoo has started

    movements = [
        Movement(
            key=f"bench:{number}",
            kind="earn",
            account_id=world.row("loyalty_club_account", number),
            amount=Decimal(chance.randrange(1, 500)),
            incoming=True,
            counter="issue",
            branch_id=world.ids["branch"],
            reason="Bench",
        )
        for number in range(count)
    ]
    gc.collect()
    started = time.perf_counter()
    with world.cursor() as cr:
        entries = world.environment(cr)["loyalty.club.entry"]._club_post(movements)
        cr.commit()
        seconds = time.perf_counter() - started
    if len(set(entries.ids)) != count:
        raise SystemExit("the door returned fewer entries than movements")
    return seconds


def write_bare(world):
    """Seconds that PostgreSQL alone takes for the rows that the door wrote, commit included."""
    with world.cursor() as cr:
        cr.execute("CREATE TEMP TABLE new_entry AS SELECT * FROM loyalty_club_entry WHERE key LIKE 'bench:%'")
        for name in ("lot", "posting"):
            cr.execute(
                f"""CREATE TEMP TABLE new_{name} AS
                    SELECT * FROM loyalty_club_{name} WHERE entry_id IN (SELECT id FROM new_entry)"""
            )
        cr.execute("ANALYZE new_posting")
        cr.commit()
        started = time.perf_counter()
        for name in ("entry", "lot", "posting"):
            cr.execute(f"INSERT INTO bare_loyalty_club_{name} SELECT * FROM new_{name}")
        cr.execute(
            """UPDATE bare_loyalty_club_account a SET balance = p.balance_after, seq = p.seq, head = p.hash
                 FROM new_posting p WHERE a.id = p.account_id"""
        )
        cr.execute(
            """UPDATE bare_loyalty_card c SET points = p.balance_after
                 FROM new_posting p JOIN bare_loyalty_club_account a ON a.id = p.account_id WHERE c.id = a.card_id"""
        )
        cr.commit()
        return time.perf_counter() - started
