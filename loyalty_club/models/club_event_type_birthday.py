"""Birthdays: a job looks several times a day whether a new day has begun somewhere, and gives what the table says."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..rules.lives import local_day
from ..rules.periods import born_on, year_of

#: Days that a job which did not run makes up for.
LATE_DAYS = 7
AT_ONCE = 2000


class LoyaltyClubEventType(models.Model):
    _inherit = "loyalty.club.event.type"

    @api.model
    def _cron_birthdays(self):
        """Give for the birthdays of each club's days since the last run; a run that is cut off is taken up again."""
        kinds = self.search([("code", "=", "birthday")])
        for done, kind in enumerate(kinds, start=1):
            today = local_day(fields.Datetime.now(), kind.club_id._club_zone())
            day = max(kind.done_through or today - timedelta(days=1), today - timedelta(days=LATE_DAYS))
            while day < today:
                day += timedelta(days=1)
                if not kind._club_greet(day):
                    return  # no time left; the next run goes on
                kind.done_through = day
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(kinds) - done):
                return

    def _club_greet(self, day):
        """Give to members whose birthday is ``day``; False when the job's time was up before all were."""
        self.ensure_one()
        key = f"birthday:{year_of(day, self.calendar)}"
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT m.id FROM loyalty_club_member m JOIN res_partner p ON p.id = m.partner_id
                    WHERE m.club_id = %s AND m.state = 'active' AND p.club_birth_date = ANY(%s)
                      AND NOT EXISTS (SELECT FROM loyalty_club_event e
                                       WHERE e.member_id = m.id AND e.code = 'birthday' AND e.key = %s)
                 ORDER BY m.id""",
                self.club_id.id,
                born_on(day, self.calendar),
                key,
            )
        )
        for ids in split_every(AT_ONCE, [member_id for (member_id,) in rows]):
            self.env["loyalty.club.member"]._club_events("birthday", [(member_id, key) for member_id in ids])
            if not self.env["ir.cron"]._commit_progress(0):
                return ids[-1] == rows[-1][0]
        return True
