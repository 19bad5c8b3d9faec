"""Preparing on real connections: a worker that is killed, and two for the same campaign. These tests commit."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api, fields
from odoo.service.model import retrying
from odoo.tests import get_db_name, tagged

from .test_message_races import RaceCase

#: Prepares batch after batch and says so; the test kills it.
WORKER = """
import sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=critical"], setup_logging=True)
with Registry(sys.argv[1]).cursor() as cr:
    campaign = api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.campaign"].browse(int(sys.argv[2]))
    while campaign._club_prepare(20):
        cr.commit()
        print("batch", flush=True)
"""
PEOPLE = 600


@tagged("-standard", "club_real")
class TestCampaignRaces(RaceCase):
    def _campaign(self):
        """A campaign that has just started, to members who agreed to offers; returns its id."""
        with self.registry.cursor() as cr:
            self.people(cr, PEOPLE, first=0)
            env = api.Environment(cr, SUPERUSER_ID, {})
            texts = env["loyalty.club.template"].create(
                [{"name": body, "body": body, "purpose": "offers"} for body in ("One https://shop.example", "Two")]
            )
            campaign = env["loyalty.club.campaign"].create(
                {
                    "name": "Race",
                    "club_id": self.club_id,
                    "kind": "offer",
                    "variant_ids": [(0, 0, {"template_id": text.id}) for text in texts],
                    "state": "preparing",
                    "send_at": fields.Datetime.now(),
                    "started_at": fields.Datetime.now(),
                }
            )
            return campaign.id

    def _kill_a_worker(self, campaign_id, batches):
        """Start a worker in a process of its own and kill it after so many batches."""
        command = [sys.executable, "-c", WORKER, get_db_name(), str(campaign_id)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            for _batch in range(batches):
                self.assertEqual(worker.stdout.readline(), "batch\n")
            worker.kill()

    def _prepare_at_once(self, campaign_id, workers=2):
        start = Barrier(workers)

        def prepare(_number):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                campaign = env["loyalty.club.campaign"].browse(campaign_id)
                start.wait()
                while retrying(lambda: campaign._club_prepare(30), env):
                    pass

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(prepare, range(workers)))

    def test_killed_twice_and_prepared_by_two_everybody_gets_it_exactly_once(self):
        campaign_id = self._campaign()
        self._kill_a_worker(campaign_id, 3)
        self._kill_a_worker(campaign_id, 4)
        self._prepare_at_once(campaign_id)
        self.dispatch("campaign")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            campaign = env["loyalty.club.campaign"].browse(campaign_id)
            messages = env["loyalty.club.message"].search([("campaign_id", "=", campaign_id)])
            self.assertEqual((campaign.state, len(messages), len(messages.member_id)), ("sending", PEOPLE, PEOPLE))
            self.assertEqual(
                Counter(message.variant_id.name for message in messages), {"A": PEOPLE // 2, "B": PEOPLE // 2}
            )
            self.assertEqual(len(campaign.variant_ids[0].link_ids), 1)
        got = Counter(one.number for one in self.fake.messages)
        self.assertEqual(len(got), PEOPLE)
        self.assertEqual(set(got.values()), {1})
