"""What the check proves, as SQL: each invariant is one query that returns the offenders.

Long because each invariant is one query, kept together so that they can be read side by side.
"""

from ..rules.chain import hash_sql, life_sql
from .club_seal import SEAL_HASH, SEALS

SIGNED = "CASE WHEN p.to_account_id = p.account_id THEN p.amount ELSE -p.amount END"
VALUE = "('points', 'credit', 'gift', 'prepaid')"

#: What ``rules.chain.chain_hash`` computes, from ``CHAIN_FROM`` with a window ``chain``.
CHAIN = hash_sql(
    posting={
        "previous": "lag(p.hash, 1, '') OVER chain",
        "account": "p.account_id",
        "seq": "p.seq",
        "source": "p.from_account_id",
        "target": "p.to_account_id",
        "amount": "p.amount",
        "lot": "p.lot_id",
        "life": "CASE WHEN p.opens_lot THEN {} END".format(
            life_sql(
                usable_from="l.usable_from",
                opened_until="l.opened_until",
                idle_days="l.idle_days",
                origin_lot="l.origin_lot_id",
                branch="l.branch_id",
            )
        ),
        "balance": "p.balance_after",
    },
    entry={
        "key": "e.key",
        "kind": "e.kind",
        "occurred": "e.occurred_at",
        "posted": "e.posted_at",
        "who": "e.user_id",
        "branch": "e.branch_id",
        "company": "e.company_id",
        "origin_model": "e.origin_model",
        "origin": "e.origin_id",
        "reason": "e.reason",
        "reversal": "e.reversal_of_id",
        "documented": "COALESCE(e.documented, FALSE)",
        "details": "e.details",
        "witness": "w.hash",
    },
)
CHAIN_FROM = """loyalty_club_posting p JOIN loyalty_club_entry e ON e.id = p.entry_id
                  LEFT JOIN loyalty_club_lot l ON p.opens_lot AND l.id = p.lot_id
                  LEFT JOIN loyalty_club_posting w ON w.id = e.witness"""

