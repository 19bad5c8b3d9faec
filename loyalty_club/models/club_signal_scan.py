"""The nightly look for signals: one statement for each kind and day over the whole club."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.periods import start_of_day

#: A job that did not run for long looks back this far.
LOOK_BACK = 31
#: A burst needs this many bookings, and this many earlier days to compare with.
BURST_FLOOR = 20
BURST_DAYS = 5

#: Bookings of one day: who, for whom, where, how much. Each kind of signal groups them.
BOOKED = """
    booked AS (
        SELECT e.id, e.kind, e.user_id, e.branch_id, a.member_id, e.origin_model,
               concat(e.origin_model, ':', e.origin_id) AS origin,
               e.posted_at, SUM(p.amount) AS amount
          FROM loyalty_club_entry e
          JOIN loyalty_club_posting p ON p.entry_id = e.id
          JOIN loyalty_club_account a ON a.id = p.account_id
         WHERE e.club_id = %(club)s AND e.posted_at >= %(start)s AND e.posted_at < %(end)s
      GROUP BY e.id, a.member_id)"""

SAME_MEMBER = """
    SELECT user_id, member_id, min(branch_id) AS branch_id, count(DISTINCT origin) AS times, NULL::numeric AS usual,
           SUM(amount) AS amount
      FROM booked WHERE kind IN ('earn', 'redeem') AND origin_model = 'pos.order' AND member_id IS NOT NULL
  GROUP BY user_id, member_id HAVING count(DISTINCT origin) >= %(most)s"""

STAFF = """
    SELECT b.user_id, b.member_id, min(b.branch_id) AS branch_id, count(DISTINCT b.origin) AS times,
           NULL::numeric AS usual, SUM(b.amount) AS amount
      FROM booked b
      JOIN loyalty_club_member m ON m.id = b.member_id
      JOIN res_users u ON u.id = b.user_id
      JOIN res_partner p ON p.id = u.partner_id AND (p.id = m.partner_id OR p.phone_sanitized = m.mobile)
     WHERE b.kind IN ('earn', 'redeem') AND b.origin_model = 'pos.order'
  GROUP BY b.user_id, b.member_id HAVING count(DISTINCT b.origin) >= %(most)s"""

REFUNDS = """
    SELECT user_id, NULL::int AS member_id, min(branch_id) AS branch_id, count(DISTINCT origin) AS times,
           NULL::numeric AS usual, SUM(amount) AS amount
      FROM booked WHERE kind = 'reverse' AND (%(small)s = 0 OR amount <= %(small)s)
  GROUP BY user_id HAVING count(DISTINCT origin) >= %(most)s"""

ADJUSTMENTS = """
    SELECT user_id, NULL::int AS member_id, min(branch_id) AS branch_id, count(*) AS times, NULL::numeric AS usual,
           SUM(amount) AS amount
      FROM booked WHERE kind = 'adjust' GROUP BY user_id HAVING count(*) >= %(most)s"""

FRESH = """
    SELECT b.user_id, NULL::int AS member_id, min(b.branch_id) AS branch_id, count(DISTINCT b.origin) AS times,
           NULL::numeric AS usual, SUM(b.amount) AS amount
      FROM booked b JOIN loyalty_club_member m ON m.id = b.member_id
     WHERE b.kind = 'redeem' AND b.posted_at < m.joined_at + make_interval(hours => %(hours)s)
  GROUP BY b.user_id HAVING count(DISTINCT b.origin) >= %(most)s"""

CODES = """
    SELECT user_id, NULL::int AS member_id, min(branch_id) AS branch_id, SUM(times) AS times, NULL::numeric AS usual,
           0 AS amount
      FROM (SELECT user_id, branch_id, tries AS times FROM loyalty_club_proof
             WHERE club_id = %(club)s AND create_date >= %(start)s AND create_date < %(end)s AND tries > 0
         UNION ALL
            SELECT user_id, NULL, 1 FROM loyalty_club_attempt
             WHERE club_id = %(club)s AND at >= %(start)s AND at < %(end)s AND user_id IS NOT NULL) tried
  GROUP BY user_id HAVING SUM(times) >= %(most)s"""

#: ``who`` is user_id or member_id; only bookings that a person makes at a till, not the nightly jobs.
BURST = """
    SELECT %(user)s AS user_id, %(member)s AS member_id, NULL::int AS branch_id, today.times,
           round(avg(earlier.times), 1) AS usual, min(today.amount) AS amount
      FROM (SELECT %(who)s AS who, count(DISTINCT origin) AS times, SUM(amount) AS amount FROM booked
             WHERE origin_model = 'pos.order' AND %(who)s IS NOT NULL GROUP BY 1
            HAVING count(DISTINCT origin) >= %(floor)s) today
