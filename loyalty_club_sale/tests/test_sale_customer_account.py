"""Buying on credit by sale order: a member's limit holds until a manager says why not."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleCustomerAccount(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.account_limits = True
        cls.member.club_credit_limit = 250

    def used(self):
        self.member.invalidate_recordset(["club_credit_used"])
        return self.member.club_credit_used

    def test_orders_that_are_not_invoiced_count_and_the_one_too_many_waits(self):
        self._order([(self.goods, 1, 100)]).action_confirm()
        self._order([(self.goods, 1, 100)]).action_confirm()
        self.assertEqual(self.used(), 200)
        third = self._order([(self.goods, 1, 100)])
        with self.assertRaises(UserError) as refused:
            third.action_confirm()
        self.assertIn("up to", str(refused.exception))
        self.assertEqual(third.state, "draft")

    def test_an_invoice_takes_the_place_of_its_order(self):
        order = self._order([(self.goods, 1, 100)])
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual(self.used(), 100, "a draft invoice is no debt yet, the order is")
        invoice.action_post()
        self.assertEqual(self.used(), 100)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.assertEqual(self.used(), 0)

    def test_a_manager_with_a_reason_goes_above_the_limit_under_his_name(self):
        order = self._order([(self.goods, 1, 100)])
        self.member.club_credit_limit = 50
        with self.assertRaises(UserError):
            order.action_confirm()
        order.club_limit_reason = "Pays on Friday"
        self.assertEqual(order.club_limit_user_id, self.env.user)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_seller_can_t_allow_it_himself(self):
        seller = self._user(
            "officer", company=self.company, group_ids=[(6, 0, self.env.ref("sales_team.group_sale_salesman").ids)]
        )
        order = self._order([(self.goods, 1, 100)])
        order.user_id = seller
        for values in ({"club_limit_reason": "Please"}, {"club_limit_user_id": self.env.uid}):
            with self.assertRaises(AccessError):
                order.with_user(seller).write(values)

    def test_who_has_no_limit_pays_in_another_way_and_is_not_stopped(self):
        self.member.club_credit_limit = 0
        order = self._order([(self.goods, 1, 100)])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
