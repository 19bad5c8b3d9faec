"""Taking turns: tills that want the same account at the same moment come one after the other, without a pause."""

from psycopg2.errors import QueryCanceled, SerializationFailure

from odoo import api, models
from odoo.tools import SQL

#: How often somebody begins anew before the request as a whole is replayed.
TURNS = 100
#: Name of our queues among PostgreSQL's advisory locks; the second half is the account.
QUEUE = 0x10A17
#: Wait for the places, then begin a transaction that sees what the one before did and takes them over. It travels with
#: the statement behind it as one message: nobody in the queue waits for the way to Odoo and back.
WAIT = """
    SELECT pg_advisory_lock(%(queue)s, account) FROM (%(accounts)s) queue(account);
    ROLLBACK AND CHAIN;
    SELECT pg_advisory_xact_lock(%(queue)s, account), pg_advisory_unlock(%(queue)s, account)
      FROM (%(accounts)s) queue(account)"""


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    def _club_take_turn(self):
        """Wait until nobody else works on these accounts, then keep them for this transaction.

        Call it before the first write of a request that will spend; at any other time it only locks, as the door does.
        """
        ids = sorted(self.ids)
        rows = "SELECT id FROM loyalty_club_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
        if ids:
            self._club_in_turn(SQL(rows, ids), SQL("SELECT unnest(%s::int[])", ids))

    @api.model
    def _club_in_turn(self, query, accounts):
        """Run a statement that locks accounts, when their turn has come.

        A transaction of Odoo sees the database as it was when it began, so whoever waited for an account and finds it
        changed has to begin anew; Odoo then lets the request sleep for up to seconds. As long as nothing was written,
        beginning anew costs nothing and is done here, at once: what the caller read before is old then.

        :param query: the statement, ``SQL``
        :param accounts: ``SQL`` that gives the ids of the accounts in ascending order
        :return: rows of that statement
        :raises psycopg2.errors.SerializationFailure: an account was changed and something was written before
        """
        for _turn in range(TURNS):
            anew, first = self._club_line_up(accounts)
            try:
                if first or not anew:
                    return self._club_rows(query)
            except SerializationFailure:
                if not anew:
                    raise
            self.env.cr.rollback()
            if not first:
                try:
                    return self._club_rows(SQL("%s; %s", SQL(WAIT, queue=QUEUE, accounts=accounts), query))
                except SerializationFailure:  # of somebody who did not queue
                    self.env.cr.rollback()
                except QueryCanceled:
                    self.env.cr.rollback()
                    self.env.cr.execute("SELECT pg_advisory_unlock_all()")  # nobody else keeps places beyond his time
                    raise
        raise SerializationFailure("too many transactions want these accounts at once")

    def _club_rows(self, query):
        self.env.cr.execute(query, log_exceptions=False)  # expected to fail: somebody else was here
        return self.env.cr.fetchall()

    def _club_line_up(self, accounts):
        """Whether this transaction can begin anew unnoticed, and whether it is the first in the queues of ``accounts``.

        It keeps its places until its end. It can begin anew when it neither wrote nor promised anything.
        """
        cr, pending = self.env.cr, self.env.transaction
        cr.execute(
            SQL(
                """SELECT pg_current_xact_id_if_assigned() IS NULL, bool_and(pg_try_advisory_xact_lock(%s, account))
                     FROM (%s) queue(account)""",
                QUEUE,
                accounts,
            )
        )
        unwritten, first = cr.fetchone()
        dirty = any(pending.field_dirty.values()) or any(pending.tocompute.values())
        promised = any(hooks._funcs for hooks in (cr.precommit, cr.postcommit, cr.postrollback))
        return unwritten and not dirty and not promised, first
