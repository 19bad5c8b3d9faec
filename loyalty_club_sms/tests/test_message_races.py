"""The queue on real connections: workers side by side, workers that are killed, a campaign through a bad gateway.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from .fake import FakeKavenegar, FakeSmsIr
from .messages import make_gateway

#: A worker in a process of its own, which the test kills.
WORKER = """
import sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=critical"], setup_logging=True)
registry = Registry(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with registry.cursor() as cr:
    api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.message"]._club_dispatch("campaign")
"""
MEMBERS = 2000
PEOPLE = """
    WITH people AS (
        INSERT INTO res_partner (name, complete_name, type, active, is_company, employee, partner_share, color, lang,
               phone, autopost_bills)
        SELECT 'Racer', 'Racer', 'contact', TRUE, FALSE, FALSE, TRUE, 0, 'en_US', '+98935' || lpad(i::text, 7, '0'),
               'ask'
          FROM generate_series(%(first)s, %(last)s) i RETURNING id, phone)
    INSERT INTO loyalty_club_member (club_id, partner_id, number, state, mobile, joined_channel, joined_at)
    SELECT %(club)s, id, 'R' || id, 'active', phone, 'import', now() FROM people RETURNING mobile, id"""


class RaceCase(BaseCase):
    fake_class = FakeKavenegar
    driver = "kavenegar"
    members = MEMBERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def setUp(self):
        super().setUp()
        self.fake = self.enterContext(self.fake_class())
        self.fake.credit = 10**9
        self.credit = self.fake.credit
        self.tag = uuid4().hex[:8]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            # what another test left must not be sent in this one
            cr.execute("UPDATE loyalty_club_message SET state = 'cancelled' WHERE state IN ('waiting', 'sending')")
            company = env["res.company"].create({"name": f"Race {self.tag}"})
            club = env["loyalty.club"].create(
                {
                    "name": f"Race {self.tag}",
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "country_id": env.ref("base.ir").id,
                    "message_quiet_from": 0,
                    "message_quiet_to": 0,
                    "message_day_cap": 0,
                }
            )
            gateway = make_gateway(env, self.fake, self.driver, company=company)
            company.club_gateway_id = gateway
            self.club_id, self.company_id, self.gateway_id = club.id, company.id, gateway.id

    def queue(self, count, lane="campaign", first=0):
        """Queue messages to members who agreed; a code goes to a number."""
        rows = [
            {
                "key": f"race:{self.tag}:{lane}:{number}",
                "lane": lane,
                "purpose": {"campaign": "offers"}.get(lane, lane),
                "club_id": self.club_id,
                "company_id": self.company_id,
                "address": self.number(number),
                "body": f"{lane} {number % 3}",
            }
            for number in range(first, first + count)
        ]
        with self.registry.cursor() as cr:
            members = self.people(cr, count, first) if lane == "campaign" else {}
            for row in rows:
                row["member_id"] = members.get(row["address"])
            api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.message"]._club_queue(rows)

    def people(self, cr, count, first):
        """{number: member id} of new members who agree to offers."""
        cr.execute(PEOPLE, {"club": self.club_id, "first": first, "last": first + count - 1})
        members = dict(cr.fetchall())
        cr.execute(
            """INSERT INTO loyalty_club_consent (member_id, club_id, purpose, channel, given, at, source)
               SELECT id, club_id, 'offers', 'sms', TRUE, now(), 'import' FROM loyalty_club_member
                WHERE id = ANY(%s)""",
            [list(members.values())],
        )
        return members

    def number(self, number):
        return f"+98935{number:07d}"

    def dispatch(self, lane="campaign"):
        with self.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.message"]._club_dispatch(lane)

    def rows(self):
        """(number, state, reason, cost) of this test's messages."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT address, state, reason, cost FROM loyalty_club_message WHERE key LIKE %s ORDER BY id",
                [f"race:{self.tag}:%"],
            )
            return cr.fetchall()

    def states(self):
        return {state for _number, state, _reason, _cost in self.rows()}

    def later(self):
        """As if the gateway's rest and the waits of retries were over."""
        with self.registry.cursor() as cr:
            cr.execute(
                """UPDATE loyalty_club_message SET called_at = called_at - interval '1 day',
                          not_before = not_before - interval '1 day' WHERE key LIKE %s""",
                [f"race:{self.tag}:%"],
            )

    def worker(self):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, get_db_name()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "ODOO_RC": os.environ.get("ODOO_RC", os.environ.get("OPENERP_SERVER", ""))},
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline().strip(), "ready")
        return process

    def kill_in_call(self, process, number):
        """Let a worker send and kill it while the gateway works on its ``number``-th call from now on."""
        handle, reached, go = self.fake.handle, Event(), Event()
        calls = []

        def held(request):
            answer = handle(request)
            calls.append(request)
            if len(calls) == number:
                reached.set()
                go.wait(300)
            return answer

        self.fake.handle = held
        process.stdin.write("go\n")
        process.stdin.flush()
        process.stdin.close()
        self.assertTrue(reached.wait(300), "the worker made no such call")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.fake.handle = handle
        go.set()


