"""Rewards at the till above the club's limit: the server wants the member's proof, whatever the browser says."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosProof(ClubPosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.write({"proof_points": True, "proof_limit_points": 150})

    def setUp(self):
        super().setUp()
        self._give(1000)
        self.registry_enter_test_mode()
        self.texts = []
        Messenger = self.env.registry["loyalty.club.messenger"]
        texts = self.texts
        for name, what in (
            ("_club_can_send", lambda _messenger: True),
            # the phone network, which is not ours
            ("_club_send_code", lambda _messenger, _number, text: texts.append(text) or True),
        ):
            patcher = patch.object(Messenger, name, what)
            patcher.start()
            self.addCleanup(patcher.stop)

    def order(self, points, **values):
        return self._order([(self.tea, 4), self._reward_line(points / 10, points)], **values)

    def prove(self, order, points):
        till = self.till.with_user(self.cashier)
        args = (self.member.partner_id.id, self.program.id, points, order["uuid"])
        self.assertTrue(till.club_proof_look(*args)["needed"])
        self.assertEqual(till.club_proof_send(*args)["status"], "sent")
        return till.club_proof_confirm(self.member.partner_id.id, order["uuid"], self.texts[-1].split()[0])["key"]

    def test_points_burned_by_saying_a_phone_number(self):
        """Row 32."""
        with self.assertRaisesRegex(UserError, "code or the PIN"):
            self._send(self.order(200))
        self.assertEqual(self._points(), 1000)

    def test_a_proved_order_is_booked_and_the_proof_is_gone(self):
        order = self.order(200)
        order["club_proof"] = self.prove(order, 200)
        sent = self._send(order)
        self.assertEqual(sent.club_points_spent, 200)
        self._send(order)  # the till's own retry after a lost answer
        proof = self.env["loyalty.club.proof"].search([("member_id", "=", self.member.id)])
        self.assertEqual((proof.state, proof.entry_id.member_id, proof.till), ("used", self.member, self.till.name))
        another = self.order(200, club_proof=order["club_proof"])
        with self.assertRaises(UserError):
            self._send(another)

    def test_many_small_orders_do_not_avoid_the_limit(self):
        self._send(self.order(100))
        with self.assertRaisesRegex(UserError, "code or the PIN"):
            self._send(self.order(100))

    def test_an_order_of_yesterday_by_the_till_s_clock_counts_today(self):
        self._send(self.order(100, date_order="2020-01-01 10:00:00"))
        with self.assertRaises(UserError):
            self._send(self.order(100, date_order="2020-01-05 10:00:00"))

    def test_without_network_it_is_booked_and_somebody_is_told(self):
        self.club.sudo().offline_budget = 200
        self._send(self.order(200, club_offline=True))
        note = self.env["loyalty.club.exception"].search([("member_id", "=", self.member.id)])
        self.assertEqual((note.kind, note.amount), ("unproved", 200))
        self.assertEqual(self._points(), 1000 - 200 + 82)

    def test_a_proof_of_one_order_does_not_pay_another_or_more(self):
        order = self.order(200)
        key = self.prove(order, 200)
        for other in (self.order(200, club_proof=key), {**self.order(300), "uuid": order["uuid"], "club_proof": key}):
            with self.assertRaises(UserError):
                self._send(other)

    def test_a_till_says_what_is_wrong(self):
        till = self.till.with_user(self.cashier)
        stranger = self.env["res.partner"].create({"name": "Nobody"})
        for args in (
            (stranger.id, self.program.id, 200, "x"),
            ("1", self.program.id, 200, "x"),
            (self.member.partner_id.id, 0, 200, "x"),
            (self.member.partner_id.id, self.program.id, "many", "x"),
            (self.member.partner_id.id, self.program.id, -5, "x"),
            (self.member.partner_id.id, self.program.id, float("nan"), "x"),
        ):
            with self.assertRaises(UserError, msg=args):
                till.club_proof_look(*args)
        with self.assertRaises(AccessError):
            till.with_user(self._user("cashier")).club_proof_look(self.member.partner_id.id, self.program.id, 1, "x")
