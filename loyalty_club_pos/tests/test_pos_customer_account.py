"""Buying on the customer account at the till: up to the member's limit, whatever is or is not in the accounts yet."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosCustomerAccount(ClubPosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.account_limits = True
        cls.member.club_credit_limit = 100

    def buy(self, tea=2, **values):
        """Tea for 25.5 each, on account."""
        return self._sell([(self.tea, tea)], **self.on_account(), **values)

    def on_account(self):
        return {"payments": [(self.pay_later_pm, 51)]}

    def _order(self, lines, payments=None, **values):
        order = super()._order(lines, **values)
        if payments:
            sign = -1 if values.get("is_refund") else 1
            amount = sign * abs(order["amount_total"])
            order.update(amount_total=amount, amount_paid=amount)
            order["payment_ids"] = [[0, 0, {"amount": amount, "payment_method_id": payments[0][0].id, "name": "now"}]]
        return order

    def used(self):
        return float(self.member._club_account_used(self.company)[self.member.id])

    def test_a_member_buys_on_account_up_to_his_limit_and_no_further(self):
        self.buy()
        self.assertEqual(self.used(), 51)
        with self.assertRaises(UserError) as refused:
            self.buy()
        self.assertIn("may buy on credit up to", str(refused.exception))
        self.assertEqual(self.used(), 51)
        self.assertEqual(self._points(), 51)

    def test_what_the_session_posts_and_what_is_paid_keeps_the_sum_right(self):
        self.buy()
        self.open_session_close()
        self.assertEqual(self.used(), 51, "in the accounts now, and counted once")
        self.env["account.payment"].create(
            {
                "partner_id": self.member.partner_id.id,
                "amount": 51,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        ).action_post()
        self.assertEqual(self.used(), 0)

    def open_session_close(self):
        self.pos_session.action_pos_session_validate()
        self.open_new_session()

    def test_settling_a_customer_account_earns_nothing_again(self):
        """Row 6: the debt paid in the back office is no purchase."""
        self.buy()
        self.open_session_close()
        self.env["account.payment"].create(
            {
                "partner_id": self.member.partner_id.id,
                "amount": 51,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        ).action_post()
        self.assertEqual(self._points(), 51)

    def test_an_invoiced_sale_counts_once(self):
        self.buy(to_invoice=True)
        self.assertEqual(self.used(), 51)

    def test_cash_is_nobody_s_credit(self):
        self._sell([(self.tea, 20)])
        self.assertEqual(self.used(), 0)

    def test_a_return_to_the_account_makes_room(self):
        order = self.buy()
        self._refund(order, payments=[(self.pay_later_pm, 0)])
        self.assertEqual(self.used(), 0)
        self.assertTrue(self.buy(3))

    def test_without_a_limit_nothing_goes_on_account(self):
        self.member.club_credit_limit = 0
        with self.assertRaises(UserError):
            self.buy()

    def test_a_club_that_checks_no_limits_leaves_it_to_odoo(self):
        self.club.account_limits = False
        self.assertTrue(self.buy(20))

    def test_what_was_paid_without_network_is_noted(self):
        self.buy(20, club_offline=True)
        note = self.env["loyalty.club.exception"].search([("member_id", "=", self.member.id)])
        self.assertEqual((note.kind, note.amount), ("over_limit", 510))

    def test_the_till_shows_what_is_used(self):
        self.buy()
        answer = self.till.with_user(self.cashier).club_sheet(self.member.partner_id.id)
        self.assertEqual(answer["members"][0]["on_account"], {"limit": 100, "used": 51})

    def test_the_report_shows_who_used_how_much(self):
        self.buy()
        self.env.flush_all()
        row = self.env["loyalty.club.customer.account"].search([("member_id", "=", self.member.id)])
        self.assertEqual((row.credit_limit, row.used, row.left_over, row.state), (100, 51, 49, "within"))

    def test_only_managers_set_limits(self):
        officer = self._user("officer", company=self.company)
        with self.assertRaises(AccessError):
            self.member.with_user(officer).club_credit_limit = 1000
        self.assertEqual(self.member.club_credit_limit, 100)
