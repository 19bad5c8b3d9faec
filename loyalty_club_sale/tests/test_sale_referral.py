"""Friends who buy by sale order: the window begins when the order has got where orders earn."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleReferral(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.friend = cls._member(name="Ali", referrer=cls.member.referral_code)
        cls.referral = cls.env["loyalty.club.referral"].search([("friend_id", "=", cls.friend.id)])
        cls.env["loyalty.club.referral.rule"].create(
            {"club_id": cls.club.id, "name": "Friends", "mode": "percent", "amount": 10, "purchases": 2}
        )

    def _confirmed(self):
        order = self._order(partner=self.friend.partner_id)
        order.action_confirm()
        self._commit()
        return order

    def _run(self, days=15):
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + timedelta(days=days)), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_referral").method_direct_trigger()
        self.env.invalidate_all()

    def _rewards(self):
        return self.referral.reward_ids.sorted("id").mapped("amount")

    def test_a_confirmed_order_is_paid_for_once(self):
        self._confirmed()
        self._run(days=13)
        self.assertFalse(self._rewards())
        self._run()
        self._run(days=40)
        self.assertEqual(self._rewards(), [40])
        self._assert_earned(40)

    def _assert_earned(self, points):
        self.assertEqual(self._balance(), points)

    def test_a_cancelled_order_is_no_purchase(self):
        order = self._confirmed()
        order._action_cancel()
        self._run()
        self.assertFalse(self._rewards())
        self.assertEqual(self.referral.purchase_ids.state, "returned")

    def test_a_reward_is_not_undone_when_the_order_changes_later(self):
        order = self._confirmed()
        self._run()
        order.order_line.product_uom_qty = 1
        self._commit()
        order._action_cancel()
        self._commit()
        self._assert_earned(40)
        self._run(days=40)
        self._assert_earned(40)

    def test_where_orders_earn_when_invoiced_the_window_begins_with_the_invoice(self):
        self.club.sale_earn_state = "invoiced"
        order = self._confirmed()
        self.assertFalse(self.referral.purchase_ids)
        invoice = self._invoice(order)
        self.assertEqual(len(self.referral.purchase_ids), 1)
        self._credit(invoice, 1)
        self._run()
        self.assertEqual(self._rewards(), [30])

    def test_a_customer_of_before_was_not_brought_by_anybody(self):
        partner = self.env["res.partner"].create({"name": "Old customer"})
        self._order(partner=partner).action_confirm()
        partner.sale_order_ids.date_order = fields.Datetime.now() - timedelta(days=1)
        old = self._member(partner=partner, mobile="09351112233", referrer=self.member.referral_code)
        referral = self.env["loyalty.club.referral"].search([("friend_id", "=", old.id)])
        self.assertEqual(referral.refusal, "customer")

    def test_an_order_is_a_visit_once_a_day_and_cancelling_it_takes_nothing(self):
        self.club.event_type_ids.filtered(lambda kind: kind.code == "visit").write({"active": True, "amount": 5})
        order, second = self._order(), self._order()
        (order | second).action_confirm()
        self._commit()
        (order | second)._action_cancel()
        self._commit()
        self.assertEqual(self._balance(), 5)
