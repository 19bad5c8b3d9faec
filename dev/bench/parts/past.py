"""More of the past: every account of a world gets further entries, each with a lot, chained as the door does it.

Rows are written in the order of the people, so that the next round finds them by their numbers.
"""

from .rows import ACCOUNT, AMOUNT, PAST, PAST_ORDER, PEOPLE, _bare, link

KEY = "('past:' || %(round)s || ':' || i)"
AT = f"({PAST} + %(round)s * interval '1 day')"
BALANCE = f"({AMOUNT}::numeric * %(round)s)"
HASH = link(
    previous="before.hash",
    account=ACCOUNT,
    seq="%(round)s",
    amount=AMOUNT,
    lot="%(lots)s + i - 1",
    balance=BALANCE,
    key=KEY,
    at=AT,
    reason="'Past ' || i",
)

ENTRIES = f"""INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at,
           user_id, origin_model, origin_id, reason)
    SELECT 'earn', {KEY}, encode(sha256(i::text::bytea), 'hex'), %(club)s, %(branch)s, %(company)s, {AT}, {AT}, 1,
           'pos.order', {PAST_ORDER} + i, 'Past ' || i
      FROM {PEOPLE}"""
LOTS = f"""INSERT INTO loyalty_club_lot (account_id, entry_id, rank, branch_id, amount, remaining)
    SELECT {ACCOUNT}, %(entries)s + i - 1, 0, %(branch)s, {AMOUNT}, {AMOUNT} FROM {PEOPLE}"""
POSTINGS = f"""INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
           opens_lot, seq, balance_after, hash)
    SELECT %(entries)s + i - 1, %(issue)s, {ACCOUNT}, {ACCOUNT}, {AMOUNT}, %(lots)s + i - 1, TRUE, %(round)s, {BALANCE},
           {HASH}
      FROM {PEOPLE} JOIN loyalty_club_posting before ON before.id = %(before)s + i - 1 ORDER BY i"""
HEADS = """UPDATE loyalty_club_account account
      SET balance = last.balance_after, seq = last.seq, head = last.hash
     FROM loyalty_club_posting last
    WHERE last.id >= %(before)s AND last.id < %(before)s + %(count)s AND account.id = last.account_id"""
POINTS = """UPDATE loyalty_card card SET points = account.balance
     FROM loyalty_club_account account
    WHERE account.card_id = card.id AND account.id >= %(loyalty_club_account)s"""


def fill(env, world, seed, rounds):
    """Bring every account of ``world`` to ``rounds`` postings; they were one."""
    tables = ["loyalty_club_entry", "loyalty_club_lot", "loyalty_club_posting"]
    branch = world.ids["branch"]
    issue = env["loyalty.club.account"]._club_system_accounts({(world.ids["program"], "issue", branch)})
    values = {**world.ids, "count": world.count, "seed": seed, "issue": issue[world.ids["program"], "issue", branch]}
    env.flush_all()
    before = world.ids["loyalty_club_posting"]
    with _bare(env.cr, [*tables, "loyalty_club_account", "loyalty_card"]):
        for number in range(2, rounds + 1):
            entries, lots, postings = (_next_id(env.cr, table) for table in tables)
            values.update(round=number, entries=entries, lots=lots, before=before)
            for query in (ENTRIES, LOTS, POSTINGS):
                env.cr.execute(query, values)
            before = postings
        if rounds > 1:
            values["before"] = before
            env.cr.execute(HEADS, values)
            env.cr.execute(POINTS, values)
    env.invalidate_all(flush=False)


def _next_id(cr, table):
    cr.execute(f"SELECT nextval('{table}_id_seq') + 1")
    return cr.fetchone()[0]
