"""Expiry on real connections: two jobs at once, a job that is killed, tills that spend and hold at the same moment.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

from odoo import SUPERUSER_ID, api, fields
from odoo.addons.loyalty_club.rules.movement import Movement, NewLot
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

MEMBERS = 12
#: Runs in a process of its own: expires batches of two lots and dies by SIGKILL in the middle of the third.
DYING_JOB = """
import os, signal, sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=critical"], setup_logging=True)
with Registry(sys.argv[1]).cursor() as cr:
    Entry = api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.entry"]
    batch, calls = type(Entry)._club_expire_batch, []
    def dying(self, *args):
        result = batch(self, *args)
        calls.append(result)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    type(Entry)._club_expire_batch = dying
    Entry._cron_expire(at_once=2)
"""


@tagged("-standard", "club_real")
class TestLotRaces(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.keys = 0
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].search([("name", "=", "Race of lots")]) or env["loyalty.club"].create(
                {"name": "Race of lots", "country_id": env.ref("base.ir").id}
            )
            number = env["loyalty.club.member"].search_count([])
            members = [
                env["loyalty.club.member"]._club_enrol(club, mobile=f"0935{number + i:07}", name=f"M{i}")[0]
                for i in range(MEMBERS)
            ]
            self.accounts = [member._club_account(club.points_program_id).id for member in members]
            self.now = fields.Datetime.now()
            env["loyalty.club.entry"]._club_post(
                [
                    movement
                    for account in self.accounts
                    for movement in (
                        self.movement(account, 10, self.now - timedelta(minutes=1)),
                        self.movement(account, 5, self.now + timedelta(days=5)),
                    )
                ]
            )

    def movement(self, account, amount, end):
        self.keys += 1
        amount = Decimal(amount)
        return Movement(
            f"{self.id()}:{self.keys}",
            "earn",
            account,
            amount,
            True,
            "issue",
            new_lots=(NewLot(amount, None, None, end),),
            occurred_at=self.now - timedelta(days=3),
        )

    def in_transaction(self, work):
        """Run ``work(env)`` as a request would: again after a serialisation failure; the answer or the UserError."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                answer = retrying(lambda: work(env), env)
            except UserError as error:
                cr.rollback()
                return error
            cr.commit()  # pylint: disable=invalid-commit; this test's own database
            return answer

    def job(self, at_once=3):
        with self.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.entry"]._cron_expire(at_once)

    def together(self, *works):
        barrier = Barrier(len(works))

        def run(work):
            barrier.wait()
            return work()

        with ThreadPoolExecutor(len(works)) as pool:
            return [future.result() for future in [pool.submit(run, work) for work in works]]

    def balances(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = env["loyalty.club.check"]._club_check()
            self.assertTrue(result["ok"], result["failures"])
            return env["loyalty.club.account"].browse(self.accounts).mapped("balance")

    def test_two_jobs_at_once_expire_each_lot_once(self):
        done = self.together(self.job, self.job, lambda: self.job(at_once=100))
        self.assertEqual(sum(done), MEMBERS)
        self.assertEqual(self.balances(), [5] * MEMBERS)

    def test_a_job_that_is_killed_goes_on_where_it_stopped(self):
        killed = subprocess.run(
            [sys.executable, "-c", DYING_JOB, get_db_name()], env=os.environ, capture_output=True, timeout=120
        )
        self.assertEqual(killed.returncode, -signal.SIGKILL, killed.stderr)
        self.assertEqual(sorted(self.balances()), [5] * 4 + [15] * (MEMBERS - 4))
        self.assertEqual(self.job(), MEMBERS - 4)
        self.assertEqual(self.balances(), [5] * MEMBERS)

    def test_spending_while_lots_expire_loses_and_doubles_nothing(self):
        def spend(number):
            def work(env):
                account = self.accounts[number]
                movement = Movement(f"{self.id()}:spend:{number}", "redeem", account, Decimal(3), False, "redeem")
                return env["loyalty.club.entry"]._club_post([movement]).id

            return lambda: self.in_transaction(work)

        answers = self.together(self.job, self.job, *(spend(number) for number in range(MEMBERS)))
        self.assertFalse([answer for answer in answers if isinstance(answer, UserError)])
        self.job()
        self.assertEqual(self.balances(), [2] * MEMBERS)

    def test_what_is_set_aside_while_lots_expire_is_there_when_it_is_paid(self):
        """Each till sets 4 of the living 5 aside while the job runs, and pays when it is over."""

        def hold(number):
            def work(env):
                account = env["loyalty.club.account"].browse(self.accounts[number])
                made = account._club_authorise(Decimal(4), f"{self.id()}:{number}")
                return made.id

            return lambda: self.in_transaction(work)

        answers = self.together(self.job, *(hold(number) for number in range(MEMBERS)))
        self.assertFalse([answer for answer in answers if isinstance(answer, UserError)])
        for hold_id in answers[1:]:
            self.in_transaction(lambda env, one=hold_id: env["loyalty.club.hold"].browse(one)._club_capture().id)
        self.job()
        self.assertEqual(self.balances(), [1] * MEMBERS)

    def test_the_job_never_waits_for_a_till(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.club.entry"]._club_lock([self.accounts[0]])
            self.assertEqual(self.job(at_once=100), MEMBERS - 1)
        self.assertEqual(self.job(), 1)
