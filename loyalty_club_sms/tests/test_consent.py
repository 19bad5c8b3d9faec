"""Consent: every yes and no is kept with its proof, and what was said last decides."""

from datetime import timedelta

from odoo import fields
from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger


class ConsentCommon(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consents = cls.env["loyalty.club.consent"]
        cls.text = cls.env["loyalty.club.consent.text"]._club_text(cls.club, "offers")
        cls.sara = cls._member(name="Sara")

    def give(self, member=None, purpose="offers", channel="sms", **proof):
        return (member or self.sara)._club_give_consent(purpose, channel, "portal", text_id=self.text.id, **proof)

    def agrees(self, member=None, purpose="offers", channel="sms"):
        member = member or self.sara
        return member._club_consents(purpose, channel)[member.id]


@tagged("post_install", "-at_install")
class TestConsent(ConsentCommon):
    def test_nobody_agrees_before_he_said_so(self):
        self.assertIsNone(self.agrees())
        self.assertFalse(self.sara.consent_offers)

    def test_a_consent_keeps_when_how_by_whom_and_which_text(self):
        row = self.give(branch_id=self.branch.id, place="Till 1")
        self.assertEqual(
            (row.source, row.user_id, row.text_id, row.text_id.version, row.branch_id, row.place, row.lang),
            ("portal", self.env.user, self.text, 1, self.branch, "Till 1", "en_US"),
        )
        self.assertTrue(row.at)
        self.assertTrue(self.agrees())
        self.assertIsNone(self.agrees(purpose="news"), "one purpose says nothing about another")
        self.assertIsNone(self.agrees(channel="telegram"), "one channel says nothing about another")

    def test_the_same_yes_twice_is_one_row_and_a_new_text_is_another(self):
        self.assertEqual(len(self.give() | self.give()), 1)
        draft = self.text.copy({"body": "Other words", "club_id": self.club.id})
        draft.action_use()
        self.sara._club_give_consent("offers", "sms", "portal", text_id=draft.id)
        self.assertEqual(len(self.sara.consent_ids), 2)

    def test_withdrawing_is_a_row_too_and_is_not_said_twice(self):
        self.give()
        rows = self.sara._club_withdraw_consent(["news", "offers"], ["sms"], "office", note="By phone")
        self.assertEqual(sorted(rows.mapped("purpose")), ["news", "offers"], "also what he never agreed to")
        self.assertIs(self.agrees(), False)
        self.assertFalse(self.sara._club_withdraw_consent(["offers"], ["sms"], "office"))

    def test_an_old_paper_does_not_undo_what_was_said_since(self):
        self.sara._club_withdraw_consent(["offers"], ["sms"], "incoming")
        self.give(at=fields.Datetime.now() - timedelta(days=900))
        self.assertIs(self.agrees(), False)

    def test_rows_are_neither_changed_nor_deleted(self):
        row = self.give()
        for change in (lambda: row.write({"given": False}), row.unlink):
            with self.assertRaisesRegex(UserError, "proof"):
                change()

    def test_nobody_but_a_manager_writes_rows_and_only_as_an_import(self):
        values = {
            "member_id": self.sara.id,
            "purpose": "offers",
            "channel": "sms",
            "given": True,
            "at": "2024-05-01 10:00:00",
            "note": "Form 17, folder 3",
        }
        for role in ("cashier", "officer", "accountant", "auditor"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.consents.with_user(self._user(role)).create(values)
        manager = self._user("manager")
        row = self.consents.with_user(manager).create(values)
        self.assertEqual((row.source, row.user_id), ("import", manager))
        for wrong in ({"source": "till"}, {"note": " "}, {"at": False}, {"at": "2999-01-01 00:00:00"}):
            with self.assertRaises(UserError):
                self.consents.with_user(manager).create({**values, **wrong})

    def test_consents_of_before_come_by_a_file(self):
        manager = self._user("manager")
        names = ["member_id", "purpose", "channel", "given", "at", "note"]
        good = [self.sara.number, "Offers", "SMS", "1", "2024-05-01 10:00:00", "Form 17"]
        result = self.consents.with_user(manager).load(names, [good])
        self.assertFalse(result["messages"])
        self.assertTrue(self.agrees())
        bad = self.consents.with_user(manager).load(names, [[*good[:-1], ""]])
        self.assertIn("proof", bad["messages"][0]["message"])

    def test_members_are_found_by_what_they_agree_to(self):
        reza = self._member(name="Reza")
        self.give()
        self.give(reza)
        reza._club_withdraw_consent(["offers"], ["sms"], "portal")
        Member = self.env["loyalty.club.member"]
        ours = [("club_id", "=", self.club.id)]
        self.assertEqual(Member.search([("consent_offers", "=", True), *ours]), self.sara)
        self.assertEqual(Member.search([("consent_offers", "=", False), *ours]), reza)
        self.assertIn("Offers", self.sara.consent_summary)
        self.assertEqual(reza.consent_summary, "no advertising")

    def test_the_last_word_of_a_merged_person_holds(self):
        old = self._member(name="Sara again")
        self.give(at=fields.Datetime.now() - timedelta(days=5))
        old._club_withdraw_consent(["offers"], ["sms"], "office")
        old._club_merge_into(self.sara)
        self.assertIs(self.agrees(), False)
        self.assertIn("merge", self.sara.consent_ids.mapped("source"))

    def test_a_text_that_was_used_stays_as_it_is(self):
        with self.assertRaisesRegex(UserError, "Duplicate"):
            self.text.write({"body": "I want everything."})
        with self.assertRaisesRegex(UserError, "Duplicate"):
            self.text.update_field_translations("body", {"en_US": "I want everything."})
        with self.assertRaises(UserError):
            self.text.unlink()

    def test_a_new_version_replaces_the_one_before(self):
        first = self.text.copy({"body": "One", "club_id": self.club.id})
        first.action_use()
        second = first.copy({"body": "Two"})
        second.action_use()
        self.assertEqual((first.state, second.state, second.version), ("retired", "used", 2))
        self.assertEqual(self.env["loyalty.club.consent.text"]._club_text(self.club, "offers"), second)
        other = self._make_club(name="Other")
        self.assertEqual(self.env["loyalty.club.consent.text"]._club_text(other, "offers"), self.text)

    def test_the_office_notes_a_consent_with_its_proof(self):
        officer = self._user("officer")
        Change = self.env["loyalty.club.consent.change"].with_user(officer)
        wizard = Change.create({"member_id": self.sara.id, "change": "give", "purpose": "offers", "channel": "sms"})
        self.assertEqual(wizard.text, self.text.body)
        with self.assertRaisesRegex(UserError, "proof"):
            wizard.action_apply()
        wizard.note = "Signed on 3 May"
        wizard.action_apply()
        self.assertTrue(self.agrees())
        self.assertEqual(self.sara.consent_ids[0].user_id, officer)
        Change.create(
            {"member_id": self.sara.id, "change": "withdraw", "purpose": "all", "channel": "all"}
        ).action_apply()
        self.assertIs(self.agrees(), False)
        with self.assertRaises(UserError):
            Change.create(
                {"member_id": self.sara.id, "change": "give", "purpose": "all", "channel": "all", "note": "x"}
            ).action_apply()

    def test_joining_at_the_till_takes_what_was_ticked(self):
        (ask,) = self.club._club_consent_asks()
        member = self._member(
            name="Mina",
            joined_channel="till",
            joined_branch_id=self.branch.id,
            consents=[{"purpose": "offers", "text_id": ask["text_id"], "place": "Till 2"}],
        )
        row = member.consent_ids
        self.assertEqual((row.source, row.place, row.branch_id, row.channel), ("till", "Till 2", self.branch, "sms"))
        with self.assertRaisesRegex(UserError, "out of date"):
            self._member(name="X", consents=[{"purpose": "news", "text_id": ask["text_id"]}])

    def test_joining_at_the_office_takes_what_was_ticked_with_its_proof(self):
        officer = self._user("officer")
        Enrol = self.env["loyalty.club.enrol"].with_user(officer)
        ticked = {"club_id": self.club.id, "agree_offers": True, "branch_id": self.branch.id}
        wizard = Enrol.create({**ticked, "mobile": "09125550001", "name": "Nika", "consent_note": " "})
        self.assertEqual(wizard.offers_text, self.text.body)
        with self.assertRaisesRegex(UserError, "proof"):
            wizard.action_enrol()
        self.assertFalse(self.env["loyalty.club.member"].search([("mobile", "=", "+989125550001")]))
        wizard.consent_note = "Signed form 17"
        member = self.env["loyalty.club.member"].browse(wizard.action_enrol()["res_id"])
        row = member.consent_ids
        self.assertEqual(
            (row.purpose, row.channel, row.source, row.note, row.text_id, row.branch_id, row.user_id),
            ("offers", "sms", "office", "Signed form 17", self.text, self.branch, officer),
        )
        silent = Enrol.create({"club_id": self.club.id, "mobile": "09125550002", "name": "Omid"}).action_enrol()
        silent = self.env["loyalty.club.member"].browse(silent["res_id"])
        self.assertFalse(silent.consent_ids, "nobody agrees by being joined")

    def test_another_company_s_people_see_nothing_of_it(self):
        self.give()
        stranger = self._user("manager", self.env["res.company"].create({"name": "Elsewhere"}), login="stranger")
        self.assertFalse(self.consents.with_user(stranger).search([("member_id", "=", self.sara.id)]))
