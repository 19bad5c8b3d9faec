"""Throttle: how often something was tried. Counted apart from the caller's transaction, so that an error which undoes
the request does not undo the count, and exact when many try at once."""

from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

#: Parallel tries of one key meet in one row; PostgreSQL lets one through and the others start again.
MEETINGS = 100
KEPT_DAYS = 90


class LoyaltyClubThrottle(models.Model):
    _name = "loyalty.club.throttle"
    _description = "Club Throttle"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)

    _key_unique = models.Constraint("UNIQUE (key)", "This is counted already.")
    _old = models.Index("(since)")

    @api.model
    def _club_take(self, key, most, seconds=None):
        """Count a try of ``key``.

        :param most: tries that are allowed
        :param seconds: length of the window that begins with the first try; None: for good, until ``_club_forget``
        :return: (whether this one is allowed, tries so far, seconds until the window ends)
        """
        now = fields.Datetime.now()
        old = now - timedelta(seconds=seconds) if seconds else fields.Datetime.from_string("1970-01-01 00:00:00")
        count, since = self._club_apart(
            SQL(
                """INSERT INTO loyalty_club_throttle AS t (key, count, since) VALUES (%(key)s, 1, %(now)s)
                   ON CONFLICT (key) DO UPDATE
                      SET count = CASE WHEN t.since <= %(old)s THEN 1 ELSE t.count + 1 END,
                          since = CASE WHEN t.since <= %(old)s THEN EXCLUDED.since ELSE t.since END
                   RETURNING count, since""",
                key=key,
                now=now,
                old=old,
            )
        )[0]
        wait = max(0, int((since + timedelta(seconds=seconds) - now).total_seconds())) if seconds else 0
        return count <= most, count, wait

    @api.model
    def _club_count(self, key):
        """Tries of ``key`` so far, without counting one."""
        rows = self._club_apart(SQL("SELECT count FROM loyalty_club_throttle WHERE key = %s", key))
        return rows[0][0] if rows else 0

    @api.model
    def _club_forget(self, key):
        self._club_apart(SQL("DELETE FROM loyalty_club_throttle WHERE key = %s RETURNING 1", key))

    def _club_apart(self, query):
        """Run ``query`` on a cursor of its own and commit it; its rows."""
        for _meeting in range(MEETINGS):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, log_exceptions=False)  # a serialisation failure here is normal
                    return cr.fetchall()
            except SerializationFailure:  # somebody else counted at the same moment
                continue
        raise SerializationFailure(f"too many tries of {query.params!r} at once")

    @api.autovacuum
    def _gc_old(self):
        """Windows are minutes to days long; what is counted for good (PINs) is forgotten by a right PIN."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM loyalty_club_throttle WHERE since < %s AND key NOT LIKE 'pin:%%'",
                fields.Datetime.now() - timedelta(days=KEPT_DAYS),
            )
        )
