"""Joining with a code: the number is proved to be the member's own, and nobody can prove it for another number."""

import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import ClubCase, ClubCommon

MOBILE, E164 = "0936 777 8899", "+989367778899"


class JoinCodeCase:
    """What would be sent is kept in ``sent``."""

    def setUp(self):
        super().setUp()
        self.sent = []
        Messenger = self.env.registry["loyalty.club.messenger"]
        for name, what in (
            ("_club_can_send", lambda _messenger: True),
            # the phone network, which is not ours
            ("_club_send_code", lambda _messenger, number, text: self.sent.append((number, text)) or True),
        ):
            patcher = patch.object(Messenger, name, what)
            patcher.start()
            self.addCleanup(patcher.stop)

    def code(self):
        return re.search(r"[0-9]{6}", self.sent[-1][1]).group()


@tagged("post_install", "-at_install")
class TestJoinCode(JoinCodeCase, ClubCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()  # what is counted on a cursor of its own goes with the test
        self.proofs = self.env["loyalty.club.proof"]

    def ask(self, mobile=MOBILE, **values):
        return self.proofs._club_request_mobile(self.club, mobile, **values)

    def key(self, mobile=MOBILE):
        self.ask(mobile)
        return self.proofs._club_confirm_mobile(self.club, mobile, self.code())["key"]

    def test_a_right_code_confirms_the_mobile_of_who_joins(self):
        answer = self.ask()
        self.assertEqual((answer["status"], self.sent[0][0]), ("sent", E164))
        self.assertNotIn("777", answer["message"])
        self.assertIn(self.club.name, self.sent[0][1])
        key = self.proofs._club_confirm_mobile(self.club, "۰۹۳۶۷۷۷۸۸۹۹", self.code())["key"]
        member = self._member(mobile=MOBILE, mobile_key=key)
        self.assertTrue(member.mobile_confirmed and member.mobile_confirmed_at)
        self.assertFalse(self._member(name="Other").mobile_confirmed)

    def test_a_confirmation_is_good_for_its_number_only_and_once(self):
        key = self.key()
        with self.assertRaisesRegex(UserError, "new code"):
            self._member(mobile="09367770000", mobile_key=key)
        self._member(mobile=MOBILE, mobile_key=key)
        with self.assertRaisesRegex(UserError, "new code"):
            self._member(mobile=MOBILE, mobile_key=key)

    def test_another_club_s_confirmation_is_none(self):
        key = self.key()
        with self.assertRaisesRegex(UserError, "new code"):
            self._member(self._make_club(name="Other"), mobile=MOBILE, mobile_key=key)

    def test_wrong_codes_are_counted_and_old_ones_are_worth_nothing(self):
        self.ask()
        wrong = "000000" if self.code() != "000000" else "111111"
        statuses = [self.proofs._club_confirm_mobile(self.club, MOBILE, wrong)["status"] for _try in range(5)]
        self.assertEqual(statuses, ["wrong"] * 4 + ["failed"])
        self.assertFalse(self.proofs._club_confirm_mobile(self.club, MOBILE, self.code())["key"])

    def test_codes_for_one_number_are_limited_like_all_codes(self):
        self.assertEqual(self.ask()["status"], "sent")
        self.assertEqual(self.ask()["status"], "limited")
        self.assertEqual(len(self.sent), 1)

    def test_a_code_ends_after_ten_minutes(self):
        self.ask()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            self.assertEqual(self.proofs._club_confirm_mobile(self.club, MOBILE, self.code())["status"], "expired")

    def test_it_opens_no_spending(self):
        key = self.key()
        member = self._member(mobile=MOBILE)
        account = self._account(member)
        proof = self.proofs._club_find(key)
        self.assertFalse(proof._club_good_for(account, 0, proof.order_key))

    def test_a_new_number_is_not_the_confirmed_one(self):
        member = self._member(mobile=MOBILE, mobile_key=self.key())
        member.phone = "09367770011"
        self.assertFalse(member.mobile_confirmed)

    def test_a_landline_gets_no_code(self):
        with self.assertRaises(UserError):
            self.ask("021 8877 6655")
        self.assertFalse(self.sent)


@tagged("post_install", "-at_install")
class TestJoinCodeOnTheWeb(JoinCodeCase, ClubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club(confirm_mobile=True)
        cls.sara = cls._member(name="Sara")

    def send(self, **form):
        self.authenticate(None, None)
        data = {"csrf_token": Request.csrf_token(self), "name": "Mina", "mobile": MOBILE, **form}
        return self.url_open(f"/club/join/{self.sara.referral_code}", data=data).text

    def joined(self):
        return self.env["loyalty.club.member"].search([("club_id", "=", self.club.id), ("mobile", "=", E164)])

    def test_nobody_joins_with_a_number_that_is_not_his(self):
        self.assertIn("Is this number yours?", self.send())
        self.assertFalse(self.joined())
        self.assertIn("Wrong code", self.send(sms_code="12345"))
        self.assertFalse(self.joined())
        self.assertIn("Thank you", self.send(sms_code=self.code()))
        self.assertTrue(self.joined().mobile_confirmed)

    def test_the_answer_does_not_tell_who_is_a_member(self):
        stranger = self.send()
        self._member(self.club, mobile="09367771122")
        known = self.send(mobile="09367771122")
        self.assertIn("Is this number yours?", stranger)
        self.assertIn("Is this number yours?", known)

    def test_without_the_setting_it_is_one_step_as_before(self):
        self.club.confirm_mobile = False
        self.assertIn("Thank you", self.send())
        self.assertFalse(self.joined().mobile_confirmed)
