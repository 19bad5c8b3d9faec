"""Races on real connections: many orders for one balance, one order confirmed by many at once.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
"""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

RACERS = 5


@tagged("-standard", "club_real")
class TestSaleRaces(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].create(
                {
                    "name": "Sale race",
                    "country_id": env.ref("base.ir").id,
                    "sale_earn_state": "confirmed",
                }
            )
            reward = {
                "reward_type": "discount",
                "discount_mode": "per_order",
                "discount": 50,
                "discount_applicability": "order",
                "required_points": 20,
            }
            rule = {"reward_point_mode": "money", "reward_point_amount": 0.1}
            club.points_program_id.write(
                {
                    "rule_ids": [Command.clear(), Command.create(rule)],
                    "reward_ids": [Command.clear(), Command.create(reward)],
                }
            )
            product = env["product.product"].create(
                {"name": "Sale race", "type": "service", "list_price": 100, "taxes_id": [Command.clear()]}
            )
            cls.club_id, cls.program_id, cls.product_id = club.id, club.points_program_id.id, product.id

    def _member(self, env, points):
        """(partner, account) of a new member with points."""
        club = env["loyalty.club"].browse(self.club_id)
        mobile = f"0912{uuid4().int % 10**7:07d}"
        member = env["loyalty.club.member"]._club_enrol(club, mobile=mobile, name="Racer")[0]
        account = member._club_account(club.points_program_id)
        movement = Movement(f"race:{uuid4()}", "earn", account.id, Decimal(points), True, "issue")
        env["loyalty.club.entry"]._club_post([movement])
        return member.partner_id, account

    def _order(self, env, partner, claim):
        line = {"product_id": self.product_id, "product_uom_qty": 1, "price_unit": 100}
        order = env["sale.order"].create({"partner_id": partner.id, "order_line": [Command.create(line)]})
        if claim:
            reward = env["loyalty.program"].browse(self.program_id).reward_ids
            order._update_programs_and_rewards()
            card = env["loyalty.card"].search([("partner_id", "=", partner.id), ("program_id", "=", self.program_id)])
            self.assertFalse(order._apply_program_reward(reward, card))
        return order.id

    def _race(self, order_ids):
        """Confirm the orders at once, each as a request of its own; the messages of those that were refused."""
        start = Barrier(len(order_ids))

        def confirm(order_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                start.wait(timeout=60)
                try:
                    retrying(env["sale.order"].browse(order_id).action_confirm, env)
                except UserError as refusal:
                    return str(refusal)
            return None

        with ThreadPoolExecutor(len(order_ids)) as pool:
            return [message for message in pool.map(confirm, order_ids) if message]

    def _entries(self, env, order_ids):
        return env["loyalty.club.entry"].search([("origin_model", "=", "sale.order"), ("origin_id", "in", order_ids)])

    def test_orders_confirmed_at_once_spend_the_same_points(self):
        """Row 11, on real connections: one order gets them, the others a clear message."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner, account = self._member(env, 20)
            order_ids = [self._order(env, partner, claim=True) for _number in range(RACERS)]
        messages = self._race(order_ids)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            kinds = self._entries(env, order_ids).mapped("kind")
            orders = env["sale.order"].browse(order_ids)
            won = len(orders.filtered(lambda order: order.state == "sale"))
            self.assertEqual((won, len(messages)), (1, RACERS - 1))
            self.assertEqual(sorted(kinds), ["earn", "redeem"])
            self.assertTrue(all("to spend" in message for message in messages), messages)
            self.assertEqual(account.with_env(env).balance, 5)

    def _paid_at_once(self, payment_ids):
        """Post the payments at once, each as a request of its own; the messages of those that were refused."""
        start = Barrier(len(payment_ids))

        def post(payment_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                start.wait(timeout=60)
                try:
                    retrying(env["account.payment"].browse(payment_id).action_post, env)
                except UserError as refusal:
                    return str(refusal)
            return None

        with ThreadPoolExecutor(len(payment_ids)) as pool:
            return [message for message in pool.map(post, payment_ids) if message]

    def test_payments_at_once_spend_the_same_credit(self):
        """Row 11 with money: two orders are paid from one balance, and one of them is."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.club_id)
            if not env.company.chart_template:
                env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
            program = club._club_ensure_program("credit")
            journal = env["loyalty.club.book"]._club_set_up(club, "credit").payment_journal_id
            partner, _points = self._member(env, 1)
            member = env["loyalty.club.member"]._club_of_partners(club, partner)
            account = member._club_account(program)
            movement = Movement(f"race:{uuid4()}", "earn", account.id, Decimal("100.01"), True, "issue")
            env["loyalty.club.entry"]._club_post([movement])
            values = {"journal_id": journal.id, "partner_id": partner.id, "amount": 50}
            payment_ids = env["account.payment"].create([values] * RACERS).ids
        messages = self._paid_at_once(payment_ids)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            posted = env["account.payment"].browse(payment_ids).filtered(lambda payment: payment.state == "paid")
            entries = env["loyalty.club.entry"].search(
                [("origin_model", "=", "account.payment"), ("origin_id", "in", payment_ids)]
            )
            self.assertEqual((len(posted), len(messages)), (2, RACERS - 2))
            self.assertEqual(set(entries.mapped("origin_id")), set(posted.ids))
            self.assertEqual((account.with_env(env).balance, account.with_env(env).held), (0.01, 0))

    def test_orders_confirmed_at_once_share_the_last_use_of_a_discount_card(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            batch = env["loyalty.club.gift.batch"].create(
                {
                    "name": "Race",
                    "club_id": self.club_id,
                    "quantity": 1,
                    "kind": "discount",
                    "percent": 10,
                    "uses": 1,
                    "activation": "now",
                }
            )
            gift, code, _pin = batch._club_hand_out()[0]
            gift_id = gift.id
            # other races guess codes as this user, and their tries are kept
            env["loyalty.club.attempt"].search([("user_id", "=", SUPERUSER_ID)]).unlink()
            env.cr.commit()  # pylint: disable=invalid-commit; this test's own database, tries are read apart
            order_ids = []
            for _racer in range(RACERS):
                partner, _account = self._member(env, 1)
                order = env["sale.order"].browse(self._order(env, partner, claim=False))
                self.assertFalse(order._club_apply_discount_card(code))
                order_ids.append(order.id)
        messages = self._race(order_ids)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            won = env["sale.order"].browse(order_ids).filtered(lambda order: order.state == "sale")
            gift = env["loyalty.club.gift"].browse(gift_id)
            self.assertEqual((len(won), len(messages)), (1, RACERS - 1), messages)
            self.assertTrue(all("as often as it may be" in message for message in messages), messages)
            self.assertEqual((gift.use_count, gift.use_ids.origin_id, won.amount_total), (1, won.id, 90))

    def test_one_order_confirmed_by_many_at_once_earns_many_times(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner, account = self._member(env, 1)
            order_id = self._order(env, partner, claim=False)
        messages = self._race([order_id] * RACERS)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(len(messages), RACERS - 1)
            self.assertEqual(self._entries(env, [order_id]).mapped("amount"), [10])
            self.assertEqual(account.with_env(env).balance, 11)
