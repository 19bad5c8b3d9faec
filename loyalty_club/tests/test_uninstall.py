"""Uninstalling: the shop keeps its balances, and core works as if we had never been there."""

from odoo.tests import tagged

from .own_copy import OwnCopy

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
class TestUninstall(OwnCopy):
    copy_name = "leaving"

    def test_balances_stay_with_core_and_no_guard_is_left(self):
        self._odoo("shell", "-d", self.db, "--no-http", script=FILL)
        self._odoo("module", "uninstall", "-d", self.db, "loyalty_club")
        self.assertEqual(self._sql(self.db, "SELECT points FROM loyalty_card WHERE points > 0"), [(77.0,)])
        left = self._sql(self.db, "SELECT proname FROM pg_proc WHERE proname LIKE 'loyalty_club%'")
        left += self._sql(self.db, "SELECT relname FROM pg_class WHERE relname LIKE 'loyalty_club%'")
        self.assertEqual(left, [])
        self._odoo("shell", "-d", self.db, "--no-http", script=WRITE)
        self.assertEqual(self._sql(self.db, "SELECT points FROM loyalty_card WHERE points > 0"), [(80.0,)])
