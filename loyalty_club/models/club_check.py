"""The check: replays the whole ledger in SQL and proves its invariants; see docs/ledger.md for their numbers.

Long because each invariant is one query, kept together so that they can be read side by side.
"""

import hashlib

from odoo import api, models
from odoo.tools import SQL

SIGNED = "CASE WHEN p.to_account_id = p.account_id THEN p.amount ELSE -p.amount END"
VALUE = "('points', 'credit', 'gift', 'prepaid')"

#: What ``models.club_entry_rows.chain_hash`` hashes, in SQL.
CHAIN_TEXT = """concat_ws('|', lag(p.hash, 1, '') OVER chain, p.account_id, p.seq, p.from_account_id, p.to_account_id,
    p.amount::numeric(20, 3), COALESCE(p.lot_id::text, ''), p.balance_after::numeric(20, 3), e.key, e.kind,
    to_char(e.occurred_at, 'YYYY-MM-DD HH24:MI:SS'), COALESCE(e.branch_id::text, ''),
    COALESCE(e.reversal_of_id::text, ''), COALESCE(e.reason, ''))"""

TRIGGERS = (
    ("loyalty_club_posting", "loyalty_club_apply"),
    ("loyalty_club_posting", "loyalty_club_no_change"),
    ("loyalty_club_entry", "loyalty_club_no_change"),
    ("loyalty_club_account", "loyalty_club_guard"),
    ("loyalty_club_lot", "loyalty_club_guard"),
    ("loyalty_club_hold", "loyalty_club_apply"),
    ("loyalty_card", "loyalty_club_guard"),
)

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
              LEFT JOIN (SELECT p.lot_id, SUM({SIGNED}) AS total, SUM(p.amount) FILTER (WHERE p.opens_lot) AS opened
                           FROM loyalty_club_posting p WHERE p.lot_id IS NOT NULL GROUP BY 1) s ON s.lot_id = l.id
             WHERE l.remaining IS DISTINCT FROM s.total OR l.amount IS DISTINCT FROM s.opened
                OR l.remaining < 0 OR l.remaining > l.amount""",
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
        "Each posting carries the hash of what it says and of the one before it.",
        f"""SELECT id AS posting, account_id AS account, seq FROM (
                SELECT p.id, p.account_id, p.seq, p.hash, p.balance_after,
                       encode(sha256(convert_to({CHAIN_TEXT}, 'UTF8')), 'hex') AS expected,
                       SUM({SIGNED}) OVER chain AS running, row_number() OVER chain AS position
                  FROM loyalty_club_posting p JOIN loyalty_club_entry e ON e.id = p.entry_id
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
        "An entry moves value of exactly one account.",
        """SELECT e.id AS entry, count(DISTINCT p.account_id) AS accounts FROM loyalty_club_entry e
             LEFT JOIN loyalty_club_posting p ON p.entry_id = e.id
            GROUP BY e.id HAVING count(DISTINCT p.account_id) <> 1""",
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
)


class LoyaltyClubCheck(models.AbstractModel):
    _name = "loyalty.club.check"
    _description = "Ledger Check"

    @api.model
    def _club_check(self, limit=10):
        """Prove every invariant of the ledger of this database.

        :param limit: offenders shown per invariant
        :return: {"ok": bool, "figures": {name: count}, "failures": [{"invariant", "rule", "count", "rows", "named"}]};
            ``named`` are the rows as a person reads them
        """
        self.env.flush_all()
        failures = []
        for name, rule, query in INVARIANTS:
            self.env.cr.execute(SQL(query.replace("%", "%%")))
            columns = [column.name for column in self.env.cr.description]
            rows = self.env.cr.fetchall()
            if rows:
                failures.append(
                    {
                        "invariant": name,
                        "rule": rule,
                        "count": len(rows),
                        "rows": rows[:limit],
                        "named": self._club_named(columns, rows[:limit]),
                    }
                )
        proofs = (self._club_check_seals, self._club_check_triggers, self._club_check_books, self._club_check_booked)
        for name, rule, rows in (proof() for proof in proofs):
            if rows:
                named = [" ".join(str(value) for value in row) for row in rows[:limit]]
                failures.append(
                    {"invariant": name, "rule": rule, "count": len(rows), "rows": rows[:limit], "named": named}
                )
        return {"ok": not failures, "figures": self._club_figures(), "failures": failures}

    def _club_named(self, columns, rows):
        """Offenders as texts: which record, of whom, and each figure with its name."""
        texts = []
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            first = next(iter(values))
            record = self.env["loyalty.card" if first == "card" else f"loyalty.club.{first}"].browse(values.pop(first))
            account = record if first == "account" else record.account_id if first in ("lot", "posting") else record
            owner = account.display_name if account.exists() else ""
            figures = ", ".join(f"{name} {'none' if value is None else value}" for name, value in values.items())
            texts.append(f"{first} {record.id} ({owner}): {figures}" if figures else f"{first} {record.id} ({owner})")
        return texts

    def _club_check_seals(self):
        """Each seal carries the hash of its heads and of the seal before it."""
        wrong = []
        previous = {}
        seals = self.env.execute_query(
            SQL("SELECT id, club_id, number, hash FROM loyalty_club_seal ORDER BY club_id, number")
        )
        for seal_id, club_id, number, stored in seals:
            before_number, before_hash = previous.get(club_id, (0, ""))
            heads = self.env.execute_query(
                SQL(
                    "SELECT account_id, seq, hash FROM loyalty_club_seal_head WHERE seal_id = %s ORDER BY account_id",
                    seal_id,
                )
            )
            text = "|".join([before_hash, *(f"{account}:{seq}:{head}" for account, seq, head in heads)])
            if number != before_number + 1 or hashlib.sha256(text.encode()).hexdigest() != stored:
                wrong.append((seal_id, number))
            previous[club_id] = (number, stored)
        return "seal", "The chain of seals is unbroken.", wrong

    def _club_check_triggers(self):
        """PostgreSQL still guards the ledger."""
        present = set(
            self.env.execute_query(
                SQL(
                    """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                        WHERE t.tgenabled = 'O' AND t.tgname LIKE 'loyalty_club_%%'"""
                )
            )
        )
        return "guards", "The database's own guards are in place.", [item for item in TRIGGERS if item not in present]

    def _club_figures(self):
        tables = ("account", "entry", "posting", "lot", "seal")
        counts = {
            table: self.env.execute_query(SQL("SELECT count(*) FROM %s", SQL.identifier(f"loyalty_club_{table}")))[0][0]
            for table in tables
        }
        counts["open exceptions"] = self.env["loyalty.club.exception"].search_count([("state", "=", "open")])
        return counts
