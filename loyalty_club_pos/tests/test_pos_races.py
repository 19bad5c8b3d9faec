"""Races and crashes on real connections: one order many times at once, many tills for one balance, a killed server.

These tests commit. They run on a copy of the template that is dropped afterwards, never on a shop's database.
Long because the builders of races serve other files too.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from .common import set_rules

#: Runs in a process of its own: saves the order and dies by SIGKILL before (or after) the commit.
DYING_SERVER = """
import json, os, signal, sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=critical"], setup_logging=True)
with Registry(sys.argv[1]).cursor() as cr:
    api.Environment(cr, int(sys.argv[2]), {})["pos.order"].sync_from_ui([json.loads(sys.stdin.read())])
    cr.flush()
    if sys.argv[3] == "after":
        cr.commit()
    os.kill(os.getpid(), signal.SIGKILL)
"""


class RaceCase(BaseCase):
    """A shop that is committed, and orders that are sent to it from connections of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            cls._make_shop(api.Environment(cr, SUPERUSER_ID, {}))

    @classmethod
    def _make_shop(cls, env):
        company = env.company
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        cash = env["pos.payment.method"].create(
            {
                "name": "Cash of the race",
                "journal_id": env["account.journal"]
                .create({"name": "Race", "code": f"R{uuid4().hex[:4]}", "type": "cash"})
                .id,
            }
        )
        on_account = env["pos.payment.method"].create({"name": "On account", "split_transactions": True})
        methods = cash | on_account
        config = env["pos.config"].create({"name": "Race", "payment_method_ids": [(6, 0, methods.ids)]})
        club = env["loyalty.club"].create(
            {"name": "Race", "currency_id": config.currency_id.id, "country_id": env.ref("base.ir").id}
        )
        set_rules(club.points_program_id, worth=1, opens=1)
        config.club_id = club
        cls._prepare(env, club, config)
        config.open_ui()
        config.current_session_id.set_opening_control(0, None)
        product = env["product.product"].create(
            {"name": "Race", "lst_price": 10, "available_in_pos": True, "taxes_id": [(5,)]}
        )
        cls.ids = {
            "club": club.id,
            "config": config.id,
            "program": club.points_program_id.id,
            "reward": club.points_program_id.reward_ids.id,
            "session": config.current_session_id.id,
            "cash": cash.id,
            "on_account": on_account.id,
            "product": product.id,
            "discount": club.points_program_id.reward_ids.discount_line_product_id.id,
            "pricelist": config.pricelist_id.id,
        }

    @classmethod
    def _prepare(cls, env, club, config):
        """What else there is before the till is opened."""

    def _member(self, points=0):
        """(partner id, account id, core card id) of a new member with points, committed."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.ids["club"])
            mobile = f"0912{uuid4().int % 10**7:07d}"
            member = env["loyalty.club.member"]._club_enrol(club, mobile=mobile, name="Racer")[0]
            account = member._club_account(club.points_program_id)
            if points:
                env["loyalty.club.entry"]._club_post(
                    [
                        Movement(
                            key=f"race:{uuid4()}",
                            kind="opening",
                            account_id=account.id,
                            amount=Decimal(points),
                            incoming=True,
                            counter="opening",
                        )
                    ]
                )
            return member.partner_id.id, account.id, account.card_id.id

    def _order(self, partner, price, spend=0, card=None):
        lines = [self._line(self.ids["product"], price)]
        if spend:
            lines.append(
                self._line(
                    self.ids["discount"],
                    -spend,
                    is_reward_line=True,
                    reward_id=self.ids["reward"],
                    coupon_id=card,
                    points_cost=spend,
                    reward_identifier_code=uuid4().hex,
                )
            )
        total = price - spend
        return {
            "uuid": str(uuid4()),
            "name": "Race",
            "session_id": self.ids["session"],
            "partner_id": partner,
            "lines": lines,
            "amount_total": total,
            "amount_paid": total,
            "amount_tax": 0,
            "amount_return": 0,
            "state": "paid",
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "pricelist_id": self.ids["pricelist"],
            "payment_ids": [[0, 0, {"amount": total, "payment_method_id": self.ids["cash"]}]],
            "last_order_preparation_change": "{}",
            "to_invoice": False,
            "user_id": SUPERUSER_ID,
        }

    @staticmethod
    def _line(product, price, **values):
        return [
            0,
            0,
            {
                "uuid": str(uuid4()),
                "product_id": product,
                "qty": 1,
                "price_unit": price,
                "price_subtotal": price,
                "price_subtotal_incl": price,
                "discount": 0,
                "tax_ids": [[6, 0, []]],
                "pack_lot_ids": [],
                **values,
            },
        ]

    def _send(self, order):
        """Send like a till over RPC: a connection of its own, replayed when PostgreSQL says so."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return retrying(lambda: env["pos.order"].sync_from_ui([order]) and True, env)

    def _send_all(self, orders):
        """Send at once from as many threads; the outcome of each: True, or the error."""
        start = Barrier(len(orders))

        def attempt(order):
            start.wait()
            try:
                return self._send(order)
            except Exception as error:  # noqa: BLE001 - the outcome is what the test looks at
                return error

        with ThreadPoolExecutor(len(orders)) as pool:
            return list(pool.map(attempt, orders))

    def _state(self, account):
        """(balance, number of entries by kind) as committed; proves the ledger on the way."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = env["loyalty.club.check"]._club_check()
            self.assertTrue(result["ok"], result["failures"])
            account = env["loyalty.club.account"].browse(account)
            kinds = account.posting_ids.entry_id.mapped("kind")
            return account.balance, {kind: kinds.count(kind) for kind in set(kinds)}

    def _killed(self, order, moment):
        """Save an order in a server that dies ``before`` or ``after`` the commit."""
        killed = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(DYING_SERVER), get_db_name(), str(SUPERUSER_ID), moment],
            input=json.dumps(order),
            text=True,
            capture_output=True,
            timeout=120,
            env={**os.environ, "ODOO_RC": os.environ.get("ODOO_RC", os.environ.get("OPENERP_SERVER", ""))},
        )
        self.assertEqual(killed.returncode, -signal.SIGKILL, killed.stderr[-2000:])


@tagged("-standard", "club_real")
class TestPosRaces(RaceCase):
    def test_the_same_order_sent_many_times_at_once_is_booked_once(self):
        """Row 2."""
        for times in (1, 2, 20):
            partner, account, _card = self._member()
            order = self._order(partner, 30)
            outcomes = self._send_all([order] * times)
            self.assertIn(True, outcomes)
            self._send(order)  # the till's own retry after whatever it was told
            self.assertEqual(self._state(account), (30, {"earn": 1}), f"sent {times} times")

    def test_twenty_tills_racing_for_one_balance_never_overspend_it(self):
        """Row 13: the same balance spent by parallel requests."""
        partner, account, card = self._member(100)
        outcomes = self._send_all([self._order(partner, 30, 30, card) for _till in range(20)])
        won = [outcome for outcome in outcomes if outcome is True]
        lost = [outcome for outcome in outcomes if outcome is not True]
        self.assertEqual(len(won), 3)
        for error in lost:
            self.assertIsInstance(error, UserError)
            self.assertIn("10", str(error), "the loser is told what is left")
        self.assertEqual(self._state(account), (10, {"opening": 1, "redeem": 3}))

    def test_two_first_purchases_at_once_make_one_account(self):
        """Row 20: two channels made two cards for one person."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.ids["club"])
            mobile = f"0913{uuid4().int % 10**7:07d}"
            partner = env["loyalty.club.member"]._club_enrol(club, mobile=mobile, name="First")[0].partner_id.id
        outcomes = self._send_all([self._order(partner, 10), self._order(partner, 20), self._order(partner, 30)])
        self.assertEqual(outcomes, [True] * 3)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cards = env["loyalty.card"].search([("partner_id", "=", partner)])
            self.assertEqual((len(cards), cards.points), (1, 60))

    def test_a_server_killed_around_the_commit_books_once_after_the_retry(self):
        """Row 1: the network, or the server, died between saving and answering."""
        for moment, before_retry in (("before", {}), ("after", {"earn": 1})):
            partner, account, _card = self._member()
            order = self._order(partner, 25)
            self._killed(order, moment)
            self.assertEqual(self._state(account)[1], before_retry, f"killed {moment} the commit")
            self._send(order)
            self.assertEqual(self._state(account), (25, {"earn": 1}))

    def test_sales_on_account_at_once_stay_within_the_limit(self):
        """Ten tills put 30 each on an account of 100; three go through."""
        partner, _account, _card = self._member()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.club"].browse(self.ids["club"]).account_limits = True
            member = env["res.partner"].browse(partner).club_member_ids
            member.club_credit_limit = 100
            method_id, member_id = self.ids["on_account"], member.id
        orders = [self._order(partner, 30) for _till in range(10)]
        for order in orders:
            order["payment_ids"] = [[0, 0, {"amount": 30, "payment_method_id": method_id}]]
        outcomes = self._send_all(orders)
        self.assertEqual(outcomes.count(True), 3, outcomes)
        for error in outcomes:
            if error is not True:
                self.assertIsInstance(error, UserError)
        with self.registry.cursor() as cr:
            member = api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.member"].browse(member_id)
            self.assertEqual(member.club_credit_used, 90)

    def test_wrong_codes_at_once_are_five_at_most(self):
        """Twenty guesses in one moment are five guesses, and the right code comes too late after them."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.club"].browse(self.ids["club"])
            member = env["loyalty.club.member"]._club_enrol(club, mobile=f"0914{uuid4().int % 10**7:07d}")[0]
            order = f"pos.order:{uuid4()}"
            code = env["loyalty.club.proof"]._club_new(member, "points", Decimal(500), order)[1]
        guesses = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 21)]
        start = Barrier(len(guesses))

        def guess(text):
            start.wait()
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                answer = retrying(lambda: env["loyalty.club.proof"]._club_confirm(order, text), env)
                cr.rollback()  # whatever becomes of the request, the guess is counted
                return answer

        with ThreadPoolExecutor(len(guesses)) as pool:
            answers = list(pool.map(guess, guesses))
        self.assertEqual(len([answer for answer in answers if answer["status"] == "wrong"]), 4)
        self.assertFalse([answer for answer in answers if answer["key"]])
        with self.registry.cursor() as cr:
            answer = api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.proof"]._club_confirm(order, code)
            self.assertFalse(answer["key"])
