"""What members are told of the till: purchase, return, check-in, up to the waiting message; no sale fails by it."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosTold(ClubPosCommon):
    """With ``loyalty_club_sms``, which is there wherever these tests run."""

    def on(self, code, **values):
        automation = (
            self.env["loyalty.club.automation"]
            .with_context(active_test=False)
            .search([("club_id", "=", self.club.id), ("trigger_id.code", "=", code)])
        )
        automation.write({"active": True, **values})
        return automation

    def told(self, automation):
        """Texts of the waiting messages of an automation."""
        messages = self.env["loyalty.club.message"].search([("automation_id", "=", automation.id)], order="id")
        self.assertLessEqual(set(messages.mapped("state")), {"waiting"})
        return [
            message.template_id._club_render(message.member_id.ids, {message.member_id.id: message.values})[
                message.member_id.id
            ][0]
            for message in messages
        ]

    def test_a_purchase_is_told_once_with_what_the_receipt_says(self):
        automation = self.on("purchase")
        automation.template_id.body = "{name} {paid} {earned} {points} {branch} {order}\n{spent} spent\n{credit}"
        self._give(100)
        order = self._order([(self.bread, 2)])
        sold = self._send(order)
        self._send(order)  # the till lost the answer
        self.assertEqual(self.told(automation), [f"Sara $20 20 120 {self.branch.name} {sold.pos_reference}"])

    def test_a_return_is_told_as_one(self):
        sold = self._sell([(self.bread, 2)])
        purchase, refund = self.on("purchase"), self.on("refund")
        refund.template_id.body = "{refunded} {taken_back} {points}"
        self._refund(sold, {sold.lines: 1})
        self.assertEqual((self.told(purchase), self.told(refund)), ([], ["$10 10 10"]))

    def test_strangers_are_told_nothing(self):
        automation = self.on("purchase")
        self._sell([(self.bread, 1)], partner=self.customer)
        self.assertFalse(self.told(automation))

    def test_an_order_that_comes_too_late_from_a_till_without_network_is_not_told(self):
        automation = self.on("purchase", valid_hours=24)
        late = fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=2))
        self._sell([(self.bread, 1)], date_order=late, club_offline=True)
        self.assertFalse(self.told(automation))

    def test_a_broken_text_never_stops_a_sale(self):
        automation = self.on("purchase")
        self.env.flush_all()
        # around every check: a text that is no text, a condition that cannot be read
        self.env.cr.execute("UPDATE loyalty_club_automation SET domain = '[(' WHERE id = %s", [automation.id])
        self.env.invalidate_all()
        with mute_logger("odoo.addons.loyalty_club_sms.models.club_automation_happened"):
            order = self._sell([(self.bread, 2)])
        self.assertEqual((order.state, self._points()), ("paid", 20))
        self.assertFalse(self.told(automation))

    def test_who_is_found_at_the_till_is_welcomed_once_a_day(self):
        automation = self.on("check_in")
        till = self.till.with_user(self.cashier)
        till.club_identify(self.member.mobile)
        till.club_identify(self.member.card_ids.number)
        till.club_sheet(self.member.partner_id.id)
        till.club_identify("nobody")
        self.assertEqual(len(self.told(automation)), 1)

    def test_an_order_costs_no_more_when_nothing_is_on(self):
        # codes are on by themselves, they have nothing to do with orders
        self.assertFalse(self.env["loyalty.club.messenger"]._club_listens("purchase", self.club))
        self._sell([(self.bread, 1)])
        member = self.member
        with self.assertQueryCount(0):
            self.env["loyalty.club.messenger"]._club_listens("purchase", member.club_id)

    def test_telling_of_a_purchase_costs_the_till_four_queries_at_most(self):
        """An order without a message is cheaper than on Odoo alone by eight; its message must not use that up."""
        silent = self.queries_of_an_order()
        self.on("purchase")
        self.assertLessEqual(self.queries_of_an_order() - silent, 4)

    def queries_of_an_order(self):
        """What the last of three orders takes, each looked at afresh as in a request of its own."""
        for _time in range(3):
            order = self._order([(self.bread, 2)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._send(order)
            self.env.flush_all()
            count = self.env.cr.sql_log_count - before
        return count
