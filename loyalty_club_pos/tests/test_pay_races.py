"""Races and crashes of payments on real connections: many tills and one purse, a server killed after the hold."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.service.model import retrying
from odoo.tests import tagged

from .test_pos_races import RaceCase


@tagged("-standard", "club_real")
class TestPayRaces(RaceCase):
    @classmethod
    def _prepare(cls, env, club, config):
        club._club_ensure_program("credit")
        club.action_club_make_payment_methods()
        cls.method = config.payment_method_ids.filtered(lambda method: method.club_kind == "credit").id

    def _purse(self, amount):
        """(partner id, account id) of a new member with credit, committed."""
        partner, _account, _card = self._member()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.ids["club"])
            member = env["loyalty.club.member"]._club_of_partner(club, env["res.partner"].browse(partner))
            account = member._club_account(club.credit_program_id)
            env["loyalty.club.entry"]._club_post(
                [
                    Movement(
                        key=f"race:{uuid4()}",
                        kind="opening",
                        account_id=account.id,
                        amount=Decimal(amount),
                        incoming=True,
                        counter="opening",
                    )
                ]
            )
            return partner, account.id

    def _paid_order(self, partner, price):
        """(order, payment uuid): an order that is paid with credit alone."""
        order = self._order(partner, price)
        uuid = str(uuid4())
        payment = {"uuid": uuid, "amount": price, "payment_method_id": self.method, "payment_status": "done"}
        return {**order, "payment_ids": [[0, 0, payment]]}, uuid

    def _hold(self, order, uuid):
        """What the payment dialog asks, on a connection of its own."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            call = env["pos.config"].browse(self.ids["config"]).club_pay_start
            price, partner = order["amount_total"], order["partner_id"]
            return retrying(lambda: call(uuid, order["uuid"], "credit", price, partner), env)["status"]

    def test_twenty_tills_never_set_aside_more_than_there_is(self):
        """Row 13: the same purse spent by parallel requests."""
        partner, account = self._purse(100)
        orders = [self._paid_order(partner, 30) for _till in range(20)]
        start = Barrier(len(orders))

        def attempt(pair):
            start.wait()
            return self._hold(*pair)

        with ThreadPoolExecutor(len(orders)) as pool:
            answers = list(pool.map(attempt, orders))
        self.assertEqual(sorted(answers), ["held"] * 3 + ["refused"] * 17)
        won = [order for (order, _uuid), answer in zip(orders, answers, strict=True) if answer == "held"]
        self.assertEqual(self._send_all(won), [True] * 3)
        self.assertEqual(self._state(account), (10, {"opening": 1, "redeem": 3}))

    def test_the_same_paid_order_sent_many_times_is_captured_once(self):
        """Row 2 and 12."""
        for times in (1, 2, 20):
            partner, account = self._purse(100)
            order, uuid = self._paid_order(partner, 30)
            self.assertEqual(self._hold(order, uuid), "held")
            self.assertIn(True, self._send_all([order] * times))
            self._send(order)
            self.assertEqual(self._state(account), (70, {"opening": 1, "redeem": 1}), f"sent {times} times")

    def test_a_server_killed_between_hold_and_capture_takes_the_money_once(self):
        for moment, before_retry in (("before", 100), ("after", 70)):
            partner, account = self._purse(100)
            order, uuid = self._paid_order(partner, 30)
            self.assertEqual(self._hold(order, uuid), "held")
            self._killed(order, moment)
            self.assertEqual(self._state(account)[0], before_retry, f"killed {moment} the commit")
            self._send(order)
            self.assertEqual(self._state(account), (70, {"opening": 1, "redeem": 1}))

    def test_the_last_use_of_a_discount_card_is_given_by_one_till(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            batch = env["loyalty.club.gift.batch"].create(
                {
                    "name": "Race",
                    "club_id": self.ids["club"],
                    "quantity": 1,
                    "kind": "discount",
                    "percent": 10,
                    "uses": 1,
                    "activation": "now",
                }
            )
            gift = batch._club_hand_out()[0][0]
            gift_id, product = gift.id, batch.club_id.discount_product_id.id
            orders = [self._order(False, 30) for _till in range(5)]
            for order in orders:
                token = gift._club_discount_token(f"pos.order:{order['uuid']}")
                order["lines"].append(self._line(product, -3, club_discount_token=token))
                order.update(amount_total=27, amount_paid=27)
                order["payment_ids"][0][2]["amount"] = 27
        outcomes = self._send_all(orders)
        self.assertEqual(outcomes.count(True), 1, outcomes)
        for outcome in outcomes:
            if outcome is not True:
                self.assertIn("as often as it may be", str(outcome))
        won = orders[outcomes.index(True)]
        self._send(won)
        with self.registry.cursor() as cr:
            gift = api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.gift"].browse(gift_id)
            self.assertEqual((gift.use_count, len(gift.use_ids)), (1, 1))
