"""The expiry job: lots that have died leave their accounts, each by an entry of its own.

Many lots go in one statement, which writes what the door would write: entry, chained posting, and by the triggers lot,
balance and points. It locks accounts like the door does, but waits for none: one that a till works on is left to the
second round or the next night. Where it is stopped it goes on, since what has died and is open is all it looks for.
"""

import logging
from datetime import time

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.chain import hash_sql
from ..rules.lives import next_time

_logger = logging.getLogger(__name__)

#: When the job starts, where the club is: the days have ended everywhere else in its zone, and the shops are closed.
NIGHT = time(1, 30)
#: Lots of one transaction: few enough that a till which needs one of their accounts hardly waits.
EXPIRED_AT_ONCE = 500
#: How often the job looks: what a till worked on the first time is free the second time.
ROUNDS = 2
#: How often a batch starts again because a till was quicker.
TRIES = 20

EXPIRE = """
WITH RECURSIVE witness AS MATERIALIZED (SELECT id, hash FROM loyalty_club_posting ORDER BY id DESC LIMIT 1),
due AS MATERIALIZED (
    SELECT id, account_id, branch_id, expires_at, remaining FROM loyalty_club_lot
     WHERE remaining > 0 AND expires_at <= %(now)s AND (expires_at, id) > (%(after)s::timestamp, %(after_id)s)
     ORDER BY expires_at, id LIMIT %(limit)s),
owner AS MATERIALIZED (
    SELECT id, club_id, program_id, balance, held, debt, seq, head FROM loyalty_club_account
     WHERE id IN (SELECT account_id FROM due) FOR NO KEY UPDATE SKIP LOCKED),
dying AS MATERIALIZED (
    SELECT *, 'expire:' || lot_id || ':' || seq + place AS key FROM (
        SELECT due.id AS lot_id, due.account_id, due.branch_id, branch.company_id, due.remaining AS amount,
               sink.id AS sink, owner.club_id, owner.balance, owner.seq, owner.head,
               owner.balance + owner.debt - owner.held AS free,
               row_number() OVER same AS place, SUM(due.remaining) OVER same AS total
          FROM due JOIN owner ON owner.id = due.account_id
          JOIN loyalty_club_account sink ON sink.program_id = owner.program_id AND sink.kind = 'expired'
                                        AND COALESCE(sink.branch_id, 0) = COALESCE(due.branch_id, 0)
     LEFT JOIN loyalty_club_branch branch ON branch.id = due.branch_id
         WHERE owner.held = 0 OR NOT EXISTS (
                   SELECT FROM loyalty_club_hold hold WHERE hold.account_id = owner.id AND hold.state = 'held'
                                                        AND hold.placed_at < due.expires_at)
        WINDOW same AS (PARTITION BY due.account_id ORDER BY due.expires_at, due.id)) ranked
     WHERE total <= free),
chain AS (
    SELECT *, balance - total AS after, {first} AS hash FROM dying WHERE place = 1
     UNION ALL
    SELECT dying.*, dying.balance - dying.total, {later}
      FROM chain JOIN dying ON dying.account_id = chain.account_id AND dying.place = chain.place + 1),
entry AS (
    INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at, user_id,
                                    documented, witness)
    SELECT 'expire', key, {digest}, club_id, branch_id, company_id, %(now)s, %(now)s, %(user)s, FALSE,
           (SELECT id FROM witness) FROM chain
    RETURNING id, key),
posting AS (
    INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id, opens_lot,
                                      seq, balance_after, hash)
    SELECT entry.id, account_id, sink, account_id, amount, lot_id, FALSE, seq + place, after, hash
      FROM chain JOIN entry USING (key) ORDER BY account_id, place
    RETURNING id)
SELECT (SELECT count(*) FROM posting), (SELECT count(*) FROM due), (SELECT max(expires_at) FROM due),
       (SELECT id FROM due ORDER BY expires_at DESC, id DESC LIMIT 1)
"""


