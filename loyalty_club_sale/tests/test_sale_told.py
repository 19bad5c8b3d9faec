"""What members are told of sale orders, up to the waiting message."""

from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleTold(ClubSaleCommon):
    """With ``loyalty_club_sms``, which is there wherever these tests run."""

    def on(self, code):
        automation = (
            self.env["loyalty.club.automation"]
            .with_context(active_test=False)
            .search([("club_id", "=", self.club.id), ("trigger_id.code", "=", code)])
        )
        automation.active = True
        return automation

    def told(self, automation):
        return self.env["loyalty.club.message"].search([("automation_id", "=", automation.id)], order="id")

    def test_an_order_is_told_once_when_it_earns(self):
        automation = self.on("purchase")
        order = self._order([(self.goods, 2, None)])
        order.action_confirm()
        self.env.flush_all()
        order._club_reconcile()
        order._club_reconcile()
        message = self.told(automation)
        self.assertEqual(message.member_id, self.member)
        self.assertEqual((float(message.values["earned"]), message.values["paid"]), (20, 200))
        self.assertEqual((message.origin_model, message.origin_id), ("sale.order", order.id))

    def test_orders_of_before_are_not_told(self):
        order = self._order([(self.goods, 2, None)])
        order.action_confirm()
        order._club_reconcile()
        automation = self.on("purchase")
        order._club_reconcile()
        self.assertFalse(self.told(automation))

    def test_what_is_taken_back_is_told(self):
        order = self._order([(self.goods, 2, None)])
        order.action_confirm()
        order._club_reconcile()
        automation = self.on("refund")
        order._action_cancel()
        order._club_reconcile()
        message = self.told(automation)
        self.assertEqual(float(message.values["taken_back"]), 20)
