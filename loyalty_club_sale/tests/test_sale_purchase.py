"""Sale orders are purchases for statistics: confirmed ones, of the club's companies, with the right member."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSalePurchase(ClubSaleCommon):
    def _purchases(self, days=1):
        now = fields.Datetime.now()
        query = self.env["loyalty.club.purchase"]._club_query(
            self.club, now - timedelta(days=days), now + timedelta(days=1)
        )
        self.env.flush_all()
        return sorted((member, float(amount)) for member, _at, amount in self.env.execute_query(query))

    def test_confirmed_orders_count_and_quotations_do_not(self):
        self._order().action_confirm()
        self._order(lines=[(self.goods, 1, 70)])
        cancelled = self._order()
        cancelled.action_confirm()
        cancelled._action_cancel()
        self.assertEqual(self._purchases(), [(self.member.id, 400.0)])

    def test_a_contact_buys_for_his_company_unless_he_is_a_member_himself(self):
        self.partner.is_company = True
        contacts = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.partner.id} for name in ("Buyer", "Own member")]
        )
        own = self._member(name="Own", mobile="09359998877", partner=contacts[1])
        for contact in contacts:
            self._order(partner=contact).action_confirm()
        self.assertEqual(self._purchases(), [(self.member.id, 400.0), (own.id, 400.0)])

    def test_sales_of_another_currency_are_in_the_club_s_at_the_day_of_the_order(self):
        toman = self.env["res.currency"].create({"name": "TMN", "symbol": "T"})
        today = fields.Date.today()
        rates = [(today - timedelta(days=400), 40), (today - timedelta(days=2), 50), (today + timedelta(days=1), 99)]
        self.env["res.currency.rate"].create(
            [{"currency_id": toman.id, "name": day, "rate": rate, "company_id": self.company.id} for day, rate in rates]
        )
        own = self.company.currency_id
        self.assertEqual(own.rate, 1, "the figures below are in the company's currency")
        earlier, order = self._order(), self._order()
        (earlier | order).action_confirm()
        earlier.date_order = fields.Datetime.now() - timedelta(days=30)
        self.env.flush_all()
        self.env.cr.execute("UPDATE loyalty_club SET currency_id = %s WHERE id = %s", [toman.id, self.club.id])
        self.club.invalidate_recordset()
        self.assertEqual(
            [amount for _member, amount in self._purchases(days=40)], [400.0 * 40, 400.0 * 50], "each at its own day"
        )

    def test_orders_of_another_company_are_not_the_club_s(self):
        self._order().action_confirm()
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other"})
        order = self._order()
        order.action_confirm()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET company_id = %s WHERE id = %s", [other.id, order.id])
        self.assertEqual(len(self._purchases()), 1)
