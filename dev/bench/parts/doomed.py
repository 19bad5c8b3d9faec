"""Lots that die: which ones, when, and the bare SQL that expires them without our checks and triggers."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from .rows import _bare

#: Long over when the benchmark runs; every chunk dies a day later than the one before.
FIRST = datetime(2026, 1, 1)

#: The first two lots of each account of a chunk; %(days)s maps the account to its chunk.
DOOM = """UPDATE loyalty_club_lot lot SET expires_at = %(first)s::timestamp + mine.chunk * interval '1 day',
          opened_until = %(first)s::timestamp + mine.chunk * interval '1 day'
     FROM (SELECT id, (account_id - %(start)s) / %(size)s AS chunk,
                  row_number() OVER (PARTITION BY account_id ORDER BY id) AS place
             FROM loyalty_club_lot WHERE remaining > 0 AND account_id >= %(start)s AND account_id < %(end)s) mine
    WHERE mine.id = lot.id AND mine.place <= 2"""
CHOOSE = """CREATE TEMP TABLE doomed ON COMMIT DROP AS
    SELECT lot.id AS lot_id, lot.account_id, lot.remaining, account.card_id, account.balance, account.seq,
           nextval('loyalty_club_entry_id_seq') AS entry_id,
           row_number() OVER same AS place, SUM(lot.remaining) OVER same AS total
      FROM loyalty_club_lot lot JOIN loyalty_club_account account ON account.id = lot.account_id
     WHERE lot.remaining > 0 AND lot.expires_at <= %(now)s AND lot.account_id >= %(start)s AND lot.account_id < %(end)s
    WINDOW same AS (PARTITION BY lot.account_id ORDER BY lot.id)"""
WRITE = (
    """INSERT INTO loyalty_club_entry (id, kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at,
              user_id, documented)
       SELECT entry_id, 'expire', 'expire:' || lot_id || ':' || seq + place, repeat('0', 64), %(club)s, %(branch)s,
              %(company)s, %(now)s, %(now)s, 1, FALSE FROM doomed""",
    """INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
              opens_lot, seq, balance_after, hash)
       SELECT entry_id, account_id, %(sink)s, account_id, remaining, lot_id, FALSE, seq + place, balance - total,
              repeat('0', 64) FROM doomed""",
    """UPDATE loyalty_club_lot lot SET remaining = 0 FROM doomed WHERE lot.id = doomed.lot_id""",
    """UPDATE loyalty_club_account account SET balance = gone.balance - gone.total, seq = gone.seq,
              head = repeat('0', 64)
         FROM (SELECT account_id, MAX(balance) AS balance, MAX(total) AS total, MAX(seq + place) AS seq
                 FROM doomed GROUP BY account_id) gone
        WHERE account.id = gone.account_id""",
    """UPDATE loyalty_card card SET points = gone.balance - gone.total
         FROM (SELECT card_id, MAX(balance) AS balance, MAX(total) AS total FROM doomed GROUP BY card_id) gone
        WHERE card.id = gone.card_id""",
)
#: Tables with triggers of ours.
OURS = ("loyalty_card", *(f"loyalty_club_{name}" for name in ("account", "entry", "hold", "lot", "posting")))


def when(chunk):
    """The instant at which the lots of a chunk are over."""
    return FIRST + timedelta(days=chunk)


def doom(env, start, accounts, chunks, since):
    """Let the first two open lots of ``accounts`` accounts from id ``start`` on die, chunk by chunk from ``since``."""
    values = {"first": since, "start": start, "end": start + accounts, "size": -(-accounts // chunks)}
    with _bare(env.cr, ["loyalty_club_lot"]):
        env.cr.execute(DOOM, values)


@contextmanager
def unchecked(cr):
    """Our triggers do what the bare statements do themselves; references and constraints stay as they are."""
    for table in OURS:
        cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in OURS:
        cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def write_bare(cr, world, start, end, now):
    """Expire the dead lots of the accounts from ``start`` to before ``end`` in bare SQL, commit included; how many."""
    values = {**world.ids, "start": start, "end": end, "now": now}
    with unchecked(cr):
        cr.execute(CHOOSE, values)
        count = cr.rowcount
        for query in WRITE:
            cr.execute(query, values)
    cr.commit()
    return count
