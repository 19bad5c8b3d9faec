"""Credit whose last second passes between the payment dialog of a till and the paid order."""

from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import fields
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.tests import tagged

from .common_pay import ClubPayCommon


@tagged("post_install", "-at_install")
class TestPosLife(ClubPayCommon):
    def _dying(self, amount):
        """Credit that is over in ten minutes."""
        end = fields.Datetime.now() + timedelta(minutes=10)
        self._load_credit(amount, new_lots=(NewLot(Decimal(amount), None, None, end),))
        return self._account(self.member, self.credit)

    def test_credit_expires_between_checkout_and_payment(self):
        """Row 19: what was set aside in time pays; what was not is refused before the order is paid."""
        account = self._dying(50)
        payment = self._payment("credit", 30)
        order = self._pay_order([(self.bread, 3)], [payment])
        self.assertEqual(self._start(payment, order)["status"], "held")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            late = self._payment("credit", 10)
            second = self._pay_order([(self.bread, 1)], [late])
            self.assertEqual(self._start(late, second)["status"], "refused")
            self.assertEqual(self._send(order).state, "paid")
        self.assertEqual((account.balance, account.held), (20, 0))

    def test_a_payment_that_nobody_set_aside_in_time_is_refused_with_its_order(self):
        """Row 19: the hold ran out with the credit, so nothing is charged and the sale is not paid in part."""
        account = self._dying(50)
        payment = self._payment("credit", 10)
        order = self._pay_order([(self.bread, 3)], [payment, self._cash(20)])
        self._start(payment, order)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=20)):
            self._till_call("club_pay_cancel", payment[2]["uuid"])
            with self._refused("spend"), self.env.cr.savepoint():
                self._send(order)
        self.assertEqual((account.balance, account.held), (50, 0))
        self.assertFalse(self.env["pos.order"].search([("uuid", "=", order["uuid"]), ("state", "=", "paid")]))
