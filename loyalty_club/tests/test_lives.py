"""Lives of value: what a program's policy gives to the lots of a purchase, at the last second of every clock."""

from datetime import datetime, timedelta
from decimal import Decimal

import psycopg2
from freezegun import freeze_time

from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import ClubCommon

ZONES = {
    "Asia/Tehran": datetime(2026, 3, 20, 20, 30),
    "Pacific/Auckland": datetime(2026, 3, 20, 11),
    "America/New_York": datetime(2026, 3, 21, 4),
    "UTC": datetime(2026, 3, 21),
}


@tagged("post_install", "-at_install")
class TestLives(ClubCommon):
    def setUp(self):
        super().setUp()
        self.account = self._account(self._member())

    def policy(self, life, count=0, **values):
        self.program.write({"club_life": life, "club_life_count": count, **values})

    def lot(self, entry):
        return self.env["loyalty.club.lot"].search([("entry_id", "=", entry.id)])

    def test_points_without_a_policy_never_expire(self):
        lot = self.lot(self._post(self.account, 10))
        self.assertFalse(lot.expires_at or lot.usable_from or lot.idle_days)

    def test_expired_value_is_no_longer_usable_from_the_first_second_after_its_last_day(self):
        """Rows 16 and 17: expired credit still usable; three rules for one date."""
        for zone, midnight in ZONES.items():
            self.club.company_id.partner_id.tz = zone
            self.policy("days", 10)
            account = self._account(self._member())
            lot = self.lot(self._post(account, 10, occurred_at=midnight - timedelta(days=11, seconds=-1)))
            if zone != "America/New_York":  # its clocks go forward between the two days
                self.assertEqual(lot.expires_at, midnight)
            end = lot.expires_at
            self.assertEqual(account._club_usable_totals(end - timedelta(seconds=1))[account.id], 10)
            self.assertEqual(account._club_usable_totals(end)[account.id], 0)
            with self.assertRaises(UserError):
                self._post(account, 4, "redeem", occurred_at=end)
            self._post(account, 4, "redeem", occurred_at=end - timedelta(seconds=1))

    def test_a_hold_on_the_last_second_is_paid_after_midnight(self):
        """Rows 18 and 19: it expires between checkout and payment, in the server's zone or the visitor's."""
        self.club.company_id.partner_id.tz = "Asia/Tehran"
        self.policy("days", 1)
        with freeze_time("2026-03-19 10:00:00"):
            self._post(self.account, 10)
        with freeze_time("2026-03-20 20:29:59"):
            hold = self.account._club_authorise(Decimal(6), "till-1")
        with freeze_time("2026-03-20 20:30:01"):
            with self.assertRaises(UserError):
                self.account._club_authorise(Decimal(1), "till-2")
            entry = hold._club_capture()
        self.assertEqual(entry.occurred_at, datetime(2026, 3, 20, 20, 29, 59))
        self.assertEqual(self.account.balance, 4)

    def test_cashback_is_usable_only_after_the_return_window(self):
        """Row 48: shown on the receipt, usable next time only."""
        self.club.company_id.partner_id.tz = "UTC"
        self.policy("days", 30, club_wait_days=14)
        with freeze_time("2026-03-01 10:00:00"):
            self._post(self.account, 10)
            self.assertEqual((self.account.balance, self.account.available), (10, 0))
        with freeze_time("2026-03-15 23:59:59"), self.assertRaises(UserError):
            self._post(self.account, 1, "redeem")
        with freeze_time("2026-03-16 00:00:00"):
            self.account.invalidate_recordset()
            self.assertEqual(self.account.available, 10)
            self._post(self.account, 10, "redeem")

    def test_what_waits_is_not_promised_to_two_tills(self):
        self._post(self.account, 10)
        self.policy("never", club_wait_days=14)
        self._post(self.account, 10)
        self.account._club_authorise(Decimal(10), "till-1")
        with self.assertRaises(UserError):
            self.account._club_authorise(Decimal(10), "till-2")
        with self.assertRaises(UserError):
            self._post(self.account, 1, "redeem")

    def test_points_with_an_end_of_their_own_keep_it(self):
        """Row 47: lots of another label never expired."""
        self.policy("days", 30)
        end = datetime(2030, 1, 1)
        for kind in ("earn", "adjust", "load"):
            entry = self._post(
                self.account, 5, kind, incoming=True, new_lots=(NewLot(Decimal(5), self.branch.id, None, end),)
            )
            self.assertEqual(self.lot(entry).expires_at, end)
        self.assertFalse(self.lot(self._post(self.account, 5, "adjust", incoming=True)).expires_at)

    def test_the_year_ends_with_the_calendar_of_the_club(self):
        self.club.company_id.partner_id.tz = "Asia/Tehran"
        at = datetime(2026, 3, 19, 12)
        self.policy("year_end", club_calendar="jalali")
        self.assertEqual(self.lot(self._post(self.account, 1, occurred_at=at)).expires_at, ZONES["Asia/Tehran"])
        self.policy("year_end", club_calendar="gregorian")
        self.assertEqual(
            self.lot(self._post(self.account, 1, occurred_at=at)).expires_at, datetime(2026, 12, 31, 20, 30)
        )

    def test_a_new_time_zone_counts_at_once(self):
        for zone in ("Asia/Tehran", "UTC"):
            self.club.company_id.partner_id.tz = zone
            self.policy("days", 1)
            self.club.company_id.partner_id.tz = zone
            at = ZONES[zone] - timedelta(days=2)
            self.assertEqual(self.lot(self._post(self.account, 1, occurred_at=at)).expires_at, ZONES[zone])

    def test_a_policy_of_no_days_is_refused(self):
        with self.assertRaises(ValidationError):
            self.policy("days", 0)

    def test_the_form_says_what_it_means_in_both_calendars(self):
        with freeze_time("2026-03-10 12:00:00"):
            self.club.company_id.partner_id.tz = "Asia/Tehran"
            self.policy("days", 10)
            self.assertIn("2026-03-20 (1404/12/29)", self.program.club_life_example)


