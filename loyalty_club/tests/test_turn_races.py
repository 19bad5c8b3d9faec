"""Taking turns at one account on real connections. These tests commit; their database is dropped afterwards."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..models.club_turn import QUEUE

TILLS = 8
PAYMENTS = 5


@tagged("-standard", "club_real")
class TestTurnRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls._env() as env:
            club = env["loyalty.club"].create({"name": f"Turn {uuid4().hex[:6]}", "country_id": env.ref("base.ir").id})
            program = club._club_ensure_program("gift")
            gift, _code = env["loyalty.club.gift"]._club_sell(program, Decimal(1000), key=uuid4().hex)
            cls.account_id = gift.account_id.id

    @classmethod
    def _env(cls):
        return _Env(cls.registry)

    def test_tills_at_one_account_come_one_after_the_other_without_a_replay(self):
        """Nobody replays these requests as Odoo's server would, with its pauses of seconds."""
        start = Barrier(TILLS)

        def till(number):
            start.wait()
            for payment in range(PAYMENTS):
                with self._env() as env:
                    account = env["loyalty.club.account"].browse(self.account_id)
                    hold_id = account._club_authorise(Decimal(1), f"turn:{self.id()}:{number}:{payment}").id
                with self._env() as env:
                    env["loyalty.club.hold"].browse(hold_id)._club_capture(documented=True)
            return PAYMENTS

        with self._env() as env:
            before = env["loyalty.club.account"].browse(self.account_id).balance
        with ThreadPoolExecutor(TILLS) as pool:
            self.assertEqual(sum(pool.map(till, range(TILLS))), TILLS * PAYMENTS)
        with self._env() as env:
            account = env["loyalty.club.account"].browse(self.account_id)
            self.assertEqual((account.balance, account.held), (before - TILLS * PAYMENTS, 0.0))
            self.assertTrue(env["loyalty.club.check"]._club_check()["ok"])
            env.cr.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [QUEUE])
            self.assertEqual(env.cr.fetchone()[0], 0, "nobody keeps a place in the queue")

    def test_what_was_written_before_is_never_thrown_away_silently(self):
        with self._env() as late:
            late.cr.execute("SELECT 1")  # sees the database as it is now
            with self._env() as quick:
                account = quick["loyalty.club.account"].browse(self.account_id)
                account._club_authorise(Decimal(1), f"turn:{self.id()}:quick")._club_release()
            note = late["res.partner"].create({"name": "Written before"})
            note.flush_recordset()
            with self.assertRaises(SerializationFailure):
                late["loyalty.club.account"].browse(self.account_id)._club_take_turn()
            late.cr.rollback()

    def test_a_turn_taken_late_sees_what_the_one_before_spent(self):
        with self._env() as late:
            account = late["loyalty.club.account"].browse(self.account_id)
            seen = account.balance
            with self._env() as quick:
                hold = (
                    quick["loyalty.club.account"]
                    .browse(self.account_id)
                    ._club_authorise(Decimal(2), f"turn:{self.id()}:quick")
                )
                hold._club_capture(documented=True)
            account._club_take_turn()
            self.assertEqual(account.balance, seen - 2)


class _Env:
    """An environment of its own transaction, committed at the end."""

    def __init__(self, registry):
        self.cr = registry.cursor()

    def __enter__(self):
        self.cr.__enter__()
        return api.Environment(self.cr, SUPERUSER_ID, {})

    def __exit__(self, *error):
        return self.cr.__exit__(*error)
