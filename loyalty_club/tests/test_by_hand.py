"""The limit for what one person changes by hand holds for the day, however it is split up."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestByHand(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.write({"adjust_limit": 100, "adjust_day_limit": 250})
        cls.club.company_id.partner_id.tz = "Asia/Tehran"
        cls.members = [cls._member(name=name) for name in ("Sara", "Reza", "Mina", "Omid")]
        cls.first, cls.second = (cls._user("manager", login=f"by_hand_{number}") for number in (1, 2))

    def _adjust(self, member, amount, user=None):
        adjustment = (
            self.env["loyalty.club.adjustment"]
            .with_user(user or self.first)
            .create({"member_id": member.id, "amount": amount, "reason": "Goodwill"})
        )
        adjustment.action_request()
        return adjustment

    def _give(self, value, user=None):
        wizard = self.env["loyalty.club.gift.give"].with_user(user or self.first)
        return wizard.create(
            {
                "club_id": self.club.id,
                "way": "give",
                "value": value,
                "reason": "Goodwill",
                "branch_id": self.branch.id,
            }
        ).action_give()

    def test_one_large_adjustment_is_split_over_a_member_s_day(self):
        self.assertEqual(self._adjust(self.members[0], 60).state, "done")
        self.assertEqual(self._adjust(self.members[0], 60).state, "waiting")
        self.assertEqual(self._adjust(self.members[0], 60, self.second).state, "waiting", "whoever asks")

    def test_one_large_adjustment_is_split_over_many_members(self):
        states = [self._adjust(member, 90).state for member in self.members[:3]]
        self.assertEqual(states, ["done", "done", "waiting"])
        self.assertEqual(self._adjust(self.members[3], 90, self.second).state, "done", "another person has his own day")

    def test_what_two_persons_decided_does_not_use_up_the_day(self):
        request = self._adjust(self.members[0], 240)
        request.with_user(self.second).action_approve()
        self.assertEqual(request.state, "done")
        self.assertEqual([self._adjust(member, 90).state for member in self.members[:2]], ["done", "done"])

    def test_taking_and_giving_do_not_cancel_out(self):
        states = [self._adjust(self.members[0], amount).state for amount in (60, -60)]
        self.assertEqual(states, ["done", "waiting"])

    def test_the_day_is_that_of_the_club(self):
        with freeze_time("2026-03-10 20:29:59"):  # one second before midnight in Tehran
            self.assertEqual(self._adjust(self.members[0], 100).state, "done")
            self.assertEqual(self._adjust(self.members[0], 1).state, "waiting")
        with freeze_time("2026-03-10 20:30:00"):
            self.assertEqual(self._adjust(self.members[0], 100).state, "done")

    def test_points_on_the_card_are_written_in_small_steps(self):
        cards = [self._account(member).card_id.with_user(self.first) for member in self.members]
        cards[0].points = 60
        with self.assertRaisesRegex(UserError, "second person"), self.env.cr.savepoint():
            cards[0].points = 120
        self.env.invalidate_all()
        cards[1].points = 100
        self.assertEqual(self._adjust(self.members[2], 91).state, "waiting", "all ways by hand count together")
        with self.assertRaisesRegex(UserError, "second person"), self.env.cr.savepoint():
            cards[2].points = 91
        self.env.invalidate_all()
        self.assertEqual([card.points for card in cards], [60, 100, 0, 0])

    def test_a_longer_life_and_an_adjustment_share_the_limit(self):
        self.program.write({"club_life": "days", "club_life_count": 10})
        lot = self._post(self._account(self.members[0]), 80).lot_ids
        extension = (
            self.env["loyalty.club.extension"]
            .with_user(self.first)
            .create(
                {
                    "club_id": self.club.id,
                    "lot_ids": lot.ids,
                    "last_day": lot.expires_at.date() + timedelta(days=5),
                    "reason": "Was in hospital",
                }
            )
        )
        self.assertFalse(extension.needs_approval)
        self.assertEqual(self._adjust(self.members[0], 80).state, "done")
        extension.invalidate_recordset(["needs_approval"])
        self.assertTrue(extension.needs_approval)

    def test_without_a_limit_for_the_person_that_of_the_member_stays(self):
        self.club.adjust_day_limit = 0
        self.assertEqual({self._adjust(member, 100).state for member in self.members}, {"done"})
        self.assertEqual(self._adjust(self.members[0], 1).state, "waiting")

    def test_an_officer_gives_one_large_present_in_small_cards(self):
        self.club._club_ensure_program("gift")
        officer = self._user("officer", login="by_hand_officer")
        for _card in range(2):
            self._give(100, officer)
        with self.assertRaisesRegex(UserError, "given by a manager"):
            self._give(100, officer)
        self._give(100, self.first)
