"""Core's programs beside the club's: they behave as before, and core books nothing in managed ones."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleCore(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["loyalty.program"].create(
            {
                "name": "Core's own",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [Command.create(cls._fixed_discount(discount=10, points=5))],
            }
        )

    def test_programs_without_a_club_book_as_before(self):
        order = self._order()
        order.action_confirm()
        card = self.own.coupon_ids
        self.assertEqual((card.points, card.partner_id), (400, self.partner))
        self.assertEqual(card.history_ids.mapped("issued"), [400])
        self.assertEqual(order.loyalty_data["issued"], 440)
        order._action_cancel()
        self.assertEqual((card.points, len(card.history_ids)), (0, 0))

    def test_core_books_points_of_managed_programs_beside_the_ledger(self):
        self._give(100)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        order._update_programs_and_rewards()
        order.order_line.filtered("reward_id")._reset_loyalty()
        order._update_programs_and_rewards()
        self._commit()
        kinds = self.env["loyalty.club.entry"].search([("club_id", "=", self.club.id)]).mapped("kind")
        self.assertNotIn("core", kinds)
        card = self._account(self.member).card_id
        self.assertEqual(card.points, float(self._balance()))

    def test_a_reward_claimed_after_the_confirmation_is_free(self):
        self._give(100)
        order = self._order()
        order.action_confirm()
        self._claim(order)
        self._assert_totals(order, 35, 20)
        self._commit()
        order._update_programs_and_rewards()
        self._assert_totals(order, 35, 20)
        self.assertEqual(len(self._entries(order)), 3)

    def test_a_reward_dropped_after_the_confirmation_stays_paid(self):
        self._give(100)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        order.order_line.filtered("reward_id")._reset_loyalty()
        self._assert_totals(order, 40, 0)
        self.assertEqual(self._balance(), 140)

    def test_an_order_that_claims_too_much_is_confirmed_after_the_fact(self):
        self._give(20)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "worked out here"), self.env.cr.savepoint():
            order.order_line.filtered("points_cost").points_cost = 500
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards(), "nothing is left to claim another one with")
        self._assert_totals(order, 35, 20)

    def test_the_last_reward_message_of_a_program_is_sent(self):
        template = self.env["mail.template"].create(
            {
                "name": "Thirty points",
                "model_id": self.env["ir.model"]._get_id("loyalty.card"),
                "subject": "Thirty points",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        self.program.communication_plan_ids = [
            Command.create({"trigger": "points_reach", "points": 30, "mail_template_id": template.id})
        ]
        self.partner.email = "sara@example.com"
        self._order().action_confirm()
        self.assertEqual(self.env["mail.mail"].search_count([("subject", "=", "Thirty points")]), 1)

    def test_free_goods_earn_and_cost_nothing_when_they_come_back(self):
        gift = self._goods("Gift", 30)
        self.program.reward_ids.write(
            {"reward_type": "product", "reward_product_id": gift.id, "reward_product_qty": 1, "required_points": 20}
        )
        self._give(20)
        order = self._order()
        self._claim(order)
        order.action_confirm()
        self._assert_totals(order, 40, 20)
        self._credit(self._invoice(order))
        self._assert_totals(order, 0, 0)
        self.assertEqual(self._balance(), 20)
