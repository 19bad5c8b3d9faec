"""Extending and reinstating: a longer life by a manager, in the club's limits, and by two people above them."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClubCommon

START = datetime(2026, 3, 1, 12)


@tagged("post_install", "-at_install")
class TestExtension(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.company_id.partner_id.tz = "UTC"
        cls.club.adjust_limit = 100
        cls.program.write({"club_life": "days", "club_life_count": 10})
        cls.managers = [cls._user("manager", login=f"manager_{number}") for number in (1, 2)]
        cls.member = cls._member()
        cls.account = cls._account(cls.member)

    def earn(self, amount, day=0):
        with freeze_time(START + timedelta(days=day)):
            return self._post(self.account, amount, branch_id=self.branch.id).lot_ids

    def night(self, day):
        with freeze_time(datetime(2026, 3, 1, 0, 30) + timedelta(days=day)), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()

    def extend(self, lots, day=20, last_day="2026-04-10", user=0):
        with freeze_time(START + timedelta(days=day)):
            extension = (
                self.env["loyalty.club.extension"]
                .with_user(self.managers[user])
                .create(
                    {"club_id": self.club.id, "lot_ids": lots.ids, "last_day": last_day, "reason": "Was in hospital"}
                )
            )
            extension.action_request()
        self.env.invalidate_all()
        return extension

    def refused(self, *args, **values):
        before = self.account.balance
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.extend(*args, **values)
        self.assertEqual(self.account.balance, before)

    def test_an_open_lot_moves_into_a_new_one_that_lives_longer(self):
        lot = self.earn(10)
        self.extend(lot, day=5)
        new = self.env["loyalty.club.lot"].search([("origin_lot_id", "=", lot.id)])
        self.assertEqual((lot.remaining, lot.state, new.remaining), (0, "spent", 10))
        self.assertEqual((new.expires_at, new.branch_id), (datetime(2026, 4, 11), self.branch))
        self.assertEqual(self.account.balance, 10)

    def test_an_expired_lot_comes_back_by_a_reversal_of_its_expiry(self):
        lot = self.earn(10)
        self.night(11)
        self.assertEqual((lot.state, lot.expired, self.account.balance), ("expired", 10, 0))
        self.extend(lot)
        self.assertEqual((self.account.balance, lot.state, lot.expired), (10, "spent", 0))
        back = self.env["loyalty.club.lot"].search([("origin_lot_id", "=", lot.id)])
        self.assertEqual((back.entry_id.kind, back.entry_id.reversal_of_id.kind), ("reverse", "expire"))
        self.refused(lot)  # nothing of it is left to reinstate
        self.night(42)
        self.assertEqual(self.account.balance, 0)

    def test_the_windows_of_the_club(self):
        lot = self.earn(10)
        self.night(11)
        self.club.write({"reinstate_days": 5, "extend_days": 30})
        self.refused(lot, day=20)
        self.club.reinstate_days = 30
        self.refused(lot, last_day="2026-04-21")
        self.refused(lot, last_day="2026-03-20")
        self.refused(self._post(self.account, 1, "adjust", incoming=True).lot_ids)
        self.extend(lot)

    def test_a_life_is_not_shortened(self):
        self.refused(self.earn(10), day=5, last_day="2026-03-11")

    def test_above_the_limit_a_second_person_decides(self):
        extension = self.extend(self.earn(150), day=5)
        self.assertEqual((extension.state, extension.lot_ids.remaining), ("waiting", 150))
        with self.assertRaises(UserError):
            extension.action_approve()
        with freeze_time(START + timedelta(days=6)):
            extension.with_user(self.managers[1]).action_approve()
        self.assertEqual((extension.state, self.account.balance), ("done", 150))

    def test_many_small_ones_of_a_day_are_one_large_one(self):
        lots = [self.earn(60), self.earn(60, 1)]
        self.assertEqual(self.extend(lots[0], day=5).state, "done")
        self.assertEqual(self.extend(lots[1], day=5).state, "waiting")
        self.assertEqual(self.extend(lots[1], day=6).state, "done", "the next day has room again")

    def test_only_managers_extend(self):
        lot = self.earn(10)
        for role in ("cashier", "officer", "auditor"):
            with self.assertRaises(AccessError), freeze_time(START):
                self.env["loyalty.club.extension"].with_user(self._user(role)).create(
                    {"club_id": self.club.id, "lot_ids": lot.ids, "last_day": "2026-04-01", "reason": "x"}
                )

    def test_lots_are_found_by_what_they_are(self):
        self.program.write({"club_life": "days", "club_life_count": 10, "club_wait_days": 0})
        with freeze_time(datetime(2026, 3, 12)):
            usable = self.earn(2, 5)
            spent = self.earn(3, 6)
            self._post(self.account, 3, "redeem", lots=((spent.id, 3),))
            self.program.club_wait_days = 30
            pending = self.earn(4, 6)
            over = self.env["loyalty.club.lot"].browse()
        over = self.earn(1, -30)
        self.env.invalidate_all()
        with freeze_time(datetime(2026, 3, 12)):
            Lot = self.env["loyalty.club.lot"]
            for lot, state in ((usable, "usable"), (pending, "pending"), (spent, "spent")):
                self.assertEqual(lot.state, state)
                found = Lot.search([("account_id", "=", self.account.id), ("state", "=", state)])
                self.assertIn(lot, found)
            self.assertTrue(over.expires_at)

    # -- adjustments ---------------------------------------------------------------------------------------------------

    def adjust(self, amount, user=0, **values):
        adjustment = (
            self.env["loyalty.club.adjustment"]
            .with_user(self.managers[user])
            .create({"member_id": self.member.id, "amount": amount, "reason": "r", **values})
        )
        adjustment.action_request()
        return adjustment

    def test_many_small_adjustments_of_a_day_are_one_large_one(self):
        self.assertEqual(self.adjust(60).state, "done")
        self.assertEqual(self.adjust(-30, user=1).state, "done")
        waiting = self.adjust(20, user=1)
        self.assertEqual(waiting.state, "waiting", "60 + 30 + 20 are more than 100, whoever asked")
        waiting.with_user(self.managers[0]).action_approve()
        self.assertEqual(self.adjust(10).state, "done", "what two people decided does not count")

    def test_temporary_points_have_their_own_end_and_permanent_ones_none(self):
        with freeze_time(START):
            lot = self.adjust(5, last_day="2026-03-15").entry_id.lot_ids
            self.assertEqual(lot.expires_at, datetime(2026, 3, 16))
            self.assertFalse(self.adjust(5).entry_id.lot_ids.expires_at)
            with self.assertRaises(UserError):
                self.adjust(5, last_day="2026-02-28")
            with self.assertRaises(UserError):
                self.adjust(-5, last_day="2026-03-15")
