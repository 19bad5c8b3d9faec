"""Till sales are purchases for statistics, and what comes back is a purchase below zero."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosPurchase(ClubPosCommon):
    def test_sales_and_returns_of_members_are_there_and_nobody_else_s(self):
        order = self._sell([(self.bread, 2)])
        self._sell([(self.bread, 1)], partner=self.env["res.partner"].create({"name": "Stranger"}))
        self._refund(order)
        now = fields.Datetime.now()
        query = self.env["loyalty.club.purchase"]._club_query(
            self.club, now - timedelta(days=1), now + timedelta(days=1)
        )
        self.env.flush_all()
        rows = self.env.execute_query(query)
        self.assertEqual({member for member, _at, _amount in rows}, {self.member.id})
        self.assertEqual(sorted(float(amount) for _m, _at, amount in rows), [-order.amount_total, order.amount_total])
