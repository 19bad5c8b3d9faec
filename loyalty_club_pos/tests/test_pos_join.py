"""Joining at the till: the code that confirms the mobile, and what the customer agrees to."""

import re
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClubPosCommon

MOBILE = "0936 777 8899"


@tagged("post_install", "-at_install")
class TestPosJoin(ClubPosCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.club.confirm_mobile = True
        self.desk = self.till.with_user(self.cashier)
        self.texts, self.noted = [], []
        for model, name, what in (
            ("loyalty.club.messenger", "_club_can_send", lambda _self: True),
            # the phone network, which is not ours
            ("loyalty.club.messenger", "_club_send_code", lambda _self, _to, text: self.texts.append(text) or True),
            # an addon that sends messages asks and writes down
            ("loyalty.club", "_club_consent_asks", lambda _self: [{"purpose": "offers", "text_id": 7, "text": "Yes"}]),
            ("loyalty.club.member", "_club_note_consents", lambda _self, *noted: self.noted.append(noted)),
        ):
            patcher = patch.object(self.env.registry[model], name, what)
            patcher.start()
            self.addCleanup(patcher.stop)

    def test_the_till_knows_what_to_ask(self):
        data = self.till._club_till_data()
        self.assertTrue(data["confirm_mobile"])
        self.assertEqual(data["asks"][0]["text"], "Yes")

    def test_a_code_confirms_the_mobile_at_the_till(self):
        self.assertEqual(self.desk.club_join_code(MOBILE)["status"], "sent")
        self.assertEqual(self.desk.club_join_confirm(MOBILE, "1")["status"], "wrong")
        key = self.desk.club_join_confirm(MOBILE, re.search(r"[0-9]{6}", self.texts[-1]).group())["key"]
        joined = self.desk.club_join(MOBILE, "Mina", mobile_key=key)
        member = self.env["loyalty.club.member"].browse(joined["members"][0]["member_id"])
        self.assertTrue(member.mobile_confirmed)
        with self.assertRaises(UserError):
            self.desk.club_join("0936 777 0000", "Reza", mobile_key=key)

    def test_who_has_no_phone_with_him_joins_without_a_code(self):
        joined = self.desk.club_join(MOBILE, "Mina")
        member = self.env["loyalty.club.member"].browse(joined["members"][0]["member_id"])
        self.assertFalse(member.mobile_confirmed)
        self.assertFalse(self.noted, "nobody agreed to anything")

    def test_what_was_ticked_is_noted_with_the_till_and_nothing_else(self):
        self.desk.club_join(MOBILE, "Mina", agreed=["offers", "everything"])
        ((consents, channel, branch_id),) = self.noted
        self.assertEqual(
            [(one["purpose"], one["text_id"], one["place"]) for one in consents], [("offers", 7, self.till.name)]
        )
        self.assertEqual((channel, branch_id), ("till", self.branch.id))

    def test_who_joins_is_welcomed_in_the_language_that_the_cashier_chose(self):
        """The contact gets it before the welcome is written; a code that is none changes nothing."""
        self.assertEqual(self.till._club_till_data()["languages"], [], "one language is no choice")
        self.env["res.lang"]._activate_lang("fa_IR")
        offered = {language["code"]: language["name"] for language in self.till._club_till_data()["languages"]}
        self.assertEqual(offered["fa_IR"], "فارسی")
        welcomed = {}
        happened = patch.object(
            self.env.registry["loyalty.club.messenger"],
            "_club_happened",
            lambda messenger, code, rows: welcomed.update(
                {code: messenger.env["loyalty.club.member"].browse(rows[0]["member_id"]).partner_id.lang}
            ),
        )
        happened.start()
        self.addCleanup(happened.stop)
        for mobile, lang, gets in ((MOBILE, "fa_IR", "fa_IR"), ("0936 777 8800", "xx_XX", "en_US")):
            self.desk.club_join(mobile, lang=lang)
            self.assertEqual(welcomed["joined"], gets)
