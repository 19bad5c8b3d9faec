"""Behaviour and referral on real connections: a cap that many reach at once, one key many times, one friend twice.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

TOGETHER = 8


@tagged("-standard", "club_real")
class TestBehaviourRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].create({"name": "Race of behaviour", "country_id": env.ref("base.ir").id})
            kinds = club.event_type_ids.filtered(lambda kind: kind.code in ("survey", "social"))
            kinds.write({"active": True, "amount": 10, "cap_count": 3, "cap_period": "ever"})
            cls.club_id = club.id

    def _member(self, mobile):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.club_id)
            return env["loyalty.club.member"]._club_enrol(club, mobile=mobile, name=mobile)[0].id

    def _at_once(self, work, count=TOGETHER):
        """Run ``work(env, number)`` in ``count`` requests at the same time, each replayed as Odoo replays requests."""
        barrier = Barrier(count)

        def request(number):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                cr.execute("SELECT 1")
                barrier.wait(30)
                try:
                    return retrying(lambda: work(env, number), env)
                except ValidationError:  # told to try again, as at a till
                    return None

        with mute_logger("odoo.sql_db"), ThreadPoolExecutor(count) as pool:
            return list(pool.map(request, range(count)))

    def _given(self, member_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            member = env["loyalty.club.member"].browse(member_id)
            self.assertTrue(env["loyalty.club.check"]._club_check()["ok"])
            return sum(member.account_ids.mapped("balance")), member.event_ids.mapped("state")

    def test_many_events_at_once_do_not_pass_the_cap(self):
        member_id = self._member("09381110001")
        self._at_once(
            lambda env, number: (
                env["loyalty.club.member"].browse(member_id)._club_event("survey", f"survey:{number}").id
            )
        )
        balance, states = self._given(member_id)
        self.assertEqual(balance, 30)
        self.assertEqual(sorted(states), ["count"] * (TOGETHER - 3) + ["given"] * 3)

    def test_one_key_at_many_places_at_once_gives_once(self):
        member_id = self._member("09381110002")
        entries = self._at_once(
            lambda env, number: env["loyalty.club.member"].browse(member_id)._club_event("social", "photo:1").id
        )
        self.assertEqual(len(set(entries)), 1)
        self.assertEqual(self._given(member_id), (10, ["given"]))

    def test_one_friend_joined_at_two_places_at_once_was_brought_by_one(self):
        referrers = [self._member(f"0938111001{number}") for number in range(4)]

        def join(env, number):
            club = env["loyalty.club"].browse(self.club_id)
            referrer = env["loyalty.club.member"].browse(referrers[number])
            enrol = env["loyalty.club.member"]._club_enrol
            return enrol(club, mobile="09381110099", name="F", referrer=referrer.referral_code)[0].id

        self._at_once(join, count=len(referrers))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            friend = env["loyalty.club.member"].search(
                [("club_id", "=", self.club_id), ("mobile", "=", "+989381110099")]
            )
            self.assertEqual(len(friend), 1)
            counted = env["loyalty.club.referral"].search([("friend_id", "=", friend.id), ("state", "!=", "refused")])
            self.assertEqual((len(counted), counted.referrer_id), (1, friend.referrer_id))
