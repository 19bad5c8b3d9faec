"""Workers of the queue: who is sending, what a dead one left behind, and what has become too old to send."""

import secrets
from contextlib import contextmanager

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

#: First half of the advisory locks by which a living worker is known.
LOCK_CLASS = 0x4C43
#: Two workers that reach for the same rows: one starts again.
TRIES = 10


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    @contextmanager
    def _club_worker(self):
        """The number of this worker. While it is in use its database session holds a lock; a process that dies loses
        it with the session, and everybody can see that its messages are nobody's."""
        cr, number = self.env.cr, secrets.randbelow(2**31 - 2) + 1
        cr.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, number))
        try:
            yield number
        finally:
            if not cr.closed:
                cr.rollback()  # what was to stay is committed; after an error nothing else can be executed
                cr.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, number))
                cr.commit()  # pylint: disable=invalid-commit; a cursor of its own

    def _club_try(self, work):
        """Run ``work`` and commit; once more from the start when another worker was quicker."""
        for attempt in range(TRIES):
            try:
                result = work()
                self.env.cr.commit()  # pylint: disable=invalid-commit; the dispatcher commits step by step
                return result
            except psycopg2.errors.SerializationFailure:
                self.env.cr.rollback()
                if attempt == TRIES - 1:
                    raise

    @api.model
    def _club_recover(self, own=0):
        """Take back what workers were sending that have died.

        Whether such a message has gone nobody knows: it becomes unsure, and is never sent again, unless its gateway
        drops a second copy with the same number of ours.

        :param own: number of the calling worker
        :return: how many were taken back
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT worker FROM (SELECT DISTINCT worker FROM loyalty_club_message
                                        WHERE state = 'sending' AND worker <> %s OFFSET 0) seen
                    WHERE pg_try_advisory_xact_lock(%s, worker)""",
                own,
                LOCK_CLASS,
            )
        )
        if not rows:
            return 0
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_message
                      SET state = CASE WHEN gateway_id = ANY(%(safe)s) THEN 'waiting' ELSE 'unsure' END,
                          not_before = CASE WHEN gateway_id = ANY(%(safe)s) THEN %(now)s ELSE not_before END,
                          secret = CASE WHEN gateway_id = ANY(%(safe)s) THEN secret END,
                          reason = 'died', worker = NULL
                    WHERE state = 'sending' AND worker = ANY(%(workers)s)""",
                safe=self.env["loyalty.club.gateway"]._club_idempotent().ids,
                now=now,
                workers=[row[0] for row in rows],
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _club_drop_late(self, lane):
        """Cancel what is worth nothing any more; texts of codes go with it."""
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_message SET state = 'cancelled', reason = 'late', secret = NULL
                    WHERE id IN (SELECT id FROM loyalty_club_message
                                  WHERE state = 'waiting' AND lane = %s AND not_after <= %s
                                    FOR UPDATE SKIP LOCKED)""",
                lane,
                fields.Datetime.now(),
            )
        )
        return self.env.cr.rowcount
