"""Queueing messages: by rows, or by one statement for a campaign. What was queued before is left out silently."""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.sealed import seal
from odoo.tools import SQL

from ..rules.ways import ways

#: A one-time code is good for as long; later it is not sent any more.
CODE_MINUTES = 10
#: Columns that a caller may give; everything else is filled in here.
GIVEN = (
    "key", "club_id", "company_id", "branch_id", "member_id", "partner_id", "user_id", "channel", "channels", "address",
    "lane", "purpose", "template_id", "values", "body", "secret", "lang", "why", "automation_id", "campaign_id",
    "variant_id", "origin_model", "origin_id", "not_before", "not_after", "is_test",
)  # fmt: skip


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    @api.model
    def _club_queue(self, rows):
        """Queue messages. They leave after the commit: codes at once, others by their lane's job.

        :param rows: dicts with ``key``, ``lane``, ``purpose``, ``member_id`` (or ``address``), ``body`` or
            ``template_id`` + ``values``, and as wanted the other columns of ``GIVEN``; ``origin`` is (model, id).
            Of a member come club, contact and language. A code's text, and what comes as ``secret``
            ({"body": text}), is kept sealed and deleted with the sending.
        :return: the new ones; a row whose key came before (also earlier in ``rows``) is left out
        """
        now = fields.Datetime.now()
        prepared = [self._club_queue_row(row, now) for row in rows]
        if not prepared:
            return self.browse()
        self.env["loyalty.club.member"].flush_model(["partner_id", "club_id"])
        self.env["loyalty.club"].flush_model(["company_id"])
        self.env["loyalty.club.branch"].flush_model(["company_id"])
        self.env["res.partner"].flush_model(["lang"])
        columns = self._club_queue_columns()
        types = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(self._fields[name].column_type[1])) for name in columns
        )
        source = SQL(
            """SELECT %(given)s FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(%(types)s)
            LEFT JOIN loyalty_club_member m ON m.id = r.member_id
            LEFT JOIN res_partner p ON p.id = COALESCE(r.partner_id, m.partner_id)
            LEFT JOIN loyalty_club_branch b ON b.id = r.branch_id
            LEFT JOIN loyalty_club c ON c.id = COALESCE(r.club_id, m.club_id)""",
            given=self._club_queue_select(columns),
            rows=json.dumps(prepared, default=str),
            types=types,
        )
        # the same thing said twice at once is no error: one of the requests starts again
        self.env.cr.execute(self._club_queue_insert(columns, source, now), log_exceptions=False)
        new = self.env.cr.fetchall()
        wake = {}
        for _id, lane, at in new:
            wake[lane] = min(at, wake.get(lane, at))
        ids = [row[0] for row in new]
        self._club_wake(wake, ids)
        return self.browse(ids)

    @api.model
    def _club_queue_query(self, query):
        """Queue what ``query`` gives, in one statement: for campaigns.

        :param query: SQL whose columns have names of ``GIVEN``; ``key``, ``company_id``, ``lane``, ``purpose`` and
            ``member_id`` or ``address`` at least. The other columns stay empty; ``not_before`` is now.
        :return: how many were queued; those whose key came before are left out
        """
        now = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT * FROM (%s) source LIMIT 0", query))
        names = [column.name for column in self.env.cr.description]
        unknown = set(names) - set(self._club_queue_columns())
        if unknown:
            raise ValueError(f"Messages have no columns {sorted(unknown)}")
        select = SQL(", ").join(SQL("source.%s", SQL.identifier(name)) for name in names)
        source = SQL("SELECT %s FROM (%s) source", select, query)
        rows = self.env.execute_query(
            SQL(
                "WITH new AS (%s) SELECT lane, min(not_before), count(*) FROM new GROUP BY lane",
                self._club_queue_insert(names, source, now),
            )
        )
        self._club_wake({lane: at for lane, at, _count in rows}, [])
        return sum(count for _lane, _at, count in rows)

    def _club_queue_columns(self):
        return [name for name in GIVEN if name in self._fields]

    def _club_queue_row(self, row, now):
        """A row as it goes into the statement; bad ones are the caller's mistake and raise."""
        row = dict(row)
        origin = row.pop("origin", None)
        if origin:
            row["origin_model"], row["origin_id"] = origin
        unknown = set(row) - set(GIVEN)
        if unknown:
            raise ValueError(f"Messages have no columns {sorted(unknown)}")
        if not row.get("member_id") and not row.get("address"):
            raise ValueError(f"Nobody to send {row.get('key')!r} to")
        row = {name: value for name, value in row.items() if value not in (None, False, "")}
        row.setdefault("channel", ways(row.get("channels", "sms"))[0])
        row.setdefault("user_id", self.env.uid)
        if row["lane"] == "code":
            row.setdefault("not_after", now + timedelta(minutes=CODE_MINUTES))
            row["secret"] = {name: row.pop(name) for name in ("body", "values") if name in row}
        if row.get("secret"):
            row["secret"] = {"sealed": seal(self.env["loyalty.club.gift"]._club_key(), row["secret"])}
        return row

    def _club_queue_select(self, columns):
        """The columns of the rows' statement, filled in from member, contact, branch and club."""
        company = self.env.company.id
        filled = {
            "club_id": SQL("COALESCE(r.club_id, m.club_id)"),
            "partner_id": SQL("CASE WHEN r.member_id IS NULL THEN p.id END"),  # a member's contact is the member's
            "company_id": SQL("COALESCE(r.company_id, b.company_id, c.company_id, %s)", company),
            "lang": SQL("COALESCE(r.lang, p.lang)"),
        }
        return SQL(", ").join(
            SQL("%s AS %s", filled.get(name) or SQL("r.%s", SQL.identifier(name)), SQL.identifier(name))
            for name in columns
        )

    def _club_queue_insert(self, names, source, now):
        """The statement that inserts what ``source`` gives and is not there yet; returns id, lane, not_before."""
        columns = SQL(", ").join(SQL.identifier(name) for name in names if name != "not_before")
        not_before = SQL("COALESCE(source.not_before, %s)", now) if "not_before" in names else SQL("%s::timestamp", now)
        return SQL(
            """INSERT INTO loyalty_club_message (uuid, state, queued_at, attempts, not_before, %(columns)s)
               SELECT replace(gen_random_uuid()::text, '-', ''), 'waiting', %(now)s, 0, %(not_before)s, %(columns)s
                 FROM (%(source)s) source
               ON CONFLICT (key) DO NOTHING RETURNING id, lane, not_before""",
            columns=columns,
            now=now,
            not_before=not_before,
            source=source,
        )

    def _club_wake(self, wake, ids):
        """Start the jobs of lanes that have got messages.

        :param wake: {lane: UTC instant from which on there is something to send}
        """
        return
