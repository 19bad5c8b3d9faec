"""Consent and links on real connections: the same opt-out at two workers, two opt-outs at once, a link opened twice.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

from odoo import SUPERUSER_ID, api
from odoo.addons.loyalty_club_sms.gateways.base import Incoming
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

TOGETHER = 8


@tagged("-standard", "club_real")
class TestConsentRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].create({"name": "Race of consent", "country_id": env.ref("base.ir").id})
            gateway = env["loyalty.club.gateway"].create(
                {"name": "Race", "type": "kavenegar", "api_key": "none", "company_id": env.company.id}
            )
            bot = env["loyalty.club.bot"].create({"club_id": club.id, "token": "1:x", "username": "race_bot"})
            cls.club_id, cls.gateway_id, cls.bot_id = club.id, gateway.id, bot.id

    def _member(self, mobile):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.club_id)
            member = env["loyalty.club.member"]._club_enrol(club, mobile=mobile, name=mobile)[0]
            text = env["loyalty.club.consent.text"]._club_text(club, "offers")
            member._club_give_consent("offers", "sms", "portal", text_id=text.id)
            return member.id

    def _at_once(self, work, count=TOGETHER):
        """Run ``work(env, number)`` in ``count`` jobs at the same time."""
        barrier = Barrier(count)

        def job(number):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                cr.execute("SELECT 1")
                barrier.wait(30)
                return retrying(lambda: work(env, number), env)

        with mute_logger("odoo.sql_db", "odoo.service.model"), ThreadPoolExecutor(count) as pool:
            return list(pool.map(job, range(count)))

    def _words(self, member_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            member = env["loyalty.club.member"].browse(member_id)
            given = [row.given for row in member.consent_ids if row.purpose == "offers" and row.channel == "sms"]
            return member._club_consents("offers", "sms")[member_id], given

    def _receive(self, env, ref, mobile):
        gateway = env["loyalty.club.gateway"].browse(self.gateway_id)
        return len(env["loyalty.club.incoming"]._club_received(gateway, [Incoming(ref, mobile, "لغو۱۱")]))

    def test_one_opt_out_fetched_by_many_workers_is_read_once(self):
        member_id = self._member("09391110001")
        new = self._at_once(lambda env, _number: self._receive(env, "same", "+989391110001"))
        self.assertEqual(sum(new), 1)
        self.assertEqual(self._words(member_id), (False, [False, True]))

    def test_two_opt_outs_at_once_are_both_kept_and_it_is_over(self):
        member_id = self._member("09391110002")
        new = self._at_once(lambda env, number: self._receive(env, f"race{number}", "+989391110002"))
        self.assertEqual(new, [1] * TOGETHER)
        self.assertIs(self._words(member_id)[0], False)

    def test_a_link_opened_many_times_at_once_connects_one(self):
        member_id = self._member("09391110003")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            link = env["loyalty.club.bot.token"]._club_make(
                env["loyalty.club.bot"].browse(self.bot_id), env["loyalty.club.member"].browse(member_id)
            )
        token = parse_qs(urlsplit(link).query)["start"][0]

        def take(env, _number):
            return len(env["loyalty.club.bot.token"]._club_take(env["loyalty.club.bot"].browse(self.bot_id), token))

        self.assertEqual(sorted(self._at_once(take)), [0] * (TOGETHER - 1) + [1])