@tagged("-standard", "club_real")
class TestMessageRaces(RaceCase):
    def test_two_workers_on_one_queue_send_each_message_once(self):
        self.queue(1000)
        self.queue(200, "service", first=1000)
        start = Barrier(4)

        def work(lane):
            start.wait(timeout=60)
            return self.dispatch(lane)

        with ThreadPoolExecutor(4) as pool:
            sent = list(pool.map(work, ["campaign", "campaign", "service", "service"]))
        self.assertEqual(self.states(), {"sent"})
        got = [one.number for one in self.fake.messages]
        self.assertEqual(len(got), len(set(got)))
        self.assertEqual(sum(sent), 1200)
        self.assertEqual(sum(row[3] for row in self.rows()), self.credit - self.fake.credit)

    def test_codes_that_are_asked_for_at_once_are_each_sent_once(self):
        self.queue(800)
        start = Barrier(5)

        def work(number):
            start.wait(timeout=60)
            if number == 4:
                return self.dispatch()
            return self.queue(1, "code", first=5000 + number)

        with ThreadPoolExecutor(5) as pool:
            list(pool.map(work, range(5)))
        for number in range(4):
            self.assertEqual(len(self.fake.got(self.number(5000 + number))), 1)
        self.assertEqual(self.states(), {"sent"})

    def test_a_gateway_that_drops_second_copies_gets_everybody_exactly_once(self):
        """2,000 messages, faults of every kind, two killed workers; the benchmark does 100,000."""
        self.queue(self.members)
        chance = random.Random(7)
        for fault in ("error", "malformed"):
            self.fake.fail(fault)
            self.dispatch()
            self.later()
            self.kill_in_call(self.worker(), 2)
            self.later()
        for _run in range(30):
            if self.states() == {"sent"}:
                break
            self.fake._faults = [chance.choice([None, None, "busy", "error", "cut"]) for _call in range(3)]
            self.dispatch()
            self.later()
        self.assertEqual(self.states(), {"sent"})
        got = [one.number for one in self.fake.messages]
        self.assertEqual(sorted(got), [self.number(number) for number in range(self.members)])
        self.assertEqual(sum(row[3] for row in self.rows()), self.credit - self.fake.credit)


@tagged("-standard", "club_real")
class TestMessageRacesUnsure(RaceCase):
    """A gateway that would send the same message twice."""

    fake_class = FakeSmsIr
    driver = "smsir"

    def test_everybody_gets_it_once_or_is_listed_with_a_reason(self):
        self.queue(self.members)
        chance = random.Random(3)
        for fault in ("busy", "error"):
            self.fake.fail(fault)
            self.dispatch()
            self.later()
            self.kill_in_call(self.worker(), 2)
            self.later()
        for _run in range(60):
            if not self.states() & {"waiting", "sending"}:
                break
            self.fake._faults = [chance.choice([None] * 6 + ["busy", "error"])]
            self.dispatch()
            self.later()
        got = [one.number for one in self.fake.messages]
        self.assertEqual(len(got), len(set(got)), "nobody got it twice")
        rows = self.rows()
        self.assertEqual({row[1] for row in rows}, {"sent", "unsure"})
        missed = {row[0] for row in rows} - set(got)
        listed = {row[0]: row[2] for row in rows if row[1] == "unsure"}
        self.assertLessEqual(missed, set(listed), "who did not get it is listed")
        self.assertTrue(all(listed.values()), "with a reason")
        self.assertIn("died", listed.values())
        self.assertTrue({row[0] for row in rows if row[1] == "sent"} <= set(got))

    def test_killed_between_claim_and_answer_is_unsure(self):
        self.queue(250)
        self.kill_in_call(self.worker(), 1)
        self.assertEqual([row[1] for row in self.rows()].count("sending"), 100)
        self.dispatch()
        states = [(row[1], row[2]) for row in self.rows()]
        self.assertEqual(states.count(("unsure", "died")), 100)
        self.assertEqual([state for state, _reason in states].count("sent"), 150)
        self.assertEqual(len(self.fake.messages), 250)