#: (name, what must hold, query that returns the offenders: id first)
INVARIANTS = (
    (
        "balance",
        "An account's balance is the sum of its postings.",
        f"""SELECT a.id AS account, a.balance, COALESCE(s.total, 0) AS postings FROM loyalty_club_account a
              LEFT JOIN (SELECT p.account_id, SUM({SIGNED}) AS total FROM loyalty_club_posting p GROUP BY 1) s
                     ON s.account_id = a.id
             WHERE a.balance <> COALESCE(s.total, 0)""",
    ),
    (
        "lots",
        "Open lots less debt are the balance.",
        """SELECT a.id AS account, a.balance, a.debt, COALESCE(s.total, 0) AS lots FROM loyalty_club_account a
             LEFT JOIN (SELECT account_id, SUM(remaining) AS total FROM loyalty_club_lot GROUP BY 1) s
                    ON s.account_id = a.id
            WHERE a.balance + a.debt <> COALESCE(s.total, 0)""",
    ),
    (
        "debt",
        "A debt is what was taken without a lot and not paid since.",
        f"""SELECT a.id AS account, a.debt, COALESCE(s.total, 0) AS postings FROM loyalty_club_account a
              LEFT JOIN (SELECT p.account_id, -SUM({SIGNED}) AS total FROM loyalty_club_posting p
                          WHERE p.lot_id IS NULL GROUP BY 1) s ON s.account_id = a.id
             WHERE a.debt <> COALESCE(s.total, 0) OR a.debt < 0""",
    ),
    (
        "lot",
        "A lot's rest is what came in less what went out, and it opened with its amount.",
        f"""SELECT l.id AS lot, l.remaining, s.total AS postings, l.amount, s.opened FROM loyalty_club_lot l
              LEFT JOIN (SELECT p.lot_id, SUM({SIGNED}) AS total, SUM(p.amount) FILTER (WHERE p.opens_lot) AS opened,
                                MIN(p.account_id) AS low, MAX(p.account_id) AS high,
                                MIN(p.entry_id) FILTER (WHERE p.opens_lot) AS entry
                           FROM loyalty_club_posting p WHERE p.lot_id IS NOT NULL GROUP BY 1) s ON s.lot_id = l.id
             WHERE l.remaining IS DISTINCT FROM s.total OR l.amount IS DISTINCT FROM s.opened
                OR l.remaining < 0 OR l.remaining > l.amount
                OR l.account_id IS DISTINCT FROM s.low OR s.low <> s.high OR l.entry_id IS DISTINCT FROM s.entry""",
    ),
    (
        "life",
        "A lot ends when it was opened to end; a rolling one as many days after the visit that moved its end.",
        """SELECT l.id AS lot, l.expires_at, l.opened_until FROM loyalty_club_lot l
            WHERE l.expires_at IS DISTINCT FROM l.opened_until
              AND NOT (COALESCE(l.idle_days, 0) > 0 AND l.expires_at > l.opened_until
                       AND loyalty_club_visit_explains(l.rolled_by_id, l.account_id, l.idle_days, l.expires_at))""",
    ),
    (
        "spent_alive",
        "No lot is spent before or after its life, unless the amount had been set aside.",
        """SELECT p.id AS posting, e.occurred_at, l.usable_from, l.expires_at FROM loyalty_club_posting p
             JOIN loyalty_club_entry e ON e.id = p.entry_id AND e.kind = 'redeem'
             JOIN loyalty_club_lot l ON l.id = p.lot_id
            WHERE p.from_account_id = p.account_id AND NOT COALESCE(jsonb_exists(e.details, 'promised'), FALSE)
              AND (l.usable_from > e.occurred_at OR l.expires_at <= e.occurred_at)""",
    ),
    (
        "points",
        "The points of Odoo's card are the balance.",
        """SELECT c.id AS card, c.points, a.balance FROM loyalty_club_account a JOIN loyalty_card c ON c.id = a.card_id
            WHERE c.points IS DISTINCT FROM a.balance::float8""",
    ),
    (
        "outside",
        "No card of a managed program has points outside the ledger.",
        """SELECT c.id AS card, c.points FROM loyalty_card c
             JOIN loyalty_program g ON g.id = c.program_id AND g.club_id IS NOT NULL
             LEFT JOIN loyalty_club_account a ON a.card_id = c.id
            WHERE a.id IS NULL AND c.points <> 0""",
    ),
    (
        "chain",
        "Each posting carries the hash of what it and its entry say, of the one before it, and of one it has seen.",
        f"""SELECT id AS posting, account_id AS account, seq FROM (
                SELECT p.id, p.account_id, p.seq, p.hash, p.balance_after, {CHAIN} AS expected,
                       SUM({SIGNED}) OVER chain AS running, row_number() OVER chain AS position
                  FROM {CHAIN_FROM}
                WINDOW chain AS (PARTITION BY p.account_id ORDER BY p.seq)) links
             WHERE hash <> expected OR running <> balance_after OR position <> seq""",
    ),
    (
        "head",
        "An account knows the last posting of its chain.",
        """SELECT a.id AS account, a.seq, last.seq AS last_posting FROM loyalty_club_account a
             LEFT JOIN (SELECT DISTINCT ON (account_id) account_id, seq, hash FROM loyalty_club_posting
                         ORDER BY account_id, seq DESC) last ON last.account_id = a.id
            WHERE a.seq <> COALESCE(last.seq, 0) OR a.head <> COALESCE(last.hash, '')""",
    ),
    (
        "sides",
        "A posting joins one value account and one system account of the same program.",
        f"""SELECT p.id AS posting FROM loyalty_club_posting p
              JOIN loyalty_club_account f ON f.id = p.from_account_id
              JOIN loyalty_club_account t ON t.id = p.to_account_id
             WHERE (f.kind IN {VALUE}) = (t.kind IN {VALUE}) OR f.program_id <> t.program_id
                OR p.account_id <> CASE WHEN f.kind IN {VALUE} THEN f.id ELSE t.id END""",
    ),
    (
        "entry",
        "An entry moves value of exactly one account, of its own club.",
        """SELECT e.id AS entry, count(DISTINCT p.account_id) AS accounts FROM loyalty_club_entry e
             LEFT JOIN loyalty_club_posting p ON p.entry_id = e.id
             LEFT JOIN loyalty_club_account a ON a.id = p.account_id
            GROUP BY e.id HAVING count(DISTINCT p.account_id) <> 1 OR MIN(a.club_id) <> e.club_id""",
    ),
    (
        "identity",
        "An account, its card, its program, its club and its member belong together.",
        f"""SELECT a.id AS account, g.club_id AS club_of_program, c.program_id AS program_of_card,
                   c.partner_id AS partner_of_card, m.partner_id AS partner_of_member
              FROM loyalty_club_account a
              JOIN loyalty_program g ON g.id = a.program_id
              LEFT JOIN loyalty_card c ON c.id = a.card_id
              LEFT JOIN loyalty_club_member m ON m.id = a.member_id
              LEFT JOIN loyalty_club_branch b ON b.id = a.branch_id
             WHERE g.club_id IS DISTINCT FROM a.club_id
                OR CASE WHEN a.kind IN {VALUE}
                        THEN g.club_kind IS DISTINCT FROM a.kind OR c.program_id IS DISTINCT FROM a.program_id
                             OR a.branch_id IS NOT NULL OR m.club_id <> a.club_id
                             OR (a.member_id IS NOT NULL AND a.kind NOT IN ('points', 'credit'))
                             OR (m.merged_into_id IS NULL AND m.partner_id IS DISTINCT FROM c.partner_id
                                 AND a.member_id IS NOT NULL)
                        ELSE a.card_id IS NOT NULL OR a.member_id IS NOT NULL OR b.club_id <> a.club_id END""",
    ),
    (
        "numbers",
        "A membership card and its member are of one club.",
        """SELECT k.id AS number, k.number AS digits FROM loyalty_club_card k
             JOIN loyalty_club_member m ON m.id = k.member_id
            WHERE m.club_id <> k.club_id""",
    ),
    (
        "gift",
        "A gift card's balance is its own: the account of its kind and club whose card in Odoo has its serial number.",
        """SELECT g.id AS gift, g.account_id, c.code AS code_of_account FROM loyalty_club_gift g
             LEFT JOIN loyalty_club_account a ON a.id = g.account_id
             LEFT JOIN loyalty_card c ON c.id = a.card_id
            WHERE g.account_id IS NOT NULL
              AND (a.kind IS DISTINCT FROM g.kind OR a.club_id <> g.club_id
                   OR a.program_id IS DISTINCT FROM g.program_id OR c.code IS DISTINCT FROM g.serial)""",
    ),
    (
        "uses",
        "A discount card has counted each use and each one that was undone, and gave no more than it has.",
        """SELECT g.id AS gift, g.use_seq AS counted, s.used, s.undone, g.uses FROM loyalty_club_gift g
             LEFT JOIN (SELECT gift_id, count(*) AS used, count(undone_at) AS undone FROM loyalty_club_gift_use
                         GROUP BY 1) s ON s.gift_id = g.id
            WHERE COALESCE(g.use_seq, 0) <> COALESCE(s.used + s.undone, 0)
               OR (g.uses > 0 AND s.used - s.undone > g.uses)""",
    ),
    (
        "once",
        "An order earns once in a program and loads once, whatever it calls itself.",
        """SELECT MIN(id) AS entry, count(*) AS times, MAX(id) AS last, origin_id AS origin FROM loyalty_club_entry
            WHERE origin_model = 'pos.order' AND kind IN ('earn', 'load')
              AND (key LIKE 'pos.order:%:earn:%' OR key LIKE 'pos.order:%:load:%')
            GROUP BY origin_id, kind, substring(key FROM '[^:]*$') HAVING count(*) > 1""",
    ),
    (
        "events",
        "What behaviour gave, such as a visit, is noted with the member, once.",
        """SELECT e.id AS entry, e.key FROM loyalty_club_entry e
             LEFT JOIN loyalty_club_event v ON v.entry_id = e.id
                   AND e.key = 'event:' || v.member_id || ':' || v.code || ':' || v.key AND v.state = 'given'
            WHERE e.key LIKE 'event:%' AND v.id IS NULL""",
    ),
    (
        "reversal",
        "Nothing is reversed beyond its amount, or onto another account unless members were merged.",
        """SELECT o.id AS entry, o.amount, r.amount AS reversed FROM
             (SELECT entry_id AS id, SUM(amount) AS amount, MIN(account_id) AS account_id
                FROM loyalty_club_posting GROUP BY 1) o
             JOIN (SELECT e.reversal_of_id, SUM(p.amount) AS amount, MIN(p.account_id) AS low, MAX(p.account_id) AS high
                     FROM loyalty_club_entry e JOIN loyalty_club_posting p ON p.entry_id = e.id
                    WHERE e.reversal_of_id IS NOT NULL GROUP BY 1) r ON r.reversal_of_id = o.id
             JOIN loyalty_club_account a ON a.id = o.account_id
             LEFT JOIN loyalty_club_member m ON m.id = a.member_id
            WHERE r.amount > o.amount
               OR (m.merged_into_id IS NULL AND (r.low <> o.account_id OR r.high <> o.account_id))""",
    ),
    (
        "held",
        "What is held is the sum of the open holds.",
        """SELECT a.id AS account, a.held, COALESCE(s.total, 0) AS holds FROM loyalty_club_account a
             LEFT JOIN (SELECT account_id, SUM(amount) AS total FROM loyalty_club_hold
                         WHERE state = 'held' GROUP BY 1) s
                    ON s.account_id = a.id
            WHERE a.held <> COALESCE(s.total, 0)""",
    ),
    (
        "captured",
        "A hold that was captured has the entry that spent it, and that entry its hold.",
        """SELECT COALESCE(h.account_id, p.account_id) AS account, COALESCE(h.key, e.key) AS key, h.amount,
                  p.amount AS spent
             FROM (SELECT * FROM loyalty_club_hold WHERE state = 'captured') h
             FULL JOIN (SELECT * FROM loyalty_club_entry WHERE key LIKE 'hold:%') e ON e.key = 'hold:' || h.key
             LEFT JOIN (SELECT entry_id, MIN(account_id) AS account_id, SUM(amount) AS amount FROM loyalty_club_posting
                         GROUP BY 1) p ON p.entry_id = e.id
            WHERE p.account_id IS DISTINCT FROM h.account_id OR p.amount IS DISTINCT FROM h.amount""",
    ),
    (
        "system",
        "Branches and other sources keep no balance.",
        f"""SELECT id AS account, balance, held, debt FROM loyalty_club_account
             WHERE kind NOT IN {VALUE} AND (balance <> 0 OR held <> 0 OR debt <> 0 OR seq <> 0)""",
    ),
    (
        "sealed",
        "What was sealed is still there as it was.",
        """SELECT h.account_id AS account, h.seq FROM loyalty_club_seal_head h
             LEFT JOIN loyalty_club_posting p ON p.account_id = h.account_id AND p.seq = h.seq
            WHERE p.hash IS DISTINCT FROM h.hash""",
    ),
    (
        "seal",
        "The seals of a club are numbered without a gap up to its last one, and each carries the one before.",
        f"""SELECT c.id AS "loyalty.club", c.seal_number AS last, s.number, s.place FROM loyalty_club c
              LEFT JOIN (
                  SELECT club_id, number, hash, postings, row_number() OVER same AS place,
                         count(*) OVER (PARTITION BY club_id) AS seals, SUM(growth) OVER same AS counted,
                         {SEAL_HASH.format(previous="lag(hash, 1, '') OVER same")} AS expected
                    FROM ({SEALS}) seal WINDOW same AS (PARTITION BY club_id ORDER BY number)) s ON s.club_id = c.id
             WHERE COALESCE(s.seals, 0) <> COALESCE(c.seal_number, 0)
                OR s.number <> s.place OR s.hash <> s.expected OR s.postings <> s.counted""",
    ),
)
