"""Automations on real connections: jobs that overlap, a job that is killed, a cause that comes twice at once.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

MEMBERS = 40

#: A job that is killed after its first commit.
DYING_JOB = """
import os, signal, sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=critical"], setup_logging=True)
from odoo.addons.loyalty_club_sms.models import club_automation_due
club_automation_due.AT_ONCE = 10
registry = Registry(sys.argv[1])
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    Cron = registry["ir.cron"]
    plain = Cron._commit_progress
    def commit(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    Cron._commit_progress = commit
    env["loyalty.club.automation"].browse(int(sys.argv[2]))._club_run()
"""


@tagged("-standard", "club_real")
class TestAutomationRaces(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].create({"name": f"Race {uuid4().hex[:8]}", "country_id": env.ref("base.ir").id})
            today = club._club_today()
            taken = env["loyalty.club.member"].search_count([])
            for number in range(MEMBERS):
                member, _created = env["loyalty.club.member"]._club_enrol(
                    club, mobile=f"0936{taken + number:07}", name=f"M{number}", joined_channel="import"
                )
                member.partner_id.club_birth_date = today.replace(year=1990, day=min(today.day, 28))
            automation = (
                env["loyalty.club.automation"]
                .with_context(active_test=False)
                .search([("club_id", "=", club.id), ("trigger_code", "in", ("birthday", "purchase"))])
            )
            automation.write({"active": True, "calendar": "gregorian", "hour": 0, "valid_hours": 24 * 40})
            automation.write({"since": fields.Datetime.now() - timedelta(days=40)})
            self.club_id = club.id
            self.members = club.member_ids.ids
            self.birthday = automation.filtered(lambda one: one.trigger_code == "birthday").id

    def run_job(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.club.automation"].browse(self.birthday)._club_run()

    def together(self, *works):
        barrier = Barrier(len(works))

        def run(work):
            barrier.wait()
            return work()

        with ThreadPoolExecutor(len(works)) as pool:
            return [future.result() for future in [pool.submit(run, work) for work in works]]

    def told(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT member_id FROM loyalty_club_message WHERE club_id = %s ORDER BY 1", [self.club_id])
            return [member_id for (member_id,) in cr.fetchall()]

    def test_jobs_side_by_side_queue_each_birthday_once(self):
        self.together(self.run_job, self.run_job, self.run_job)
        self.run_job()
        self.assertEqual(self.told(), sorted(self.members))

    def test_a_killed_job_is_taken_up_by_the_next_one(self):
        killed = subprocess.run(
            [sys.executable, "-c", DYING_JOB, get_db_name(), str(self.birthday)],
            env=os.environ,
            capture_output=True,
            timeout=120,
        )
        self.assertEqual(killed.returncode, -signal.SIGKILL, killed.stderr)
        self.assertEqual(len(self.told()), 10)
        self.run_job()
        self.assertEqual(self.told(), sorted(self.members))

    def test_one_cause_from_two_tills_at_once_is_told_once(self):
        def tell():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                rows = [{"member_id": self.members[0], "cause": "pos.order:race", "values": {"paid": 5}}]
                retrying(lambda: env["loyalty.club.messenger"]._club_happened("purchase", rows), env)
                cr.commit()  # pylint: disable=invalid-commit; this test's own database

        self.together(tell, tell, tell)
        self.assertEqual(self.told(), self.members[:1])