def _hash_of(previous, row):
    """SQL of the hash for a row of ``dying``."""
    posting = {
        "previous": previous,
        "account": f"{row}.account_id",
        "seq": f"{row}.seq + {row}.place",
        "source": f"{row}.account_id",
        "target": f"{row}.sink",
        "amount": f"{row}.amount",
        "lot": f"{row}.lot_id",
        "life": "NULL",
        "balance": f"{row}.balance - {row}.total",
    }
    entry = {
        **dict.fromkeys(("origin_model", "origin", "reason", "reversal", "details"), "NULL"),
        "key": f"{row}.key",
        "kind": "'expire'",
        "occurred": "%(now)s::timestamp",
        "posted": "%(now)s::timestamp",
        "who": "%(user)s",
        "branch": f"{row}.branch_id",
        "company": f"{row}.company_id",
        "documented": "FALSE",
        "witness": "(SELECT hash FROM witness)",
    }
    return hash_sql(posting, entry)


#: SQL of ``rules.movement.digest`` for such an entry.
DIGEST = """encode(sha256(convert_to(format('["expire", %%s, "%%s", false, "expired", %%s, null, null]', account_id,
    amount::numeric(20, 3), COALESCE(branch_id::text, 'null')), 'UTF8')), 'hex')"""

STATEMENT = EXPIRE.format(first=_hash_of("dying.head", "dying"), later=_hash_of("chain.hash", "dying"), digest=DIGEST)


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    @api.model
    def _cron_expire(self, at_once=EXPIRED_AT_ONCE, now=None):
        """Expire every lot whose last day is over (at ``now``, UTC), ``at_once`` lots in a transaction; how many."""
        self._club_call_at_night(now or fields.Datetime.now())
        done = 0
        for _round in range(ROUNDS):
            now = now or fields.Datetime.now()
            due = left = self._club_prepare_expiry(now)
            place = (fields.Datetime.to_datetime("1900-01-01"), 0)
            while left > 0:
                expired, seen, place = self._club_expire_batch(now, place, at_once)
                if not seen:
                    break
                done += expired
                due -= expired
                left = max(left - seen, 0)
                if not self.env["ir.cron"]._commit_progress(expired, remaining=left):
                    return done
            if due <= 0:
                break
        return done

    def _club_call_at_night(self, now):
        """Have the job called at the next night of every club; the daily call is for what was left over."""
        cron = self.env.ref("loyalty_club.ir_cron_expire", raise_if_not_found=False)
        if not cron:
            return
        # the job serves all clubs, of which there are few
        clubs = self.env["loyalty.club"].sudo().search([])  # pylint: disable=no-search-all
        nights = {next_time(now, zone, NIGHT) for zone in {club._club_zone() for club in clubs}}
        known = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id), ("call_at", "in", list(nights))])
        if new := sorted(nights - set(known.mapped("call_at"))):
            cron.sudo()._trigger(at=new)

    def _club_prepare_expiry(self, now):
        """How many open lots have died; makes the sinks they go to where they are missing."""
        self.env["loyalty.club.lot"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT a.program_id, l.branch_id, count(*) FROM loyalty_club_lot l
                     JOIN loyalty_club_account a ON a.id = l.account_id
                    WHERE l.remaining > 0 AND l.expires_at <= %s GROUP BY 1, 2""",
                now,
            )
        )
        if rows:
            self.env["loyalty.club.account"].sudo()._club_system_accounts(
                {(program, "expired", branch) for program, branch, _count in rows}
            )
        self.env["ir.cron"]._commit_progress(0)
        return sum(count for _program, _branch, count in rows)

    def _club_expire_batch(self, now, place, limit):
        """Expire the next ``limit`` lots after ``place`` (instant, lot id).

        :return: (how many expired, how many were looked at, the place of the last one)
        """
        values = {"now": now, "after": place[0], "after_id": place[1], "limit": limit, "user": self.env.uid}
        for _try in range(TRIES):
            try:
                # need not wait for the disk: what a crash loses of the last batches is still there to expire
                self.env.cr.execute("SET LOCAL synchronous_commit = off")
                self.env.cr.execute(SQL(STATEMENT, **values), log_exceptions=False)
                expired, seen, last_at, last_id = self.env.cr.fetchone()
                break
            except psycopg2.errors.SerializationFailure:
                self.env.cr.rollback()  # a till was quicker; what the batch sees is too old
        else:
            _logger.info("Expiry of lots after %s left to the next run: too many tills at work", place)
            return 0, 0, place
        self.env.invalidate_all(flush=False)
        return expired, seen, (last_at, last_id)
