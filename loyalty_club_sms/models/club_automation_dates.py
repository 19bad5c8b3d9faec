"""Who is due on a day, by trigger: ``_club_due_<code>(day)`` gives a query of member_id, cause and values (jsonb).

A feature with a trigger by the calendar adds its method. The cause names the thing and not the run that found it.
"""

import json
from datetime import timedelta

from odoo import models
from odoo.addons.loyalty_club.rules.moments import born_days, ends_between, quiet_since, years_since
from odoo.addons.loyalty_club.rules.periods import year_of
from odoo.tools import SQL


class LoyaltyClubAutomation(models.Model):
    _inherit = "loyalty.club.automation"

    def _club_due_birthday(self, day):
        return self._club_due_anniversary(day, "birthday", SQL("p.club_birth_date"))

    def _club_due_wedding(self, day):
        return self._club_due_anniversary(day, "wedding", SQL("p.club_wedding_date"))

    def _club_due_anniversary(self, day, what, column):
        """Members whose day is ``days`` after ``day``, by the automation's calendar."""
        feast = day + timedelta(days=self.days)
        born = born_days(day, self.calendar, self.days)
        return SQL(
            """SELECT m.id AS member_id, %(what)s || ':' || m.id || ':' || %(year)s AS cause,
                      jsonb_build_object('years', b.years, 'days', %(days)s::int, 'feast', %(feast)s) AS values
                 FROM unnest(%(born)s::date[], %(years)s::int[]) AS b(born, years)
                 JOIN res_partner p ON %(column)s = b.born
                 JOIN loyalty_club_member m ON m.partner_id = p.id""",
            what=what,
            year=str(year_of(feast, self.calendar)),
            days=self.days or None,
            feast=feast.isoformat(),
            born=born,
            years=[years_since(one, feast, self.calendar) for one in born],
            column=column,
        )

    def _club_due_expiring(self, day):
        """What ends with the day that is ``days`` after ``day``: points and credit of a member in one message."""
        after, through = ends_between(day, self.days, self.club_id._club_zone())
        last = (day + timedelta(days=self.days)).isoformat()
        return SQL(
            """SELECT a.member_id, 'expiring:' || a.member_id || ':' || %(last)s AS cause,
                      jsonb_build_object(
                          'points_expiring', (SUM(l.remaining) FILTER (WHERE a.kind = 'points'))::text,
                          'points_expire_on', CASE WHEN bool_or(a.kind = 'points') THEN %(last)s END,
                          'credit_expiring', (SUM(l.remaining) FILTER (WHERE a.kind = 'credit'))::text,
                          'credit_expire_on', CASE WHEN bool_or(a.kind = 'credit') THEN %(last)s END,
                          'days', %(days)s::int) AS values
                 FROM loyalty_club_lot l JOIN loyalty_club_account a ON a.id = l.account_id
                WHERE l.remaining > 0 AND l.expires_at > %(after)s AND l.expires_at <= %(through)s
                  AND a.club_id = %(club)s AND a.kind IN ('points', 'credit') AND a.member_id IS NOT NULL
             GROUP BY a.member_id""",
            last=last,
            days=self.days or None,
            after=after,
            through=through,
            club=self.club_id.id,
        )

    def _club_due_inactive(self, day):
        """Who was last here ``days`` days before ``day``."""
        zone = self.club_id._club_zone()
        since, until = quiet_since(day, self.days, zone)
        then = (day - timedelta(days=self.days)).isoformat()
        sources = self.env["loyalty.club.member"]._club_visits_since(self.club_id, since)
        return SQL(
            """SELECT visit.member_id, 'inactive:' || visit.member_id || ':' || %(then)s AS cause,
                      jsonb_build_object('days', %(days)s::int, 'last_visit', %(then)s) AS values
                 FROM (%(sources)s) visit GROUP BY visit.member_id HAVING MAX(visit.at) < %(until)s""",
            then=then,
            days=self.days,
            sources=SQL(" UNION ALL ").join(sources),
            until=until,
        )

    def _club_due_occasion(self, day):
        """Everybody, when the automation's occasion is ``days`` after ``day``."""
        feast = day + timedelta(days=self.days)
        year = self.occasion_id._club_year_on(feast, self.club_id.country_id)
        if year is None:
            return None
        names = self.env.execute_query(
            SQL("SELECT name FROM loyalty_club_occasion WHERE id = %s", self.occasion_id.id)
        )[0][0]
        return SQL(
            """SELECT m.id AS member_id, 'occasion:' || %(occasion)s || ':' || %(year)s || ':' || m.id AS cause,
                      jsonb_build_object(
                          'occasion', COALESCE(%(names)s::jsonb ->> p.lang, %(names)s::jsonb ->> 'en_US'),
                          'feast', %(feast)s, 'days', %(days)s::int) AS values
                 FROM loyalty_club_member m JOIN res_partner p ON p.id = m.partner_id WHERE m.club_id = %(club)s""",
            occasion=str(self.occasion_id.id),
            year=str(year),
            names=json.dumps(names),
            feast=feast.isoformat(),
            days=self.days or None,
            club=self.club_id.id,
        )
