"""The club's journal on real connections: two jobs at once write each entry once.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

RACERS = 4
ENTRIES = 50


@tagged("-standard", "club_real")
class TestBookRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].create({"name": "Book race", "country_id": env.ref("base.ir").id})
            program = club._club_ensure_program("credit")
            book = env["loyalty.club.book"]._club_set_up(club, "credit")
            mobile = f"0912{uuid4().int % 10**7:07d}"
            member = env["loyalty.club.member"]._club_enrol(club, mobile=mobile, name="Racer")[0]
            cls.book_id, cls.account_id = book.id, member._club_account(program).id

    def _grant(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.club.entry"]._club_post(
                [
                    Movement(f"race:{uuid4()}", "earn", self.account_id, Decimal("1.01"), True, "issue")
                    for _number in range(ENTRIES)
                ]
            )
            return env["loyalty.club.book"].browse(self.book_id)._club_waiting_days()

    def test_jobs_at_once_write_each_entry_once(self):
        (day,) = self._grant()
        start = Barrier(RACERS)

        def job(_number):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                start.wait(timeout=60)
                book = env["loyalty.club.book"].browse(self.book_id)
                return retrying(lambda: book._club_post_day(day).id, env)

        with ThreadPoolExecutor(RACERS) as pool:
            moves = [move for move in pool.map(job, range(RACERS)) if move]
        self.assertEqual(len(moves), 1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            book = env["loyalty.club.book"].browse(self.book_id)
            self.assertEqual(env["loyalty.club.booked"].search_count([("move_id", "=", moves[0])]), ENTRIES)
            items = book.move_ids.filtered(lambda move: move.id == moves[0]).line_ids
            self.assertEqual(sorted(items.mapped("balance")), [-50.5, 50.5])
            self.assertEqual(book._club_tie()["difference"], 0)

    def test_job_that_dies_leaves_nothing_half_done(self):
        (day,) = self._grant()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            before = env["account.move"].search_count([("club_book_id", "=", self.book_id)])
            env["loyalty.club.book"].browse(self.book_id)._club_post_day(day)
            cr.rollback()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(env["account.move"].search_count([("club_book_id", "=", self.book_id)]), before)
            book = env["loyalty.club.book"].browse(self.book_id)
            self.assertEqual(book._club_waiting_days(), [day])
            self.assertTrue(book._club_post_day(day))
            self.assertEqual(book._club_tie()["difference"], 0)
