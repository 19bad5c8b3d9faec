"""The door and the guards behind it: nothing doubled, overspent, edited or lost."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from unittest.mock import patch

import psycopg2

from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestLedger(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls._member()
        cls.account = cls._account(cls.member)

    def _lots(self, account=None):
        return (account or self.account).lot_ids.sorted("id").mapped("remaining")

    def test_the_same_key_posted_again_returns_the_first_entry(self):
        movement = self._movement(self.account, 100, key="once")
        first = self.env["loyalty.club.entry"]._club_post([movement])
        again = self.env["loyalty.club.entry"]._club_post([movement])
        self.assertEqual(first, again)
        self.assertEqual(self.account.balance, 100)

    def test_the_same_key_with_another_amount_is_refused_and_changes_nothing(self):
        self._post(self.account, 100, key="once")
        with self.assertRaisesRegex(UserError, "once"):
            self._post(self.account, 101, key="once")
        self.assertEqual(self.account.balance, 100)

    def test_one_bad_movement_of_many_leaves_nothing_behind(self):
        with self.assertRaises(UserError):
            self.env["loyalty.club.entry"]._club_post(
                [self._movement(self.account, 5, key="good"), self._movement(self.account, 6, "redeem", key="too much")]
            )
        self.assertFalse(self.env["loyalty.club.entry"].search([("key", "=", "good")]))
        self.assertEqual(self.account.balance, 0)

    def test_an_overspend_is_refused_with_what_there_is_and_what_is_needed(self):
        self._post(self.account, 40)
        with self.assertRaisesRegex(UserError, "40.*100"):
            self._post(self.account, 100, "redeem")
        self.assertEqual(self.account.balance, 40)

    def test_amounts_that_make_no_sense_are_refused(self):
        for amount in ("0", "-5", "0.0001", "NaN"):
            with self.assertRaises(UserError):
                self._post(self.account, amount)

    def test_the_last_fraction_of_a_point_can_be_spent(self):
        """Row 30: 0.40 left on a card could not be used."""
        self._post(self.account, "10.400")
        self._post(self.account, 10, "redeem")
        self._post(self.account, "0.4", "redeem")
        self.assertEqual(self.account.balance, 0)
        self.assertEqual(self._lots(), [0])

    def test_lots_that_die_first_are_spent_first(self):
        soon, later = datetime(2030, 1, 1), datetime(2031, 1, 1)
        self._post(self.account, 10)
        self._post(self.account, 10, new_lots=(NewLot(Decimal(10), expires_at=later),))
        self._post(self.account, 10, new_lots=(NewLot(Decimal(10), expires_at=soon),))
        self._post(self.account, 15, "redeem", occurred_at=datetime(2029, 1, 1))
        self.assertEqual(self._lots(), [10, 5, 0])

    def test_a_lot_is_usable_to_its_last_second_and_not_before_its_first(self):
        start, end = datetime(2030, 1, 1), datetime(2030, 2, 1)
        self._post(self.account, 10, new_lots=(NewLot(Decimal(10), usable_from=start, expires_at=end),))
        for moment in (start - timedelta(seconds=1), end):
            with self.assertRaises(UserError):
                self._post(self.account, 1, "redeem", occurred_at=moment)
        for moment in (start, end - timedelta(seconds=1)):
            self._post(self.account, 1, "redeem", occurred_at=moment)
        self.assertEqual(self.account.balance, 8)

    def test_reversing_a_spend_fills_the_very_lots_it_came_from(self):
        """Row 8: a refund spent the points again, or gave them back with another life."""
        soon = datetime(2030, 1, 1)
        self._post(self.account, 10, new_lots=(NewLot(Decimal(10), expires_at=soon),))
        self._post(self.account, 10)
        spend = self._post(self.account, 15, "redeem", occurred_at=datetime(2029, 1, 1))
        self.assertEqual(self._lots(), [0, 5])
        spend._club_reverse("back:1", Decimal(6))
        self.assertEqual(self._lots(), [1, 10])
        spend._club_reverse("back:2")
        self.assertEqual(self._lots(), [10, 10])

    def test_a_second_part_of_a_reversal_fills_what_the_first_one_left(self):
        """Two spendings share a lot: undoing one in two steps must not give back what the other one took."""
        for _number in range(2):
            self._post(self.account, 10)
        first = self._post(self.account, 15, "redeem")
        self._post(self.account, 5, "redeem")
        first._club_reverse("back:1", Decimal(6))
        self.assertEqual(self._lots(), [1, 5])
        first._club_reverse("back:2")
        self.assertEqual(self._lots(), [10, 5])

    def test_an_entry_is_never_reversed_twice(self):
        earned = self._post(self.account, 10)
        first = earned._club_reverse("undo")
        self.assertEqual(earned._club_reverse("undo"), first)
        self.assertFalse(earned._club_reverse("undo again"))
        self.assertEqual(self.account.balance, 0)

    def test_more_than_the_rest_of_an_entry_is_not_reversed(self):
        earned = self._post(self.account, 10)
        earned._club_reverse("undo", Decimal(4))
        with self.assertRaisesRegex(UserError, "6"):
            earned._club_reverse("undo more", Decimal(7))

    def test_taking_back_spent_points_is_a_debt_that_the_next_points_pay(self):
        """Row 7: buy, earn, spend, refund and keep the points."""
        earned = self._post(self.account, 10)
        self._post(self.account, 8, "redeem")
        earned._club_reverse("undo", allow_debt=True)
        self.assertEqual((self.account.balance, self.account.debt, self.account.available), (-8, 8, 0))
        self._post(self.account, 20)
        self.assertEqual((self.account.balance, self.account.debt, self.account.available), (12, 0, 12))

    def test_a_debt_is_refused_unless_allowed(self):
        earned = self._post(self.account, 10)
        self._post(self.account, 8, "redeem")
        with self.assertRaises(UserError):
            earned._club_reverse("undo")

    def test_odoos_card_shows_the_balance(self):
        self._post(self.account, 12)
        self.assertEqual(self.account.card_id.points, 12)

    def test_the_balance_after_each_posting_is_kept(self):
        """Row 28: the history showed net figures, or stale ones."""
        self._post(self.account, 100)
        self._post(self.account, 30, "redeem")
        self.assertEqual(self.account.posting_ids.sorted("seq").mapped("balance_after"), [100, 70])
        self.assertEqual(self.account.posting_ids.sorted("seq").mapped("signed_amount"), [100, -30])

    def test_thousands_of_movements_are_posted_with_a_fixed_number_of_queries(self):
        accounts = [self._account(self._member()) for _number in range(20)]
        self.env.flush_all()
        self.env["loyalty.club.entry"]._club_post([self._movement(accounts[0], 1)])
        with self.assertQueryCount(6):
            self.env["loyalty.club.entry"]._club_post(
                [self._movement(account, 1) for account in accounts for _n in range(50)]
            )
        self.assertEqual(accounts[7].balance, 50)

    def test_more_movements_than_one_insert_takes_are_posted_in_one_chain(self):
        self._post(self.account, 30)
        with patch("odoo.addons.loyalty_club.models.club_entry_rows.PAGE", 3):
            entries = self.env["loyalty.club.entry"]._club_post(
                [self._movement(self.account, amount) for amount in range(1, 8)]
                + [self._movement(self.account, 20, "redeem")]
            )
        self.assertEqual(entries.mapped("amount"), [*range(1, 8), -20])
        self.assertEqual(self.account.posting_ids.sorted("seq")[7:].mapped("balance_after"), [58, 38])

    def test_a_member_gets_a_card_only_with_the_first_movement(self):
        """Row 40: zero-point cards by the thousand."""
        member = self._member()
        self.assertFalse(member._club_account(self.program, create=False))
        self.assertFalse(self.env["loyalty.card"].search([("partner_id", "=", member.partner_id.id)]))
        self._post(self._account(member), 1)
        self.assertEqual(len(self.env["loyalty.card"].search([("partner_id", "=", member.partner_id.id)])), 1)

    def test_python_refuses_to_change_or_delete_entries(self):
        entry = self._post(self.account, 10)
        with self.assertRaises(UserError):
            entry.reason = "better"
        with self.assertRaises(UserError):
            entry.unlink()


@tagged("post_install", "-at_install")
class TestGuards(ClubCommon):
    """What PostgreSQL refuses, whoever asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._account(cls._member())
        cls.entry = cls._post(cls.account, 10)

    def _refused(self, query, *params):
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env.cr.execute(query, params)

    def test_entries_and_postings_cannot_be_edited_deleted_or_emptied(self):
        for table in ("entry", "posting"):
            self._refused(f"UPDATE loyalty_club_{table} SET id = id")
            self._refused(f"DELETE FROM loyalty_club_{table}")
            self._refused(f"TRUNCATE loyalty_club_{table} CASCADE")

    def test_balances_lots_and_points_cannot_be_set(self):
        self._refused("UPDATE loyalty_club_account SET balance = 1000 WHERE id = %s", self.account.id)
        self._refused("UPDATE loyalty_club_account SET debt = 5 WHERE id = %s", self.account.id)
        self._refused("UPDATE loyalty_club_lot SET remaining = 1 WHERE account_id = %s", self.account.id)
        self._refused("UPDATE loyalty_card SET points = 1000 WHERE id = %s", self.account.card_id.id)
        self._refused("DELETE FROM loyalty_club_account WHERE id = %s", self.account.id)

    def test_a_posting_beyond_the_lot_or_the_balance_is_refused(self):
        lot = self.account.lot_ids
        counter = self.entry.posting_ids.from_account_id
        insert = """INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount,
                           lot_id, opens_lot, seq, balance_after, hash)
                    VALUES (%s, %s, %s, %s, 11, %s, false, 2, -1, 'x')"""
        self._refused(insert, self.entry.id, self.account.id, counter.id, self.account.id, lot.id)

    def test_a_broken_chain_shows_in_the_check(self):
        self.env.cr.execute("ALTER TABLE loyalty_club_posting DISABLE TRIGGER loyalty_club_no_change")
        self.env.cr.execute("UPDATE loyalty_club_posting SET amount = 99 WHERE entry_id = %s", [self.entry.id])
        failures = self.env["loyalty.club.check"]._club_check()["failures"]
        self.env.cr.execute("UPDATE loyalty_club_posting SET amount = 10 WHERE entry_id = %s", [self.entry.id])
        self.env.cr.execute("ALTER TABLE loyalty_club_posting ENABLE TRIGGER loyalty_club_no_change")
        named = {failure["invariant"]: failure["named"][0] for failure in failures}
        self.assertLessEqual({"balance", "lot", "chain", "guards"}, set(named))
        owner = self.account.display_name
        self.assertEqual(named["balance"], f"account {self.account.id} ({owner}): balance 10.0, postings 99.0")
        self.assertEqual(
            named["chain"], f"posting {self.entry.posting_ids.id} ({owner}): account {self.account.id}, seq 1"
        )

    def test_a_cut_off_tail_shows_against_the_seal(self):
        self._post(self.account, 5, key="tail")
        seals = [self.env["loyalty.club.seal"]._club_seal(self.club) for _night in range(2)]
        said = [(seal.number, seal.accounts, seal.postings) for seal in seals]
        self.assertEqual(said, [(1, 1, 2), (2, 0, 2)], "a night in which nothing moved is sealed all the same")
        with self.env.cr.savepoint() as savepoint:
            for table in ("posting", "entry", "lot", "account"):
                self.env.cr.execute(f"ALTER TABLE loyalty_club_{table} DISABLE TRIGGER USER")
            self.env.cr.execute("DELETE FROM loyalty_club_posting WHERE account_id = %s AND seq = 2", [self.account.id])
            broken = {failure["invariant"] for failure in self.env["loyalty.club.check"]._club_check()["failures"]}
            self.assertIn("sealed", broken)
            savepoint.rollback()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestLedgerStory(ClubCommon):
    def test_a_long_random_story_keeps_every_invariant(self):
        """Earning, spending, undoing, debts, holds and merges in any order; the ledger is proved along the way."""
        rng = Random(20260321)
        accounts = [self._account(self._member()) for _number in range(4)]
        entries, balances = [], dict.fromkeys(accounts, Decimal(0))
        for step in range(150):
            account, amount = rng.choice(accounts), Decimal(rng.randint(1, 5000)) / 100
            action = rng.choice(["earn", "earn", "redeem", "redeem", "reverse", "reverse", "hold"])
            try:
                if action == "reverse" and entries:
                    entry, account, sign = rng.choice(entries)
                    undone = entry._club_reverse(f"story:{step}", allow_debt=sign > 0)
                    balances[account] += sum(undone._club_signed_amounts().values())
                elif action == "hold":
                    hold = self.env["loyalty.club.hold"]._club_hold(
                        account, amount, f"story:{step}", datetime(2040, 1, 1)
                    )
                    if rng.random() < 0.5:
                        hold._club_capture()
                        balances[account] -= amount
                    else:
                        hold._club_release()
                else:
                    life = {"new_lots": (NewLot(amount, expires_at=datetime(2030 + rng.randint(0, 9), 1, 1)),)}
                    values = life if action == "earn" else {"allow_debt": rng.random() < 0.2}
                    entry = self._post(account, amount, action if action == "earn" else "redeem", **values)
                    sign = 1 if action == "earn" else -1
                    entries.append((entry, account, sign))
                    balances[account] += sign * amount
            except UserError:
                continue  # refused: nothing may have changed
            if step % 25 == 0:
                self._check_ledger()
        self.env["loyalty.club.seal"]._club_seal(self.club)
        self._check_ledger()
        for account, balance in balances.items():
            self.assertEqual(Decimal(str(account.balance)), balance)
        self.assertTrue(any(account.debt for account in accounts) or len(entries) > 50)
