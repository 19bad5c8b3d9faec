"""One till's process: sets amounts aside and captures them, through our code or in bare SQL, as fast as it can.

Started by dev/bench/spend.py. It says "ready", waits for a line with its orders ({"way", "accounts", "seconds", "tag"})
and answers with what it did, as often as it is asked.
"""

import json
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from child import set_up

UNIT = Decimal("0.001")  # small, so that a hot account lasts
HOLD = """INSERT INTO loyalty_club_hold (account_id, amount, key, state, placed_at, expires_at)
          VALUES (%s, 0.001, %s, 'held', %s, %s) RETURNING id"""
ENTRY = """INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at,
                  user_id, origin_model, origin_id, documented)
           VALUES ('redeem', %s, %s, %s, %s, %s, %s, %s, 1, 'pos.order', 1, TRUE) RETURNING id"""
POSTING = """INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
                    opens_lot, seq, balance_after, hash)
             VALUES (%s, %s, %s, %s, 0.001, %s, FALSE, %s, %s, %s)"""


class Ours:
    """Through the club's own code, each step in a transaction that is committed and replayed as a request would be."""

    def __init__(self, db, ids):
        from odoo.modules.registry import Registry

        self.registry = Registry(db)
        self.ids = ids

    def _in_transaction(self, step):
        from odoo import SUPERUSER_ID, api
        from odoo.service.model import retrying

        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return retrying(lambda: step(env), env)

    def hold(self, account_id, key):
        def step(env):
            branch = env["loyalty.club.branch"].browse(self.ids["branch"])
            return env["loyalty.club.account"].browse(account_id)._club_authorise(UNIT, key, branch=branch).id

        return self._in_transaction(step)

    def capture(self, hold_id, account_id, key):
        def step(env):
            values = {"branch_id": self.ids["branch"], "origin": ("pos.order", 1), "documented": True}
            env["loyalty.club.hold"].browse(hold_id)._club_capture(**values)

        self._in_transaction(step)


class Bare:
    """The same rows in plain SQL, each step in a transaction of a cursor of Odoo's pool.

    Nothing is checked but what the tables themselves demand: references and constraints. None of our triggers runs;
    dev/bench/spend.py switches them off for these turns."""

    def __init__(self, db, ids):
        from odoo.sql_db import db_connect

        self.db = db_connect(db)
        self.ids = ids
        self.lots = {}

    @contextmanager
    def _transaction(self):
        with self.db.cursor() as cr:
            cr.connection.set_isolation_level(1)  # read committed: an update waits for the one before it
            yield cr

    def prepare(self, account_ids):
        """Which lot and card belong to which account; a bare statement needs no search."""
        with self._transaction() as cr:
            cr.execute(
                """SELECT a.id, a.card_id, l.id FROM loyalty_club_account a
                     JOIN LATERAL (SELECT id FROM loyalty_club_lot WHERE account_id = a.id AND remaining > 0
                                    ORDER BY remaining DESC LIMIT 1) l ON TRUE
                    WHERE a.id = ANY(%s)""",
                [list(account_ids)],
            )
            self.lots.update({account: (card, lot) for account, card, lot in cr.fetchall()})

    def hold(self, account_id, key):
        now = datetime.now()
        with self._transaction() as cr:
            cr.execute("UPDATE loyalty_club_account SET held = held + 0.001 WHERE id = %s", [account_id])
            cr.execute(HOLD, [account_id, key, now, now + timedelta(minutes=15)])
            return cr.fetchone()[0]

    def capture(self, hold_id, account_id, key):
        now, ids = datetime.now(), self.ids
        card_id, lot_id = self.lots[account_id]
        with self._transaction() as cr:
            run = cr.execute
            run(
                """UPDATE loyalty_club_account SET held = held - 0.001, balance = balance - 0.001, seq = seq + 1,
                          head = %s WHERE id = %s RETURNING seq, balance::text""",
                ["0" * 64, account_id],
            )
            seq, balance = cr.fetchone()
            run(ENTRY, [f"hold:{key}", "0" * 64, ids["club"], ids["branch"], ids["company"], now, now])
            entry_id = cr.fetchone()[0]
            run("UPDATE loyalty_club_hold SET state = 'captured' WHERE id = %s", [hold_id])
            run("UPDATE loyalty_club_lot SET remaining = remaining - 0.001 WHERE id = %s", [lot_id])
            run(POSTING, [entry_id, account_id, ids["redeem"], account_id, lot_id, seq, balance, "0" * 64])
            run("UPDATE loyalty_card SET points = %s WHERE id = %s", [balance, card_id])


def spend(way, order):
    """Spend one unit of each account in turn until the time is over; (times spent, seconds)."""
    accounts, tag = order["accounts"], order["tag"]
    if isinstance(way, Bare):
        way.prepare(accounts)
    count, started = 0, time.perf_counter()
    ends = started + order["seconds"]
    while time.perf_counter() < ends:
        account_id, key = accounts[count % len(accounts)], f"{tag}:{count}"
        way.capture(way.hold(account_id, key), account_id, key)
        count += 1
    return count, time.perf_counter() - started


def main():
    args = set_up("ids")
    ways = {"ours": Ours(args.db, args.ids), "bare": Bare(args.db, args.ids)}
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        count, seconds = spend(ways[order["way"]], order)
        print(json.dumps({"count": count, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
