"""The expiry job: what has died leaves the balance once, never what is held, and goes on where it stopped."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.addons.loyalty_club.rules.movement import NewLot, digest
from odoo.tests import tagged

from .common import ClubCommon

START = datetime(2026, 3, 1, 12)


@tagged("post_install", "-at_install")
class TestExpiry(ClubCommon):
    def setUp(self):
        super().setUp()
        self.club.company_id.partner_id.tz = "UTC"
        self.program.write({"club_life": "days", "club_life_count": 10})
        self.account = self._account(self._member())

    def earn(self, amount, day=0, account=None, **values):
        with freeze_time(START + timedelta(days=day)):
            return self._post(account or self.account, amount, branch_id=self.branch.id, **values)

    def night(self, day):
        with freeze_time(datetime(2026, 3, 1, 0, 30) + timedelta(days=day)), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()

    def expired(self, account=None):
        account = account or self.account
        return self.env["loyalty.club.entry"].search(
            [("kind", "=", "expire"), ("posting_ids.account_id", "=", account.id)], order="id"
        )

    def test_nothing_expires_on_its_last_day(self):
        """Rows 16 and 17."""
        self.earn(10)
        self.night(10)
        self.assertEqual(self.account.balance, 10)
        self.night(11)
        self.assertEqual((self.account.balance, self.account.card_id.points), (0, 0))

    def test_nothing_expires_twice(self):
        self.earn(10)
        self.night(11)
        self.night(11)
        self.night(12)
        self.assertEqual(self.expired().mapped("amount"), [-10])

    def test_lots_of_every_label_expire(self):
        """Row 47: lots with another label never expired."""
        end = datetime(2026, 3, 5)
        for kind in ("earn", "load", "adjust", "opening", "core", "transfer"):
            self.earn(1, kind=kind, incoming=True, new_lots=(NewLot(Decimal(1), None, None, end),))
        self.night(6)
        self.assertEqual(self.account.balance, 0)
        self.assertEqual(len(self.expired()), 6)

    def test_many_lots_of_one_account_make_one_unbroken_chain(self):
        for day in range(5):
            self.earn(day + 1, day)
        self.earn(100, 20)
        self._post(self.account, 2, "redeem", occurred_at=START)
        self.night(16)
        self.assertEqual(self.account.balance, 100)
        self.assertEqual(self.account.posting_ids.sorted("seq").mapped("balance_after")[-1], 100)

    def test_the_entry_is_what_the_door_would_have_written(self):
        entry = self.earn(10)
        self.night(11)
        expired = self.expired()
        movement = self._movement(
            self.account, 10, "expire", counter="expired", incoming=False, branch_id=self.branch.id, key=expired.key
        )
        self.assertEqual(expired.digest, digest(movement))
        self.assertEqual((expired.branch_id, expired.company_id), (self.branch, self.branch.company_id))
        self.assertEqual(expired.posting_ids.lot_id, entry.lot_ids)
        self.assertFalse(expired.documented)

    def test_what_is_set_aside_does_not_expire(self):
        self.earn(10)
        self.earn(5, 20)
        with freeze_time(START + timedelta(days=10)):
            hold = self.account._club_authorise(Decimal(4), "till")
        self.night(11)
        self.assertEqual(self.account.balance, 15, "the whole lot waits for the payment")
        hold._club_capture()
        self.night(12)
        self.assertEqual(self.account.balance, 5)
        self.assertEqual(self.expired().amount, -6)

    def test_what_died_before_something_was_set_aside_expires(self):
        self.earn(10)
        self.earn(5, 9)
        with freeze_time(START + timedelta(days=12)):
            self.account._club_authorise(Decimal(4), "till")
        self.night(13)
        self.assertEqual(self.account.balance, 5)

    def test_a_debt_is_not_paid_by_what_expires(self):
        self._post(self.account, 7, "redeem", allow_debt=True)
        self.earn(10)
        self.night(11)
        self.assertEqual((self.account.balance, self.account.debt), (0, 0))
        self.assertEqual(self.expired().amount, -3)

    def test_lots_of_many_accounts_expire_in_one_night(self):
        accounts = [self._account(self._member(name=f"M{number}")) for number in range(7)]
        for account in accounts:
            self.earn(3, account=account)
            self.earn(4, 1, account=account)
        self.night(20)
        self.assertEqual({account.balance for account in accounts}, {0})

    def test_refunded_value_whose_life_is_over_can_be_used_for_some_days(self):
        """Row 19: it expires between the purchase and its return."""
        self.club.refund_life_days = 7
        self.earn(10)
        with freeze_time(START):
            spent = self._post(self.account, 10, "redeem")
        self.night(11)
        with freeze_time(START + timedelta(days=15)):
            spent._club_reverse("refund", Decimal(4))
            self.assertEqual(self.account._club_usable_totals()[self.account.id], 4)
            spent._club_reverse("refund-2", Decimal(6))
        lots = self.env["loyalty.club.lot"].search([("account_id", "=", self.account.id), ("remaining", ">", 0)])
        self.assertEqual(set(lots.mapped("expires_at")), {datetime(2026, 3, 24)})
        self.assertEqual(lots.mapped("branch_id"), self.branch)
        self.night(23)
        self.assertEqual(self.account.balance, 0)

    def test_a_second_refund_goes_to_the_lot_that_is_alive(self):
        self.earn(5)
        alive = self.earn(5, 9).lot_ids
        with freeze_time(START + timedelta(days=9)):
            spent = self._post(self.account, 10, "redeem")
        with freeze_time(START + timedelta(days=12)):
            spent._club_reverse("refund-1", Decimal(6))
            spent._club_reverse("refund-2", Decimal(4))
        self.assertEqual(alive.remaining, 5)
        self.assertEqual(self.account.balance, 10)

    def test_without_days_of_grace_refunded_value_dies_the_next_night(self):
        self.club.refund_life_days = 0
        lot = self.earn(10).lot_ids
        with freeze_time(START):
            spent = self._post(self.account, 10, "redeem")
        with freeze_time(START + timedelta(days=15)):
            spent._club_reverse("refund")
        self.assertEqual(lot.remaining, 10)
        self.night(16)
        self.assertEqual(self.account.balance, 0)

    def test_the_job_runs_at_the_night_of_every_club_and_not_at_the_hour_of_the_installation(self):
        self.club.company_id.partner_id.tz = "Asia/Tehran"
        far = self.env["res.company"].create({"name": "Far away"})
        far.partner_id.tz = "America/New_York"
        self._make_club(name="Far away", company_id=far.id)
        cron = self.env.ref("loyalty_club.ir_cron_expire")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        for _run in range(2):
            with freeze_time("2026-03-01 12:00:00"), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        zones = {self.club._club_zone(), "America/New_York"} | {
            club._club_zone() for club in self.env["loyalty.club"].search([])
        }
        called = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")
        self.assertEqual(len(called), len(set(called)), "each night is called once")
        self.assertLessEqual({datetime(2026, 3, 1, 22), datetime(2026, 3, 2, 6, 30)}, set(called), zones)
        for at in called:
            self.assertIn("01:30", {f"{at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%H:%M}" for zone in zones})
