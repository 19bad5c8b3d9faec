"""Preparing: shares, held-out members, personal codes; killed and started again, stopped and gone on."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import club_campaign_prepare
from .campaigns import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignPrepare(CampaignCase):
    def _prepare(self, campaign, limit, batches=None):
        """Batches of the job as it does them; all of them when ``batches`` is None."""
        done = 0
        while campaign._club_prepare(limit) and done != batches:
            done += 1
        self.env.invalidate_all()

    def test_shares_are_exact_and_nobody_gets_two_texts(self):
        members = self.people(20)
        campaign = self.campaign("A", "B", "C", shares=(60, 30, 10))
        self.confirm(campaign)
        self.job()
        messages = self.messages(campaign)
        counts = [
            len(messages.filtered(lambda one, v=variant: one.variant_id == v)) for variant in campaign.variant_ids
        ]
        self.assertEqual(counts, [12, 6, 2])
        self.assertEqual(messages.member_id, members)
        self.assertEqual(len(messages), 20)

    def test_a_preparation_that_was_killed_goes_on_where_it_stopped(self):
        members = self.people(25)
        campaign = self.campaign("A", "B")
        self.confirm(campaign)
        self._prepare(campaign, 10, batches=2)
        self.assertEqual((campaign.state, campaign.queued_count), ("preparing", 20))
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            campaign._club_prepare(3)
            raise ZeroDivisionError  # the worker dies in the middle of a batch
        self.env.invalidate_all()
        self._prepare(campaign, 10)
        self.assertEqual(campaign.state, "sending")
        messages = self.messages(campaign)
        self.assertEqual(len(messages), 25)
        self.assertEqual(messages.member_id, members)
        self.send("campaign")
        self.assertEqual(sorted(one.number for one in self.fake.messages), sorted(members.mapped("mobile")))

    def test_who_joins_while_it_is_prepared_does_not_get_it(self):
        self.people(4)
        campaign = self.campaign()
        self.confirm(campaign)
        self._prepare(campaign, 2, batches=1)
        late = self.person("Late")
        self._prepare(campaign, 2)
        self.assertNotIn(late, self.messages(campaign).member_id)
        self.assertEqual(campaign.recipient_count, 4)

    def test_large_batches_are_made_in_steps(self):
        self.people(7)
        campaign = self.campaign()
        self.confirm(campaign)
        with patch.object(club_campaign_prepare, "STEP", 3):
            self.job()
        self.assertEqual((campaign.state, len(self.messages(campaign))), ("sending", 7))

    def test_a_campaign_that_cannot_go_stops_and_says_why_and_others_go_on(self):
        self.people(2)
        program = self._coupons()
        broken = self.campaign("{coupon}", kind="codes", coupon_program_id=program.id)
        good = self.campaign()
        self.confirm(broken)
        self.confirm(good)
        program.active = False
        self.job()
        self.assertEqual(broken.state, "stopped")
        self.assertIn(program.name, broken.problem)
        self.assertEqual(good.state, "sending")
        program.active = True
        broken.action_resume()
        self.job()
        self.assertEqual((broken.state, broken.problem), ("sending", False))

    # -- stopping --------------------------------------------------------------------------------------------------

    def test_stopped_in_the_middle_nothing_more_goes_and_going_on_doubles_nothing(self):
        members = self.people(6)
        campaign = self.campaign()
        self.confirm(campaign)
        self._prepare(campaign, 3, batches=1)
        self.send("campaign")
        self.assertEqual(len(self.fake.messages), 3)
        campaign.action_stop()
        self.job()
        self.send("campaign")
        self.assertEqual((campaign.state, len(self.fake.messages)), ("stopped", 3))
        campaign.action_resume()
        self.job()
        self.send("campaign")
        self.job()
        self.assertEqual(sorted(one.number for one in self.fake.messages), sorted(members.mapped("mobile")))
        self.assertEqual(campaign.state, "done")

    def test_stopped_after_preparing_what_waits_keeps_waiting(self):
        self.people(3)
        campaign = self.campaign()
        self.confirm(campaign)
        self.job()
        campaign.action_stop()
        self.send("campaign")
        self.assertFalse(self.fake.messages)
        self.assertEqual(set(self.messages(campaign).mapped("state")), {"waiting"})
        campaign.action_resume()
        self.send("campaign")
        self.assertEqual(len(self.fake.messages), 3)

    def test_closed_for_good_what_waits_is_cancelled_and_says_why(self):
        self.people(2)
        campaign = self.campaign()
        self.confirm(campaign)
        self.job()
        campaign.action_stop()
        campaign.action_give_up()
        self.send("campaign")
        self.assertFalse(self.fake.messages)
        messages = self.messages(campaign)
        self.assertEqual((campaign.state, set(messages.mapped("state"))), ("done", {"cancelled"}))
        self.assertTrue(messages[0].reason_text)

    # -- held out --------------------------------------------------------------------------------------------------

    def test_held_out_members_are_drawn_from_those_who_would_get_it_and_get_nothing(self):
        self.people(20)
        for number in range(5):
            self._member(name=f"Never asked {number}")
        campaign = self.campaign(control_percent=20)
        campaign.action_count()
        self.assertEqual((campaign.reach_count, campaign.held_count), (16, 4))
        self.go(campaign)
        held = self.rows(campaign).filtered("control")
        self.assertEqual(len(held), 4)
        self.assertTrue(all(held.mapped("reachable")))
        self.assertFalse(self.messages(campaign).member_id & held.member_id)
        self.assertEqual(len(self.fake.messages), 16)
        self.assertEqual(campaign.control_count, 4)

    # -- personal codes --------------------------------------------------------------------------------------------

    def _coupons(self):
        Program = self.env["loyalty.program"]
        values = Program._program_type_default_values()["coupons"]
        return Program.create({**values, "name": "Ten percent", "program_type": "coupons"})

    def test_every_member_gets_a_code_of_his_own_that_odoo_knows(self):
        members = self.people(5)
        program = self._coupons()
        campaign = self.campaign("Code {coupon} until {coupon_until}", kind="codes", coupon_program_id=program.id)
        self.assertEqual(campaign.purpose, "offers")
        self.go(campaign)
        cards = program.coupon_ids
        self.assertEqual(len(set(cards.mapped("code"))), 5)
        self.assertEqual(cards.partner_id, members.partner_id)
        for member in members:
            card = cards.filtered(lambda one, m=member: one.partner_id == m.partner_id)
            self.assertIn(card.code, self.fake.got(member.mobile)[0])
            self.assertEqual(card.points, program.reward_ids.required_points)
            self.assertEqual(card.expiration_date, campaign.coupon_until)
            self.assertEqual(card.history_ids.issued, card.points)
        cards[0].points = 0
        campaign.invalidate_recordset()
        self.assertEqual(campaign.coupon_used_count, 1)

    def test_a_killed_preparation_makes_no_second_code(self):
        self.people(5)
        program = self._coupons()
        campaign = self.campaign("{coupon}", kind="codes", coupon_program_id=program.id)
        self.confirm(campaign)
        self._prepare(campaign, 2, batches=1)
        self._prepare(campaign, 2)
        self.assertEqual(len(program.coupon_ids), 5)
        self.assertEqual(len(self.messages(campaign)), 5)

    def test_codes_of_a_program_that_gives_nothing_are_refused(self):
        self.people(1)
        with self.assertRaises(UserError):
            self.campaign(kind="codes").action_ask()
        program = self._coupons()
        program.active = False
        with self.assertRaises(UserError):
            self.campaign(kind="codes", coupon_program_id=program.id).action_ask()
