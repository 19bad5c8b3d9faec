"""Automations by the calendar: an hourly job queues what has come due, set by set. Keys make it exactly once.

Whether a job overlaps another, dies half-way or runs late: the same cause has the same key, and what is older than the
automation's window is left out.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.moments import days_due, moment
from odoo.tools import SQL, split_every

from ..rules.ways import ways

_logger = logging.getLogger(__name__)

#: Messages between two commits.
AT_ONCE = 5000


class LoyaltyClubAutomation(models.Model):
    _inherit = "loyalty.club.automation"

    @api.model
    def _cron_due(self):
        """Queue what is due of every automation by the calendar; one that fails does not stop the others."""
        ids = self.search([("kind", "=", "time")]).ids
        for done, automation_id in enumerate(ids, start=1):
            automation = self.browse(automation_id)
            try:
                in_time = automation._club_run()
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Automation %s failed", automation_id)
                automation.exists().failure = str(error)[:200]
                in_time = True
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(ids) - done) or not in_time:
                return

    def _club_run(self):
        """Queue this automation's messages of all moments since it last did; False when the job's time was up."""
        self.ensure_one()
        self.flush_recordset()
        locked = self.env.execute_query(
            SQL("SELECT id FROM loyalty_club_automation WHERE id = %s AND active FOR UPDATE SKIP LOCKED", self.id)
        )
        if not locked:
            return True  # another job is at it
        now, zone = fields.Datetime.now(), self.club_id._club_zone()
        since = max(filter(None, (self.since, self.done_until)), default=now)
        for day in days_due(since, now, self.hour, zone, self.valid_hours):
            if not self._club_run_day(day, moment(day, self.hour, zone)):
                return False
        # a moment that is now is done, one that comes within this second as well
        self.write({"done_until": now, "failure": False})
        return True

    def _club_run_day(self, day, at):
        """Queue the messages of one day, whose moment was ``at``."""
        source = getattr(self, f"_club_due_{self.trigger_id.code}")(day)
        if source is None:
            return True
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT m.id FROM (%s) due JOIN %s ORDER BY m.id", source, self._club_due_members())
        )
        for ids in split_every(AT_ONCE, [member_id for (member_id,) in rows]):
            self.env["loyalty.club.message"]._club_queue_query(self._club_due_query(source, list(ids), at))
            if not self.env["ir.cron"]._commit_progress(0):
                return ids[-1] == rows[-1][0]
        return True

    def _club_due_members(self):
        """Who is written to at all, to join with ``due``: m is the member, p his contact."""
        condition = SQL("TRUE")
        domain = self._club_domain()
        if not domain.is_true():
            condition = SQL("m.id IN %s", self.env["loyalty.club.member"].sudo()._search(domain).subselect())
        return SQL(
            """loyalty_club_member m ON m.id = due.member_id AND m.club_id = %s AND m.state = 'active' AND %s
               JOIN res_partner p ON p.id = m.partner_id""",
            self.club_id.id,
            condition,
        )

    def _club_due_query(self, source, ids, at):
        common = self._club_common()
        return SQL(
            """SELECT %(prefix)s || due.cause AS key, m.club_id, %(company)s::int AS company_id, m.id AS member_id,
                      p.lang, %(lane)s AS lane, %(purpose)s AS purpose, %(template)s::int AS template_id,
                      %(automation)s::int AS automation_id, due.values, %(why)s AS why, %(channel)s AS channel,
                      %(channels)s AS channels, %(not_after)s::timestamp AS not_after
                 FROM (%(source)s) due JOIN %(members)s WHERE m.id = ANY(%(ids)s)""",
            prefix=f"automation:{self.id}:",
            company=self.club_id.company_id.id,
            lane=common["lane"],
            purpose=common["purpose"],
            template=common["template_id"],
            automation=self.id,
            why=common["why"],
            channel=ways(common["channels"])[0],
            channels=common["channels"],
            not_after=at + timedelta(hours=self.valid_hours),
            source=source,
            members=self._club_due_members(),
            ids=ids,
        )
