"""Uninstalling: the shop keeps its balances, and core works as if we had never been there."""

import os
import subprocess
import sys

import psycopg2

from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

FILL = """
from decimal import Decimal
from odoo.addons.loyalty_club.rules.movement import Movement
club = env["loyalty.club"].create({"name": "Leaving", "country_id": env.ref("base.ir").id})
member = env["loyalty.club.member"]._club_enrol(club, mobile="09123456789", name="Sara")[0]
account = member._club_account(club.points_program_id)
env["loyalty.club.entry"]._club_post([
    Movement(key="x", kind="earn", account_id=account.id, amount=Decimal(77), incoming=True, counter="issue")])
env.cr.commit()
"""
WRITE = """
card = env["loyalty.card"].search([("points", "=", 77)])
card.points += 3
env.cr.commit()
"""


@tagged("-standard", "club_real")
class TestUninstall(BaseCase):
    """Works on its own copy of the template of this run, in processes of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = os.environ["CLUB_TEMPLATE"]
        cls.db = f"{get_db_name()}_leaving"
        cls._sql("postgres", f'CREATE DATABASE "{cls.db}" TEMPLATE "{cls.template}"')
        cls.addClassCleanup(cls._sql, "postgres", f'DROP DATABASE IF EXISTS "{cls.db}" WITH (FORCE)')

    @classmethod
    def _sql(cls, db, query):
        connection = psycopg2.connect(dbname=db)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _odoo(self, *arguments, script=None):
        command = [sys.executable, "-m", "odoo", f"--addons-path={','.join(config['addons_path'])}", *arguments]
        done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])

    def test_balances_stay_with_core_and_no_guard_is_left(self):
        self._odoo("shell", "-d", self.db, "--no-http", script=FILL)
        self._odoo("module", "uninstall", "-d", self.db, "loyalty_club")
        self.assertEqual(self._sql(self.db, "SELECT points FROM loyalty_card WHERE points > 0"), [(77.0,)])
        left = self._sql(self.db, "SELECT proname FROM pg_proc WHERE proname LIKE 'loyalty_club%'")
        left += self._sql(self.db, "SELECT relname FROM pg_class WHERE relname LIKE 'loyalty_club%'")
        self.assertEqual(left, [])
        self._odoo("shell", "-d", self.db, "--no-http", script=WRITE)
        self.assertEqual(self._sql(self.db, "SELECT points FROM loyalty_card WHERE points > 0"), [(80.0,)])