@tagged("post_install", "-at_install")
class TestRollingLots(ClubCommon):
    def setUp(self):
        super().setUp()
        self.club.company_id.partner_id.tz = "UTC"
        self.program.write({"club_life": "idle", "club_life_count": 30})
        self.account = self._account(self._member())
        self.lot = self.visit(self.account, datetime(2026, 1, 1, 12)).lot_ids

    def visit(self, account, at, kind="earn", amount=10):
        return self._post(account, amount, kind, branch_id=self.branch.id, occurred_at=at)

    def test_each_visit_lets_open_lots_live_longer(self):
        self.assertEqual((self.lot.expires_at, self.lot.idle_days), (datetime(2026, 2, 1), 30))
        self.visit(self.account, datetime(2026, 1, 20, 12), "redeem", 3)
        self.assertEqual(self.lot.expires_at, datetime(2026, 2, 20))

    def test_an_older_order_that_comes_late_shortens_nothing(self):
        self.visit(self.account, datetime(2026, 1, 20, 12))
        self.visit(self.account, datetime(2026, 1, 5, 12))
        self.assertEqual(self.lot.expires_at, datetime(2026, 2, 20))

    def test_what_has_died_is_not_revived_by_a_visit(self):
        self.visit(self.account, datetime(2026, 2, 1))
        self.assertEqual(self.lot.expires_at, datetime(2026, 2, 1))

    def test_a_present_of_the_club_is_no_visit(self):
        self._post(self.account, 5, occurred_at=datetime(2026, 1, 20, 12))
        self.assertEqual(self.lot.expires_at, datetime(2026, 2, 1))

    def test_a_visit_counts_for_all_balances_of_the_member(self):
        credit = self._account(self.account.member_id, self.club._club_ensure_program("credit"))
        self.visit(credit, datetime(2026, 1, 20, 12), "load", 50)
        self.assertEqual(self.lot.expires_at, datetime(2026, 2, 20))

    def test_lots_that_roll_go_on_rolling_when_the_policy_changes(self):
        self.program.club_life = "never"
        self.visit(self.account, datetime(2026, 1, 20, 12))
        self.assertEqual(self.lot.expires_at, datetime(2026, 2, 20))

    def test_nobody_edits_a_lot_past_the_door(self):
        other = self._post(self.account, 1, new_lots=(NewLot(Decimal(1), None, None, datetime(2026, 2, 1)),)).lot_ids
        self.env.flush_all()
        for lot, change in (
            (self.lot, "expires_at = '2020-01-01'"),
            (self.lot, "expires_at = '2027-01-01', remaining = 5"),
            (self.lot, "expires_at = NULL"),
            (other, "expires_at = '2027-01-01'"),
        ):
            with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # what nobody may do, whatever path he takes
                self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = %s", SQL("loyalty_club_lot"), SQL(change), lot.id))