CROSS JOIN LATERAL (
            SELECT count(DISTINCT e.origin_id) AS times FROM loyalty_club_entry e
              JOIN loyalty_club_posting p ON p.entry_id = e.id
              JOIN loyalty_club_account a ON a.id = p.account_id
             WHERE e.club_id = %(club)s AND e.origin_model = 'pos.order' AND %(theirs)s = today.who
               AND e.posted_at >= %(start)s - interval '30 days' AND e.posted_at < %(start)s
          GROUP BY floor(extract(epoch FROM %(start)s - e.posted_at) / 86400)) earlier
  GROUP BY today.who, today.times
    HAVING count(*) >= %(days)s AND today.times >= %(factor)s * avg(earlier.times)"""


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_signal_bounds(self, day):
        """(first instant of the day, first instant of the next) in UTC, where the club is."""
        zone = self._club_zone()
        return start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)

    def _club_signal_queries(self):
        """{kind: list of queries} for the signals that are switched on."""
        self.ensure_one()
        plain = {
            "same_member": (SAME_MEMBER, self.signal_same_member, {}),
            "staff": (STAFF, self.signal_staff, {}),
            "refunds": (REFUNDS, self.signal_refunds, {"small": self.signal_refund_amount}),
            "adjustments": (ADJUSTMENTS, self.signal_adjustments, {}),
            "codes": (CODES, self.signal_codes, {}),
            "fresh": (FRESH, self.signal_fresh, {"hours": self.signal_fresh_hours}),
        }
        queries = {kind: [(text, {"most": most, **more})] for kind, (text, most, more) in plain.items() if most}
        if self.signal_burst:
            nobody, who = SQL("NULL::int"), SQL("today.who")
            shape = {"floor": BURST_FLOOR, "days": BURST_DAYS, "factor": self.signal_burst}
            queries["burst"] = [
                (BURST, shape | {"who": SQL("user_id"), "theirs": SQL("e.user_id"), "user": who, "member": nobody}),
                (BURST, shape | {"who": SQL("member_id"), "theirs": SQL("a.member_id"), "user": nobody, "member": who}),
            ]
        return queries

    def _club_scan(self, day):
        """Note the signals of one day; what was noted before stays as it is. Returns how many are new."""
        self.ensure_one()
        self.env.flush_all()
        start, end = self._club_signal_bounds(day)
        found = 0
        for kind, queries in self._club_signal_queries().items():
            for text, values in queries:
                self.env.cr.execute(self._club_signal_insert(kind, day, start, end, text, values))
                found += self.env.cr.rowcount
        self.env["loyalty.club.signal"].invalidate_model()
        return found

    def _club_signal_insert(self, kind, day, start, end, text, values):
        values = {"club": self.id, "start": start, "end": end, **values}
        return SQL(
            """WITH %(booked)s, found AS (%(found)s)
               INSERT INTO loyalty_club_signal
                      (kind, key, club_id, day, user_id, member_id, branch_id, count, usual, amount, state)
               SELECT %(kind)s, concat_ws(':', %(kind)s, %(club)s, %(day)s, 'u', user_id, 'm', member_id),
                      %(club)s, %(day)s::date, user_id, member_id, branch_id, times, usual, amount, 'open'
                 FROM found
               ON CONFLICT (key) DO NOTHING""",
            booked=SQL(BOOKED, club=self.id, start=start, end=end),
            found=SQL(text, **{name: value for name, value in values.items() if f"%({name})s" in text}),
            kind=kind,
            club=self.id,
            day=str(day),
        )


class LoyaltyClubSignal(models.Model):
    _inherit = "loyalty.club.signal"

    @api.model
    def _cron_scan(self):
        """Look at each day that is over, once; a job that was off for long catches up."""
        # pylint: disable-next=no-search-all; a business has a handful of clubs
        clubs = self.env["loyalty.club"].search([], order="id")
        for club in clubs:
            yesterday = club._club_today() - timedelta(days=1)
            day = max(
                fields.Date.add(club.signal_day or yesterday - timedelta(days=1), days=1),
                yesterday - timedelta(days=LOOK_BACK - 1),
            )
            while day <= yesterday:
                club._club_scan(day)
                club.signal_day = day
                day += timedelta(days=1)
                if not self.env["ir.cron"]._commit_progress(1):
                    return
