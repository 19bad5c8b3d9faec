"""Holds: an amount set aside is spent or given back once, whatever happens to the till in between."""

from datetime import datetime, timedelta
from decimal import Decimal

from psycopg2.errors import RestrictViolation

from odoo import fields
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestHold(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._account(cls._member())

    def test_a_held_amount_cannot_be_spent_by_anybody_else(self):
        self._post(self.account, 10)
        hold = self.env["loyalty.club.hold"]._club_hold(self.account, Decimal(7), "h", datetime(2030, 1, 1))
        with self.assertRaises(UserError):
            self._post(self.account, 4, "redeem")
        with self.assertRaises(UserError):
            self.env["loyalty.club.hold"]._club_hold(self.account, Decimal(4), "h2", datetime(2030, 1, 1))
        hold._club_capture(branch_id=self.branch.id)
        self.assertEqual((self.account.balance, self.account.held), (3, 0))

    def _hold(self, amount, key="h"):
        return self.env["loyalty.club.hold"]._club_hold(self.account, Decimal(amount), key, datetime(2030, 1, 1))

    def test_a_hold_resolves_once(self):
        self._post(self.account, 10)
        hold = self._hold(7)
        hold._club_release()
        hold._club_release()
        with self.assertRaises(UserError):
            hold._club_capture()
        self.assertEqual((self.account.balance, self.account.held), (10, 0))
        captured = self._hold(7, "other")
        entry = captured._club_capture()
        self.assertEqual(captured._club_capture(), entry, "a till that did not hear the answer asks again")
        self.assertEqual(captured.entry_id, entry)
        with self.assertRaises(UserError):
            captured._club_release()
        self.assertEqual((self.account.balance, self.account.held), (3, 0))

    def test_a_payment_that_was_released_by_time_can_be_started_again(self):
        self._post(self.account, 10)
        first = self._hold(7)
        self.assertEqual(self._hold(7), first)
        with self.assertRaises(UserError):
            self._hold(6)
        first._club_release()
        second = self._hold(6)
        self.assertNotEqual(second, first)
        second._club_capture()
        self.assertEqual((self.account.balance, self.account.held), (4, 0))

    def test_a_hold_cannot_be_called_spent_without_a_posting(self):
        self._post(self.account, 10)
        hold = self._hold(7)
        with self.assertRaises(RestrictViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE loyalty_club_hold SET state = 'captured' WHERE id = %s", [hold.id])
        self.assertEqual(self.account.held, 7)

    def test_what_dies_between_hold_and_capture_is_spent_all_the_same(self):
        now = fields.Datetime.now()
        dying = NewLot(Decimal(10), expires_at=now + timedelta(minutes=5))
        self._post(self.account, 10, new_lots=(dying,))
        hold = self._hold(7)
        with freeze_time(now + timedelta(minutes=10)):
            self.assertEqual(self.account._club_usable_totals()[self.account.id], 0)
            hold._club_capture()
        self.assertEqual(self.account.balance, 3)

    def test_what_still_waits_is_not_set_aside(self):
        now = fields.Datetime.now()
        self._post(self.account, 10, new_lots=(NewLot(Decimal(10), usable_from=now + timedelta(days=1)),))
        with self.assertRaises(UserError):
            self._hold(1)
        with freeze_time(now + timedelta(days=1)):
            self._hold(10)._club_capture()
        self.assertEqual(self.account.balance, 0)

    def test_a_payment_is_not_refused_because_others_spent_its_lot_and_left_one_that_waited(self):
        now = fields.Datetime.now()
        self._post(self.account, 10)
        hold = self._hold(7)
        waiting = NewLot(Decimal(10), usable_from=now + timedelta(days=1))
        self._post(self.account, 10, new_lots=(waiting,))
        with freeze_time(now + timedelta(days=2)):
            self._post(self.account, 10, "redeem")
            with self.assertRaises(UserError):
                self._post(self.account, 4, "redeem")
            entry = hold._club_capture()
        self.assertEqual((self.account.balance, self.account.held), (3, 0))
        self.assertEqual(entry.details, {"promised": True})
        self.assertTrue(self.env["loyalty.club.check"]._club_check()["ok"])

    def test_goods_that_come_back_take_nothing_that_a_till_has_set_aside(self):
        earned = self._post(self.account, 10)
        hold = self._hold(7)
        earned._club_reverse("back", allow_debt=True)
        self.assertEqual((self.account.balance, self.account.debt, self.account.held), (0, 7, 7))
        hold._club_capture()
        self.assertEqual((self.account.balance, self.account.debt, self.account.held), (-7, 7, 0))

    def test_a_second_capture_takes_nothing_more(self):
        """A hold is captured whole; who pays less takes a smaller hold, and a retry gets the first entry."""
        self._post(self.account, 10)
        hold = self._hold(7)
        first = hold._club_capture(branch_id=self.branch.id)
        self.assertEqual(first.amount, -7)
        self.assertEqual(hold._club_capture(branch_id=self.branch.id), first)
        with self.assertRaises(UserError):
            self._hold(3)._club_capture()  # the same payment, now with another amount
        self.assertEqual((self.account.balance, self.account.held), (3, 0))

    def test_value_that_died_under_a_hold_that_was_released_expires_the_next_night(self):
        now = fields.Datetime.now()
        self._post(self.account, 10, new_lots=(NewLot(Decimal(10), expires_at=now + timedelta(minutes=5)),))
        hold = self._hold(7)
        with freeze_time(now + timedelta(minutes=10)), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_expire").method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(self.account.balance, 10)
            hold._club_release()
            self.env.ref("loyalty_club.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((self.account.balance, self.account.held), (0, 0))

    def test_a_hold_whose_till_died_is_released_by_the_job(self):
        self._post(self.account, 10)
        with freeze_time("2029-12-31 23:59:59"):
            dead = self._hold(7)
        alive = self.env["loyalty.club.hold"]._club_hold(self.account, Decimal(2), "a", datetime(2031, 1, 1))
        with freeze_time("2030-01-01 00:00:00"), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_hold").method_direct_trigger()
        self.assertEqual((dead.state, alive.state, self.account.held), ("released", "held", 2))
