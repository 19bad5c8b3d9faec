"""Any sequence of earn, spend, refund, expire, transfer, extend through the public writers keeps every invariant."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClubCommon

POLICIES = (
    {"club_life": "never", "club_wait_days": 0},
    {"club_life": "days", "club_life_count": 3, "club_wait_days": 0},
    {"club_life": "days", "club_life_count": 5, "club_wait_days": 2},
    {"club_life": "idle", "club_life_count": 4, "club_wait_days": 0},
    {"club_life": "month_end", "club_life_count": 0, "club_calendar": "jalali", "club_wait_days": 0},
)


@tagged("post_install", "-at_install")
class TestLotStories(ClubCommon):
    """``self.total`` is a plain sum of what came and went, kept beside the ledger."""

    def setUp(self):
        super().setUp()
        self.program.write({"club_transfer": True, "club_transfer_count": 0, "club_transfer_fee_fixed": 1})
        self.club.adjust_limit = 1_000_000
        self.members = [self._member(name=name) for name in ("Sara", "Reza")]
        self.accounts = [self._account(member) for member in self.members]
        self.spent, self.holds, self.transfers, self.total = [], [], [], 0

    def earn(self, who, amount):
        self.program.write(self.chance.choice(POLICIES))
        self._post(self.accounts[who], amount, branch_id=self.branch.id)
        self.total += amount

    def spend(self, who, amount):
        entry = self._post(self.accounts[who], amount, "redeem", branch_id=self.branch.id)
        self.spent.append(entry)
        self.total -= amount

    def hold(self, who, amount):
        self.holds.append((self.accounts[who]._club_authorise(Decimal(amount), f"hold:{len(self.seen)}"), amount))

    def resolve(self, _who, _amount):
        if self.holds:
            hold, amount = self.holds.pop()
            if self.chance.random() < 0.5:
                hold._club_release()
            else:
                try:
                    hold._club_capture()
                except UserError as error:
                    raise AssertionError("what was set aside is not there any more") from error
                self.total -= amount

    def refund(self, _who, _amount):
        if self.spent:
            entry = self.spent.pop()
            self.total += -entry.amount
            entry._club_reverse(f"refund:{len(self.seen)}")

    def transfer(self, who, amount):
        transfer = self.env["loyalty.club.transfer"].create(
            {"from_member_id": self.members[who].id, "to_member_id": self.members[1 - who].id, "amount": amount}
        )
        transfer.action_transfer()
        self.transfers.append(transfer)
        self.total -= 1

    def undo(self, _who, _amount):
        if self.transfers:
            self.transfers.pop().action_reverse()
            self.total += 1

    def night(self, _who, _amount):
        before = sum(account.balance for account in self.accounts)
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.total -= before - sum(account.balance for account in self.accounts)

    def extend(self, who, _amount):
        lots = self.accounts[who].lot_ids.filtered(lambda lot: lot.expires_at and (lot.remaining or lot.expired))[:2]
        gone = sum(lots.mapped("expired"))
        extension = self.env["loyalty.club.extension"].create(
            {
                "club_id": self.club.id,
                "lot_ids": lots.ids,
                "last_day": self.club._club_today() + timedelta(days=20),
                "reason": "Story",
            }
        )
        extension.action_request()
        self.total += gone

    def test_any_story_keeps_every_invariant(self):
        steps = ("earn", "earn", "spend", "hold", "resolve", "refund", "transfer", "undo", "night", "extend")
        for seed in range(4):
            self.chance, self.seen = Random(seed), []
            at = datetime(2026, 3, 1, 12) + timedelta(days=100 * seed)
            for _step in range(30):
                at += timedelta(hours=self.chance.choice((1, 7, 30)))
                step, who, amount = self.chance.choice(steps), self.chance.randrange(2), self.chance.randint(1, 20)
                self.seen.append((seed, step))
                total = self.total
                try:
                    with freeze_time(at), self.env.cr.savepoint():
                        getattr(self, step)(who, amount)
                except UserError:
                    self.total = total  # refused: not there, over already, or used by the receiver
                    self.env.invalidate_all()
                self.assertEqual(sum(account.balance for account in self.accounts), self.total, self.seen[-3:])
            self._check_ledger()
        self.assertGreater(len({step for _seed, step in self.seen}), 8)
