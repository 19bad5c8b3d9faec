"""Friends who buy at the till: paid once, after the return window, for what they kept; and the visit of the day."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosReferral(ClubPosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.referral_wait_days = 14
        cls.friend = cls._member(name="Ali", referrer=cls.member.referral_code)
        cls.referral = cls.env["loyalty.club.referral"].search([("friend_id", "=", cls.friend.id)])

    def _rule(self, **values):
        values = {"club_id": self.club.id, "name": "Friends", "mode": "percent", "amount": 10, "purchases": 2, **values}
        return self.env["loyalty.club.referral.rule"].create(values)

    def _run(self, days=15):
        """The job, so many days from now."""
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + timedelta(days=days)), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_referral").method_direct_trigger()
        self.env.invalidate_all()

    def _rewards(self):
        return self.referral.reward_ids.sorted("id").mapped("amount")

    def _buys(self, *lines):
        return self._sell(list(lines), member=self.friend)

    def test_a_percentage_is_rounded_down_and_comes_after_the_window(self):
        self._rule(amount=7)
        self._buys((self.tea, 1))  # 25.50: 1.785 points
        self._run(days=13)
        self.assertFalse(self._rewards())
        self._run()
        self.assertEqual(self._rewards(), [1])
        self.assertEqual(self._points(), 1)
        entry = self.referral.reward_ids.entry_id
        self.assertEqual((entry.kind, entry.documented), ("earn", False))

    def test_credit_is_exact_to_the_cent(self):
        self._rule(amount=7, value="credit")
        self._buys((self.tea, 1))
        self._run()
        self.assertEqual(self._rewards(), [1.78])

    def test_the_job_twice_or_late_pays_once(self):
        self._rule()
        self._buys((self.bread, 10))
        self._run(days=60)
        self._run(days=61)
        self.assertEqual(self._rewards(), [10])

    def test_a_job_that_was_killed_is_taken_up_again(self):
        self._rule()
        self._buys((self.bread, 10))
        purchase = self.referral.sudo().purchase_ids
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            purchase._club_settle()
            self.env.flush_all()
            raise ZeroDivisionError  # everything since the last commit is gone
        self.env.invalidate_all()
        self.assertFalse(self._rewards())
        self._run()
        self.assertEqual(self._rewards(), [10])

    def test_only_the_first_purchases_count_and_returned_ones_are_none(self):
        self._rule()
        first, _second, _third, _fourth = [self._buys((self.bread, number)) for number in (10, 20, 30, 40)]
        self._refund(first)
        self._run()
        self.assertEqual(self._rewards(), [20, 30])
        self.assertEqual((self.referral.purchase_count, self.referral.purchase_amount), (3, 900))
        self.assertEqual(self.referral.purchase_ids.filtered(lambda p: p.origin_id == first.id).state, "returned")

    def test_what_came_back_within_the_window_does_not_count(self):
        self._rule()
        order = self._buys((self.bread, 10), (self.tea, 2))
        self._refund(order, {order.lines[0]: 4})
        self._run()
        self.assertEqual(self._rewards(), [11])  # 60 + 51
        self.assertEqual(self.referral.purchase_amount, 111)

    def test_what_comes_back_after_the_window_changes_nothing(self):
        self._rule()
        order = self._buys((self.bread, 10))
        self._run()
        with freeze_time(fields.Datetime.now() + timedelta(days=20)):
            self._refund(order, date_order=fields.Datetime.to_string(fields.Datetime.now()))
        self._run(days=40)
        self.assertEqual(self._rewards(), [10])
        self.assertEqual(self._points(), 10, "the referrer keeps it")
        self.assertEqual(self._points(self.friend), 0, "the friend's own points go back with the goods")

    def test_a_late_job_pays_as_one_in_time(self):
        self._rule()
        order = self._buys((self.bread, 10))
        refund = self._refund(order)
        self._date_back(refund, fields.Datetime.now() + timedelta(days=20))
        self._run(days=30)
        self.assertEqual(self._rewards(), [10])

    def test_a_small_purchase_earns_nothing_but_is_one(self):
        self._rule(minimum=50, purchases=1)
        self._buys((self.bread, 1))
        self._buys((self.bread, 10))
        self._run()
        self.assertFalse(self._rewards())
        self.assertEqual(self.referral.purchase_count, 2)

    def test_caps_per_member_and_per_friend_are_filled_to_the_last_point(self):
        self._rule(mode="fixed", amount=30, purchases=3, cap_amount=50, cap_period="ever")
        self._rule(name="For you", side="friend", mode="fixed", amount=30, purchases=3, cap_friend=40)
        for _purchase in range(3):
            self._buys((self.bread, 1))
        self._run()
        by_side = self.referral.reward_ids.sorted("id").grouped("side")
        self.assertEqual(by_side["referrer"].mapped("amount"), [30, 20, 0])
        self.assertEqual(by_side["referrer"].mapped("state"), ["given", "part", "cap"])
        self.assertEqual(by_side["friend"].mapped("amount"), [30, 10, 0])

    def test_a_referrer_who_is_blocked_gets_nothing(self):
        self._rule()
        self._buys((self.bread, 10))
        self.member.action_block()
        self._run()
        self.assertEqual(self.referral.reward_ids.mapped("state"), ["inactive"])

    def test_friends_who_turn_out_to_be_one_person_earn_nothing(self):
        self._rule()
        self._buys((self.bread, 10))
        self.friend.sudo()._club_merge_into(self.member)
        self._run()
        self.assertFalse(self._rewards())

    def test_a_customer_of_before_was_not_brought_by_anybody(self):
        partner = self.env["res.partner"].create({"name": "Old customer", "phone": "09351112233"})
        self._date_back(self._sell([(self.bread, 1)], partner=partner), fields.Datetime.now() - timedelta(days=1))
        old = self._member(partner=partner, mobile="09351112233", referrer=self.member.referral_code)
        referral = self.env["loyalty.club.referral"].search([("friend_id", "=", old.id)])
        self.assertEqual(referral.refusal, "customer")

    def test_joining_at_the_till_names_who_invited(self):
        till = self.till.with_user(self.cashier)
        answer = till.club_join("09351112233", "F", referrer=self.member.referral_code)
        friend = self.env["loyalty.club.member"].browse(answer["members"][0]["member_id"])
        self.assertEqual(friend.referrer_id, self.member)

    def test_a_cashier_does_not_join_people_on_his_own_code(self):
        own = self._member(name="Cashier", partner=self.cashier.partner_id)
        answer = self.till.with_user(self.cashier).club_join("09351112233", "F", referrer=own.referral_code)
        friend = self.env["loyalty.club.member"].browse(answer["members"][0]["member_id"])
        self.assertFalse(friend.referrer_id)
        referral = self.env["loyalty.club.referral"].search([("friend_id", "=", friend.id)])
        self.assertEqual(referral.refusal, "staff")

    def test_the_first_purchase_of_a_day_is_the_visit_and_a_refund_does_not_take_it(self):
        visit = self.club.event_type_ids.filtered(lambda kind: kind.code == "visit")
        visit.write({"active": True, "amount": 5})
        order = self._sell([(self.bread, 1)])
        self._sell([(self.bread, 1)])
        self.assertEqual(self._points(), 25)
        self._refund(order)
        self.assertEqual(self._points(), 15)
