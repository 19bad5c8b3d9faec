"""The check: replays the whole ledger in SQL and proves its invariants; docs/ledger.md has their list."""

from odoo import api, models
from odoo.tools import SQL, file_open

from ..tools import guards
from .club_check_sql import INVARIANTS


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
        for name, rule, query in self._club_invariants():
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
        for name, rule, rows in (proof() for proof in self._club_proofs()):
            if rows:
                named = [" ".join(str(value) for value in row) for row in rows[:limit]]
                failures.append(
                    {"invariant": name, "rule": rule, "count": len(rows), "rows": rows[:limit], "named": named}
                )
        return {"ok": not failures, "figures": self._club_figures(), "failures": failures}

    @api.model
    def _club_invariants(self):
        """Invariants that are one query each: (name, what must hold, SQL of the offenders).

        The first column of the query is the offender's id and named after its model: ``entry`` for
        ``loyalty.club.entry``, ``pos.order`` for ``pos.order``. Addons whose records book add theirs.
        """
        return list(INVARIANTS)

    @api.model
    def _club_proofs(self):
        """Methods that prove what takes more than one query: each returns (name, what must hold, offenders)."""
        return [self._club_check_guards, self._club_check_books, self._club_check_booked]

    def _club_named(self, columns, rows):
        """Offenders as texts: which record, of whom, and each figure with its name."""
        first, *names = columns
        models_of = {"card": "loyalty.card", "number": "loyalty.club.card"}
        model = first if first in self.env else models_of.get(first, f"loyalty.club.{first}")
        texts = []
        for number, *figures in rows:
            record = self.env[model].browse(number)
            holder = record.account_id if first in ("lot", "posting") else record
            owner = holder.display_name if holder.exists() else ""
            values = zip(names, figures, strict=True)
            said = ", ".join(f"{name} {'none' if value is None else value}" for name, value in values)
            texts.append(f"{first} {number} ({owner})" + (f": {said}" if said else ""))
        return texts

    # -- the database's own guards ---------------------------------------------------------------------------------

    @api.model
    def _club_guard_files(self):
        """The files of SQL whose triggers and functions guard this database."""
        return ["loyalty_club/sql/ledger.sql", "loyalty_club/sql/gift.sql"]

    @api.model
    def _club_install_guards(self, path):
        with file_open(path) as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    @api.model
    def _club_check_guards(self):
        """PostgreSQL guards the ledger with exactly the triggers, functions and constraints that we install."""
        sources = []
        for path in self._club_guard_files():
            with file_open(path) as source:
                sources.append(source.read())
        wrong = self._club_wrong_triggers(sources) + self._club_wrong_functions(sources) + self._club_lost_constraints()
        return "guards", "The database's own guards are in place.", wrong

    def _club_wrong_triggers(self, sources):
        present = {
            (table, name): (guards.normal(definition), enabled)
            for table, name, definition, enabled in self.env.execute_query(
                SQL(
                    """SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled IN ('O', 'A')
                         FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                        WHERE t.tgname LIKE 'loyalty\\_club\\_%%'
                          AND c.relnamespace = current_schema()::regnamespace"""
                )
            )
        }
        return [
            (*place, "missing" if place not in present else "off" if not present[place][1] else "changed")
            for source in sources
            for place, definition in guards.triggers(source).items()
            if present.get(place) != (definition, True)
        ]

    def _club_wrong_functions(self, sources):
        present = {}
        for name, body in self.env.execute_query(
            SQL(
                """SELECT proname, prosrc FROM pg_proc
                    WHERE proname LIKE 'loyalty\\_club\\_%%' AND pronamespace = current_schema()::regnamespace"""
            )
        ):
            present.setdefault(name, []).append(body)
        return [
            (name, "changed" if name in present else "missing")
            for source in sources
            for name, body in guards.functions(source).items()
            if present.get(name) != [body]
        ]

    def _club_lost_constraints(self):
        """Constraints and unique indexes of our models that the database does not have any more."""
        wanted = [
            (model._table, name)
            for model in (self.env[name] for name in self.env.registry if name.startswith("loyalty.club"))
            if model._auto
            for name, item in model._table_objects.items()
            if isinstance(item, models.Constraint) or getattr(item, "unique", False)
        ]
        names = [name for _table, name in wanted]
        present = {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT conname FROM pg_constraint WHERE convalidated AND conname = ANY(%s)
                        UNION ALL SELECT relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
                                   WHERE i.indisunique AND i.indisvalid AND relname = ANY(%s)""",
                    names,
                    names,
                )
            )
        }
        return [(table, name, "missing") for table, name in wanted if name not in present]

    def _club_figures(self):
        tables = ("account", "entry", "posting", "lot", "seal")
        counts = {
            table: self.env.execute_query(SQL("SELECT count(*) FROM %s", SQL.identifier(f"loyalty_club_{table}")))[0][0]
            for table in tables
        }
        counts["open exceptions"] = self.env["loyalty.club.exception"].search_count([("state", "=", "open")])
        return counts
