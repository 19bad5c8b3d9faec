"""Attempts: whatever may be tried only so often, counted also when the request that tried it is rolled back.

A wrong card code counts for a till, a user and an address, and people look at it (``_club_try``). Everything else
counts under a key of its own, like a PIN or an invitation (``_club_take``). A try is written down before anything is
looked at, and a right code or PIN crosses it out. So a hundred guesses at once are a hundred tries, not one.
"""

from contextlib import contextmanager, nullcontext
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Attempts are kept this long for the manager to look at.
KEPT_DAYS = 30
#: Many that cross out the same tries meet in their rows; PostgreSQL lets one through and the others start again.
MEETINGS = 100


class LoyaltyClubAttempt(models.Model):
    _name = "loyalty.club.attempt"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Wrong Code"
    _log_access = False
    _order = "id desc"

    club_id = fields.Many2one(
        comodel_name="loyalty.club", readonly=True, index="btree_not_null", ondelete="cascade", help="Of card codes."
    )
    key = fields.Char(readonly=True, help="What else was tried; empty for card codes.")
    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, index="btree_not_null", ondelete="cascade")
    till = fields.Char(readonly=True, index="btree_not_null")
    address = fields.Char(string="Network address", readonly=True, index="btree_not_null")
    lifted = fields.Boolean(readonly=True, help="A manager has looked at it; it counts no more.")
    lifted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="set null")

    _recent = models.Index("(at) WHERE NOT lifted")
    _by_key = models.Index("(key, at DESC) WHERE key IS NOT NULL")
    _one_kind = models.Constraint("CHECK ((key IS NULL) = (club_id IS NOT NULL))", "A try is of a club or of a key.")

    @api.depends("at", "user_id", "till", "address", "key")
    def _compute_display_name(self):
        for attempt in self:
            who = attempt.till or attempt.user_id.name or attempt.address or attempt.key
            attempt.display_name = f"{fields.Datetime.to_string(attempt.at)} · {who}"

    @api.model
    def _club_try(self, club, till=None, address=None):
        """Write a try down, unless there were too many.

        :param till: anything that names the till, or None
        :param address: the caller's network address, or None
        :return: id of the try, to be crossed out when the code was right; False when this one is refused
        """
        user = self.env.user
        subjects = [("till", till, club.code_tries), ("address", address, club.code_tries_address)]
        if not user._is_public():  # everybody on the web site is this one user
            subjects.append(("user_id", user.id, club.code_tries))
        subjects = [subject for subject in subjects if subject[1]]
        since = fields.Datetime.now() - timedelta(minutes=club.code_minutes)
        values = {name: value for name, value, _limit in subjects}
        with self._club_own_cursor() as cr, self._club_one_by_one(cr, subjects):
            attempts = self.with_env(self.env(cr=cr))
            if any(attempts._club_count(club, name, value, since) >= limit for name, value, limit in subjects):
                return False
            return attempts._club_write_down(club, values)

    def _club_write_down(self, club, values):
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_club_attempt (club_id, at, user_id, till, address, lifted)
                   VALUES (%s, %s, %s, %s, %s, FALSE) RETURNING id""",
                club.id,
                fields.Datetime.now(),
                values.get("user_id"),
                values.get("till"),
                values.get("address"),
            )
        )
        return rows[0][0]

    @api.model
    def _club_was_right(self, attempt_id):
        """Cross a try out: the code was right."""
        self._club_apart(SQL("DELETE FROM loyalty_club_attempt WHERE id = %s", attempt_id))

    # -- everything else -----------------------------------------------------------------------------------------------

    @api.model
    def _club_take(self, key, most, seconds=None):
        """Count a try of ``key``, unless there were too many.

        :param most: tries that are allowed
        :param seconds: length of the window, which slides; None: for good, until ``_club_forget``
        :return: (whether this one is allowed, tries with this one, seconds to wait when it is not allowed)
        """
        now = fields.Datetime.now()
        with self._club_own_cursor() as cr, self._club_one_by_one(cr, [("key", key, most)]):
            attempts = self.with_env(self.env(cr=cr))
            times = attempts._club_times(key, now - timedelta(seconds=seconds) if seconds else None)
            if len(times) < most:
                cr.execute(SQL("INSERT INTO loyalty_club_attempt (key, at, lifted) VALUES (%s, %s, FALSE)", key, now))
                return True, len(times) + 1, 0
        wait = (times[most - 1] + timedelta(seconds=seconds) - now).total_seconds() if seconds else 0
        return False, most + 1, max(0, int(wait))

    @api.model
    def _club_times(self, key, since=None):
        """When ``key`` was tried, the last time first."""
        recent = SQL("AND at > %s", since) if since else SQL()
        return [
            at
            for (at,) in self.env.execute_query(
                SQL("SELECT at FROM loyalty_club_attempt WHERE key = %s %s ORDER BY at DESC, id DESC", key, recent)
            )
        ]

    @api.model
    def _club_forget(self, key):
        """Cross out all tries of ``key``."""
        self._club_apart(SQL("DELETE FROM loyalty_club_attempt WHERE key = %s", key))

    @api.model
    def _club_apart(self, query):
        """Run ``query`` on a cursor of its own and commit it."""
        for _meeting in range(MEETINGS):
            try:
                with self._club_own_cursor() as cr:
                    cr.execute(query, log_exceptions=False)  # a serialisation failure here is normal
                return
            except SerializationFailure:  # somebody else wrote the same rows at the same moment
                continue
        raise SerializationFailure(f"too many writers of {query.params!r} at once")

    # -- counting ------------------------------------------------------------------------------------------------------

    def _club_own_cursor(self):
        """A cursor whose writes stay when the request is rolled back.

        In a test of one transaction, that transaction's: no other connection sees its club.
        """
        if getattr(modules.module.current_test, "cr", None) is self.env.cr:
            return nullcontext(self.env.cr)
        return self.env.registry.cursor()

    @contextmanager
    def _club_one_by_one(self, cr, subjects):
        """Let guesses of one till, user or address pass one by one.

        The lock outlives the transaction in which it was waited for: what is counted has to be seen by one that began
        when it was granted.
        """
        keys = sorted(f"loyalty_club_attempt:{name}:{value}" for name, value, _limit in subjects)
        apart = cr is not self.env.cr
        taken = []
        try:
            for key in keys:
                cr.execute(SQL("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key))
                taken.append(key)
            if apart:
                cr.commit()  # pylint: disable=invalid-commit; a cursor of its own
            yield
            if apart:
                cr.commit()  # pylint: disable=invalid-commit; a cursor of its own
        finally:
            if apart:
                cr.rollback()
            for key in taken:
                cr.execute(SQL("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key))

    def _club_count(self, club, name, value, since):
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM loyalty_club_attempt WHERE club_id = %s AND %s = %s AND at > %s AND NOT lifted",
                club.id,
                SQL.identifier(name),
                value,
                since,
            )
        )
        return rows[0][0]

    def action_lift(self):
        """Let this till, user and address try codes again: their tries count no more."""
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager lets somebody try codes again."))
        self.check_access("read")
        for attempt in self.filtered("club_id"):
            subjects = [
                (name, "=", value)
                for name, value in (
                    ("till", attempt.till),
                    ("user_id", attempt.user_id.id),
                    ("address", attempt.address),
                )
                if value
            ]
            same = self.search(
                [
                    ("club_id", "=", attempt.club_id.id),
                    ("lifted", "=", False),
                    *(["|"] * (len(subjects) - 1)),
                    *subjects,
                ]
            )
            # nobody has the right to write attempts; lifting is the one change, and it was checked above
            same.sudo().write({"lifted": True, "lifted_by_id": self.env.uid})
            same.flush_recordset()
        return True

    @api.autovacuum
    def _gc_attempts(self):
        """Forget old attempts. Wrong PINs count for good; a right one or a person crosses them out."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM loyalty_club_attempt WHERE at < %s AND COALESCE(key, '') NOT LIKE 'pin:%%'",
                fields.Datetime.now() - timedelta(days=KEPT_DAYS),
            )
        )
