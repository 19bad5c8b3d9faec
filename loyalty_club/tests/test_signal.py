"""Signals: each is seen on the day it happens, once, and a quiet shop gets none."""

from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..rules.movement import Movement
from .common import ClubCommon

DAY = date(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestSignals(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.company_id.partner_id.tz = "Asia/Tehran"
        cls.cashier = cls._user("cashier", login="signal_cashier")
        cls.members = [cls._member(name=f"Member {number}", joined_at="2025-01-01 10:00:00") for number in range(8)]
        with freeze_time("2026-01-01 10:00:00"):
            for member in cls.members:
                cls._post(cls._account(member), 1000, kind="opening", counter="opening", incoming=True)

    def book(self, member, kind="earn", amount=10, day=DAY, user=None, order=None, hour=12):
        """A booking of a till order on a day."""
        order = order or next(self._keys)
        with freeze_time(f"{day} {hour:02d}:00:00"):
            return (
                self.env["loyalty.club.entry"]
                .with_user(user or self.cashier)
                ._club_post(
                    [
                        Movement(
                            key=f"signal:{next(self._keys)}",
                            kind=kind,
                            account_id=self._account(member).id,
                            amount=Decimal(amount),
                            incoming=kind == "earn",
                            counter="adjust" if kind == "adjust" else "redeem" if kind == "redeem" else "issue",
                            branch_id=self.branch.id,
                            origin=("pos.order", order),
                        )
                    ]
                )
            )

    def signals(self, day=DAY):
        self.club._club_scan(day)
        return self.env["loyalty.club.signal"].search([("club_id", "=", self.club.id), ("day", "=", day)])

    def test_a_quiet_shop_gets_no_signal(self):
        for number, member in enumerate(self.members):
            for back in range(3):
                self.book(member, day=DAY - timedelta(days=back), hour=8 + number)
            self.book(member, kind="redeem")
        self.assertFalse(self.signals())

    def test_one_cashier_with_one_member_many_times(self):
        for _time in range(4):
            self.book(self.members[0])
        self.assertFalse(self.signals())
        self.book(self.members[0])
        signal = self.signals()
        self.assertEqual((signal.kind, signal.count, signal.member_id), ("same_member", 5, self.members[0]))
        self.assertEqual((signal.user_id, signal.branch_id, signal.amount), (self.cashier, self.branch, 50))

    def test_earning_and_spending_on_one_order_are_one_time(self):
        for order in range(4):
            self.book(self.members[0], order=order + 1)
            self.book(self.members[0], kind="redeem", order=order + 1)
        self.assertFalse(self.signals())

    def test_a_cashier_with_his_own_card(self):
        own = self.env["loyalty.club.member"]._club_enrol(self.club, mobile="09351112233", name="Own")[0]
        self.book(own)
        self.assertFalse(self.signals())
        self.cashier.partner_id.phone = "+98 935 111 2233"
        self.assertEqual(self.signals().kind, "staff")

    def test_many_returns_and_only_small_ones_when_asked(self):
        earned = [self.book(self.members[number % 8], amount=5 + 95 * (number == 9)) for number in range(10)]
        self.club.signal_same_member = 0
        with freeze_time(f"{DAY} 14:00:00"):
            for number, entry in enumerate(earned):
                entry.with_user(self.cashier).sudo()._club_reverse(
                    f"signal:back:{number}", origin=("pos.order", 1000 + number)
                )
        self.club.signal_refund_amount = 50
        self.assertFalse(self.signals())
        self.club.signal_refund_amount = 0
        self.assertEqual(self.signals().mapped("kind"), ["refunds"])

    def test_a_burst_against_the_cashier_s_own_days(self):
        self.club.signal_same_member = 0
        for back in range(1, 7):
            for number in range(5):
                self.book(self.members[number], day=DAY - timedelta(days=back))
        for number in range(19):
            self.book(self.members[number % 8])
        self.assertFalse(self.signals(), "below the floor")
        self.book(self.members[0])
        signal = self.signals()
        self.assertEqual((signal.kind, signal.user_id, signal.count, signal.usual), ("burst", self.cashier, 20, 5))

    def test_a_new_cashier_has_no_usual_day_and_no_burst(self):
        self.club.signal_same_member = 0
        for number in range(40):
            self.book(self.members[number % 8])
        self.assertFalse(self.signals())

    def test_many_adjustments(self):
        for number in range(10):
            self.book(self.members[number % 8], kind="adjust")
        self.assertEqual(self.signals().mapped("kind"), ["adjustments"])

    def test_rewards_for_members_who_have_only_just_joined(self):
        with freeze_time(f"{DAY} 09:00:00"):
            fresh = [self._member(name=f"Fresh {number}") for number in range(3)]
            for member in fresh:
                self._post(self._account(member), 100)
        for member in fresh:
            self.book(member, kind="redeem")
        self.assertEqual(self.signals().mapped("kind"), ["fresh"])

    def test_many_wrong_codes(self):
        with freeze_time(f"{DAY} 12:00:00"):
            for member in self.members[:2]:
                proof = (
                    self.env["loyalty.club.proof"]
                    .with_user(self.cashier)
                    ._club_new(member, "points", Decimal(100), f"o:{member.id}")[0]
                )
                proof.tries = 5
                proof.flush_recordset()
                self.env.cr.execute(
                    "UPDATE loyalty_club_proof SET create_date = %s WHERE id = %s", (f"{DAY} 12:00:00", proof.id)
                )
        signal = self.signals()
        self.assertEqual((signal.kind, signal.count, signal.user_id), ("codes", 10, self.cashier))

    def test_a_day_ends_at_midnight_where_the_club_is(self):
        # 20:29 UTC is 23:59 in Tehran, 20:30 is the next day
        for _time in range(3):
            self.book(self.members[0], hour=20)
        for _time in range(2):
            self.book(self.members[0], hour=21)
        self.assertFalse(self.signals())
        self.assertFalse(self.signals(DAY + timedelta(days=1)))

    def test_the_same_signal_comes_once_and_keeps_its_note(self):
        for _time in range(5):
            self.book(self.members[0])
        signal = self.signals()
        manager = self._user("manager")
        with self.assertRaises(UserError):
            signal.with_user(manager).action_seen()
        signal.with_user(manager).note = "He buys for his colleagues"
        signal.with_user(manager).action_seen()
        self.book(self.members[0])
        again = self.signals()
        self.assertEqual((again, again.state, again.note), (signal, "seen", "He buys for his colleagues"))

    def test_zero_switches_a_signal_off(self):
        self.club.write({"signal_same_member": 0, "signal_burst": 0})
        for _time in range(9):
            self.book(self.members[0])
        self.assertFalse(self.signals())

    def test_the_job_looks_at_each_day_once_and_catches_up(self):
        for _time in range(5):
            self.book(self.members[0])
        self.env["loyalty.club"].search([("id", "!=", self.club.id)]).active = False
        self.club.signal_day = DAY - timedelta(days=1)
        with self.enter_registry_test_mode(), freeze_time("2026-03-13 10:00:00"), self.registry.cursor() as cr:
            self.env(cr=cr)["loyalty.club.signal"]._cron_scan()
        self.assertEqual(self.club.signal_day, date(2026, 3, 12))
        self.assertEqual(self.env["loyalty.club.signal"].search([("club_id", "=", self.club.id)]).kind, "same_member")

    def test_nobody_closes_a_signal_about_himself_and_cashiers_see_none(self):
        manager = self._user("manager")
        signal = self.env["loyalty.club.signal"].create(
            {"kind": "staff", "key": "x", "club_id": self.club.id, "day": DAY, "user_id": manager.id, "note": "ok"}
        )
        with self.assertRaises(UserError):
            signal.with_user(manager).action_seen()
        with self.assertRaises(AccessError):
            signal.with_user(manager).write({"state": "seen"})
        with self.assertRaises(AccessError):
            signal.with_user(self.cashier).read(["kind"])
