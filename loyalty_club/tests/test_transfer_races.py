"""Transfers on real connections: what passes the limit of a day one after the other does not pass it at once.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

TOGETHER = 6


@tagged("-standard", "club_real")
class TestTransferRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def _people(self, env, first, **limits):
        """(sender, receivers) of a new club with ``limits``; the sender has 1000 points."""
        club = env["loyalty.club"].create({"name": f"Transfers {first}", "country_id": env.ref("base.ir").id})
        club.points_program_id.write({"club_transfer": True, **limits})
        enrol = env["loyalty.club.member"]._club_enrol
        people = [enrol(club, mobile=f"0{first + number}", name="M")[0] for number in range(TOGETHER + 1)]
        account = people[0]._club_account(club.points_program_id)
        movement = Movement(f"race:{first}", "earn", account.id, Decimal(1000), True, "issue")
        env["loyalty.club.entry"]._club_post([movement])
        return people[0].id, [member.id for member in people[1:]]

    def _race(self, first, amount, **limits):
        """All transfers at once, each as a request of its own; what was transferred, and the messages of the others."""
        with self.registry.cursor() as cr:
            sender, receivers = self._people(api.Environment(cr, SUPERUSER_ID, {}), first, **limits)
        barrier = Barrier(TOGETHER)

        def request(receiver):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                cr.execute("SELECT 1")
                barrier.wait(30)
                values = {"from_member_id": sender, "to_member_id": receiver, "amount": amount, "value": "points"}
                try:
                    retrying(lambda: env["loyalty.club.transfer"].create(values).action_transfer(), env)
                except UserError as refusal:
                    return str(refusal)
            return None

        with mute_logger("odoo.sql_db", "odoo.service.model"), ThreadPoolExecutor(TOGETHER) as pool:
            messages = [message for message in pool.map(request, receivers) if message]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertTrue(env["loyalty.club.check"]._club_check()["ok"])
            done = env["loyalty.club.transfer"].search([("from_member_id", "=", sender), ("state", "=", "done")])
            return sum(done.mapped("amount")), messages

    def test_transfers_at_once_pass_the_amount_of_a_day(self):
        moved, messages = self._race(9381120000, 60, club_transfer_count=0, club_transfer_amount=100)
        self.assertEqual((moved, len(messages)), (60, TOGETHER - 1))

    def test_transfers_at_once_pass_the_number_of_a_day(self):
        moved, messages = self._race(9381130000, 10, club_transfer_count=2, club_transfer_amount=0)
        self.assertEqual((moved, len(messages)), (20, TOGETHER - 2))
