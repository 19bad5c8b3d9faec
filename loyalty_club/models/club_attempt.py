"""Attempts: wrong codes are counted per till, user and address, also when the request that tried them is rolled back.

A try is written down before the code is looked at, and crossed out when the code was right. So a hundred guesses at
once are a hundred tries, not one.
"""

from contextlib import contextmanager, nullcontext
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Attempts are kept this long for the manager to look at.
KEPT_DAYS = 30


class LoyaltyClubAttempt(models.Model):
    _name = "loyalty.club.attempt"
    _description = "Wrong Code"
    _log_access = False
    _order = "id desc"

    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="cascade")
    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, index="btree_not_null", ondelete="cascade")
    till = fields.Char(readonly=True, index="btree_not_null")
    address = fields.Char(string="Network address", readonly=True, index="btree_not_null")
    lifted = fields.Boolean(readonly=True, help="A manager has looked at it; it counts no more.")
    lifted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="set null")

    _recent = models.Index("(at) WHERE NOT lifted")

    @api.depends("at", "user_id", "till", "address")
    def _compute_display_name(self):
        for attempt in self:
            who = attempt.till or attempt.user_id.name or attempt.address
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
        with self._club_own_cursor() as cr:
            cr.execute(SQL("DELETE FROM loyalty_club_attempt WHERE id = %s", attempt_id))

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
        """Let this till, user and address try again: their tries count no more."""
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager lets somebody try codes again."))
        self.check_access("read")
        for attempt in self:
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
        """Forget old attempts."""
        self.sudo().search([("at", "<", fields.Datetime.now() - timedelta(days=KEPT_DAYS))]).unlink()
