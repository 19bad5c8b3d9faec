"""A million customers by INSERT … SELECT: the same people and balances on Odoo alone and in the club's ledger.

The ledger's rows are written as the door would have written them, chain of hashes included, so that the ledger's own
check passes on them.
"""

from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

#: What the ledger hashes, read from the checkout: the addon is not importable before Odoo started.
SPEC = spec_from_file_location("chain", Path(__file__).resolve().parents[3] / "loyalty_club/rules/chain.py")
chain = module_from_spec(SPEC)
SPEC.loader.exec_module(chain)


def link(previous, account, seq, amount, lot, balance, key, at, reason):
    """SQL of the hash of an earning of the past that opens its lot."""
    nothing = "NULL"
    never = "NULL::timestamp"
    life = {"usable_from": never, "opened_until": never, "idle_days": nothing, "origin_lot": nothing}
    posting = {
        "previous": previous,
        "account": account,
        "seq": seq,
        "source": "%(issue)s",
        "target": account,
        "amount": amount,
        "lot": lot,
        "life": chain.life_sql(**life, branch="%(branch)s"),
        "balance": balance,
    }
    entry = {
        "key": key,
        "kind": "'earn'",
        "occurred": at,
        "posted": at,
        "who": "1",
        "branch": "%(branch)s",
        "company": "%(company)s",
        "origin_model": "'pos.order'",
        "origin": f"{PAST_ORDER} + i",
        "reason": reason,
        "reversal": nothing,
        "documented": "FALSE",
        "details": nothing,
        "witness": nothing,
    }
    return chain.hash_sql(posting, entry)


#: Orders of the past; no order of the benchmark has such an id.
PAST_ORDER = 1_000_000_000
AMOUNT = "(10 + (i * 37 + %(seed)s) %% 990)"
MOBILE = "('+98912' || lpad(((i * 3711::bigint + %(seed)s) %% 10000000)::text, 7, '0'))"
UUID = "md5('order' || i || '-' || %(seed)s)::uuid"
KEY = f"('pos.order:' || {UUID} || ':earn:' || %(program)s)"
PAST = "('2025-01-01'::timestamp + i * interval '20 seconds')"
ACCOUNT = "(%(loyalty_club_account)s + i - 1)"
LOT = "(%(loyalty_club_lot)s + i - 1)"
HASH = link(
    previous="''",
    account=ACCOUNT,
    seq="1",
    amount=AMOUNT,
    lot=LOT,
    balance=AMOUNT,
    key=KEY,
    at=PAST,
    reason="'Onsite ' || i",
)
PEOPLE = "generate_series(1, %(count)s) AS i"

