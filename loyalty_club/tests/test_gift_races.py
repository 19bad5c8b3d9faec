"""Many at once with one card, and many guesses at once, on real connections. These tests commit; their database is
dropped afterwards."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

SESSIONS = 50
WORKERS = 10


@tagged("-standard", "club_real")
class TestGiftRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].create({"name": f"Race {uuid4().hex[:6]}", "country_id": env.ref("base.ir").id})
            cls.club_id = club.id
            cls.program_id = club._club_ensure_program("gift").id

    def _sold(self, amount):
        """(card id, code) of a card that was sold, committed."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            program = env["loyalty.program"].browse(self.program_id)
            gift, code = env["loyalty.club.gift"]._club_sell(program, Decimal(amount), key=uuid4().hex)
            return gift.id, code

    def _at_once(self, work, count):
        """``work(env, number)`` in ``count`` transactions, ``WORKERS`` of them at a time; what they returned."""
        start = Barrier(WORKERS)

        def one(number):
            if number < WORKERS:
                start.wait()
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                return retrying(lambda: work(env, number), env)

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, range(count)))

    def test_fifty_sessions_and_one_gift_card_never_spend_more_than_it_has(self):
        """Field bugs 12 and 13."""
        gift_id, _code = self._sold(100)

        def pay(env, number):
            account = env["loyalty.club.gift"].browse(gift_id).account_id
            try:
                hold = account._club_authorise(Decimal(30), f"race:{gift_id}:{number}")
                hold._club_capture(documented=True)
            except UserError as refusal:
                return str(refusal)
            return True

        answers = self._at_once(pay, SESSIONS)
        self.assertEqual(answers.count(True), 3)
        self.assertTrue(all("30" in answer for answer in answers if answer is not True))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["loyalty.club.gift"].browse(gift_id).account_id
            self.assertEqual((account.balance, account.held), (10.0, 0.0))
            self.assertTrue(env["loyalty.club.check"]._club_check()["ok"])

    def test_a_sale_and_its_refund_at_once_leave_no_live_card_without_money(self):
        gift_id, _code = self._sold(100)

        def both(env, number):
            gift = env["loyalty.club.gift"].browse(gift_id)
            try:
                if number % 2:
                    gift._club_unsell(f"refund:{gift_id}")
                else:
                    gift.account_id._club_authorise(Decimal(10), f"pay:{gift_id}:{number}")._club_capture()
            except UserError:
                return False
            return True

        self._at_once(both, WORKERS)
        with self.registry.cursor() as cr:
            gift = api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.gift"].browse(gift_id)
            self.assertIn((gift.state, gift.account_id.balance > 0), [("void", False), ("active", True)])

    def test_guesses_at_once_are_all_counted_and_outlive_their_request(self):
        """Field bug 46."""
        _gift_id, code = self._sold(100)
        till = uuid4().hex

        def guess(env, number):
            club = env["loyalty.club"].browse(self.club_id)
            gift, message = env["loyalty.club.gift"]._club_read(club, f"0000000000000{number:03d}", till=till)
            env.cr.rollback()
            return bool(gift), message

        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM loyalty_club_attempt")
        answers = self._at_once(guess, 20)
        self.assertEqual(len(set(answers)), 1, "one answer for everything")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.club_id)
            attempts = env["loyalty.club.attempt"].search([("till", "=", till)])
            self.assertEqual(len(attempts), club.code_tries)
            read = env["loyalty.club.gift"]._club_read
            self.assertEqual(read(club, code, till=till), (env["loyalty.club.gift"], answers[0][1]))
            attempts[:1].action_lift()
            cr.commit()  # pylint: disable=invalid-commit; this test's own database
            self.assertTrue(read(club, code, till=till)[0])
            cr.execute("DELETE FROM loyalty_club_attempt")