PARTNERS = (
    "res_partner",
    f"""INSERT INTO res_partner (name, complete_name, type, active, is_company, employee, partner_share, color, lang,
               phone, phone_sanitized, commercial_partner_id, autopost_bills, create_uid, write_uid, create_date,
               write_date)
        SELECT 'Customer ' || i, 'Customer ' || i, 'contact', TRUE, FALSE, FALSE, TRUE, 0, 'en_US', {MOBILE}, {MOBILE},
               %(res_partner)s + i - 1, 'ask', 1, 1, {PAST}, {PAST}
          FROM {PEOPLE}""",
)
CARDS = (
    "loyalty_card",
    f"""INSERT INTO loyalty_card (program_id, company_id, partner_id, code, active, points, create_uid, write_uid,
               create_date, write_date)
        SELECT %(program)s, %(company)s, %(res_partner)s + i - 1, '044' || {UUID}, TRUE, {AMOUNT}, 1, 1, {PAST}, {PAST}
          FROM {PEOPLE}""",
)
HISTORY = (
    "loyalty_history",
    f"""INSERT INTO loyalty_history (card_id, order_model, order_id, description, issued, used, create_uid, write_uid,
               create_date, write_date)
        SELECT %(loyalty_card)s + i - 1, 'pos.order', {PAST_ORDER} + i, 'Onsite ' || i, {AMOUNT}, 0, 1, 1, {PAST},
               {PAST}
          FROM {PEOPLE}""",
)
MEMBERS = (
    "loyalty_club_member",
    f"""INSERT INTO loyalty_club_member (club_id, partner_id, number, state, mobile, joined_channel, joined_at,
               joined_branch_id, joined_user_id, create_uid, write_uid, create_date, write_date)
        SELECT %(club)s, %(res_partner)s + i - 1, 'M' || lpad(i::text, 7, '0'), 'active', {MOBILE}, 'import', {PAST},
               %(branch)s, 1, 1, 1, {PAST}, {PAST}
          FROM {PEOPLE}""",
)
NUMBERS = (
    "loyalty_club_card",
    f"""INSERT INTO loyalty_club_card (club_id, member_id, number, state, virtual, activated_at, create_uid, write_uid,
               create_date, write_date)
        SELECT %(club)s, %(loyalty_club_member)s + i - 1, body || (1000 - %(luhn)s) %% 10, 'active', TRUE, {PAST},
               1, 1, {PAST}, {PAST}
          FROM (SELECT i, %(prefix)s || lpad(((i * 73939133::bigint + %(seed)s) %% %(bodies)s)::text, %(width)s, '0')
                          AS body FROM {PEOPLE}) numbered""",
)
ACCOUNTS = (
    "loyalty_club_account",
    f"""INSERT INTO loyalty_club_account (kind, club_id, program_id, member_id, card_id, balance, held, debt, seq, head)
        SELECT 'points', %(club)s, %(program)s, %(loyalty_club_member)s + i - 1, %(loyalty_card)s + i - 1, {AMOUNT}, 0,
               0, 1, {HASH}
          FROM {PEOPLE}""",
)
ENTRIES = (
    "loyalty_club_entry",
    f"""INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at,
               user_id, origin_model, origin_id, reason)
        SELECT 'earn', {KEY}, encode(sha256(i::text::bytea), 'hex'), %(club)s, %(branch)s, %(company)s, {PAST}, {PAST},
               1, 'pos.order', {PAST_ORDER} + i, 'Onsite ' || i
          FROM {PEOPLE}""",
)
LOTS = (
    "loyalty_club_lot",
    f"""INSERT INTO loyalty_club_lot (account_id, entry_id, rank, branch_id, amount, remaining)
        SELECT %(loyalty_club_account)s + i - 1, %(loyalty_club_entry)s + i - 1, 0, %(branch)s, {AMOUNT}, {AMOUNT}
          FROM {PEOPLE}""",
)
POSTINGS = (
    "loyalty_club_posting",
    f"""INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
               opens_lot, seq, balance_after, hash)
        SELECT %(loyalty_club_entry)s + i - 1, %(issue)s, {ACCOUNT}, {ACCOUNT}, {AMOUNT}, {LOT}, TRUE, 1, {AMOUNT},
               {HASH}
          FROM {PEOPLE}""",
)


def fill(env, world, seed):
    """Write the customers of ``world``; their first ids come into ``world.ids`` by table."""
    values = {**world.ids, "count": world.count, "seed": seed}
    tables = [PARTNERS, CARDS]
    if world.ours:
        tables += [MEMBERS, NUMBERS, ACCOUNTS, ENTRIES, LOTS, POSTINGS]
        values.update(
            issue=env["loyalty.club.account"]._club_system_accounts({(values["program"], "issue", values["branch"])})[
                values["program"], "issue", values["branch"]
            ],
            width=15 - len(values["prefix"]),
            bodies=10 ** (15 - len(values["prefix"])),
        )
    else:
        tables.append(HISTORY)
    env.flush_all()
    world.ids.update({table: _first_id(env.cr, table) for table, _query in tables})
    values.update(world.ids)
    with _bare(env.cr, [table for table, _query in tables]):
        for _table, query in tables:
            env.cr.execute(query.replace("%(luhn)s", LUHN), values)
    env.invalidate_all(flush=False)


def _luhn_sum():
    """Sum of the 15 digits of ``body``, every second one doubled from the last on, as an SQL expression."""
    digits = [f"substr(body, {place}, 1)" for place in range(1, 16)]
    return "+".join(
        f"translate({digit}, '0123456789', '0246813579')::int" if place % 2 == 0 else f"{digit}::int"
        for place, digit in enumerate(digits)
    )


LUHN = f"({_luhn_sum()})"


def _first_id(cr, table):
    cr.execute(f"SELECT nextval('{table}_id_seq') + 1")
    return cr.fetchone()[0]


@contextmanager
def _bare(cr, tables):
    """Fill tables without indexes and, where PostgreSQL lets us, triggers: the rows are right by construction."""
    cr.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
    powerful = cr.fetchone()[0]
    cr.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = ANY(%s::regclass[])
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
        (tables,),
    )
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    if powerful:
        cr.execute("SET session_replication_role = replica")
    else:
        _triggers(cr, tables, "DISABLE")
    yield
    if powerful:
        cr.execute("SET session_replication_role = origin")
    else:
        _triggers(cr, tables, "ENABLE")
    for _name, definition in indexes:
        cr.execute(definition)


def _triggers(cr, tables, how):
    cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cr.execute(f"ALTER TABLE {table} {how} TRIGGER USER")
