"""Referral: what does not count is refused with its reason, and what counts is paid once, after the return window."""

import re

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import ClubCase, ClubCommon


class ReferralCommon(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sara = cls._member(name="Sara")

    def _invite(self, referrer=None, mobile=None, name="Friend", **values):
        """Somebody joins on the code of ``referrer``."""
        return self._member(name=name, mobile=mobile, referrer=(referrer or self.sara).referral_code, **values)

    def _referral(self, friend):
        return self.env["loyalty.club.referral"].search([("friend_id", "=", friend.id)], order="id desc", limit=1)


@tagged("post_install", "-at_install")
class TestReferralJoin(ReferralCommon):
    def test_code_number_and_mobile_name_the_referrer(self):
        for said in (
            self.sara.referral_code.lower(),
            f" {self.sara.referral_code[:3]}-{self.sara.referral_code[3:]} ",
            self.sara.number,
            "0" + self.sara.mobile[3:],
        ):
            friend = self._member(name="F", referrer=said)
            self.assertEqual(friend.referrer_id, self.sara, said)
            self.assertEqual(self._referral(friend).state, "joined")

    def test_a_wrong_code_joins_nobody(self):
        before = self.env["loyalty.club.member"].search_count([])
        with self.assertRaisesRegex(UserError, "ZZZZZZZ"):
            self._member(name="F", referrer="ZZZZZZZ")
        self.assertEqual(self.env["loyalty.club.member"].search_count([]), before)

    def test_codes_are_unique_and_not_the_membership_number(self):
        members = self.env["loyalty.club.member"].union(*(self._member(name=f"M{n}") for n in range(20)))
        codes = set(members.mapped("referral_code"))
        self.assertEqual(len(codes), 20)
        self.assertFalse(codes & set(members.mapped("number")))

    def _refused(self, friend, reason, referrer=None):
        referral = self._referral(friend)
        self.assertEqual((referral.state, referral.refusal), ("refused", reason))
        self.assertEqual(referral.referrer_id, referrer or self.sara)
        self.assertNotEqual(friend.referrer_id, referrer or self.sara)

    def test_nobody_invites_himself(self):
        again = self._member(mobile=self.sara.mobile, referrer=self.sara.referral_code)
        self.assertEqual(again, self.sara)
        self._refused(self.sara, "self")

    def test_a_circle_of_two_does_not_count(self):
        friend = self._invite()
        self._member(mobile=self.sara.mobile, referrer=friend.referral_code)
        self._refused(self.sara, "circle", referrer=friend)

    def test_a_longer_circle_does_not_count(self):
        friend = self._invite(name="B")
        third = self._invite(referrer=friend, name="C")
        self._member(mobile=self.sara.mobile, referrer=third.referral_code)
        self._refused(self.sara, "circle", referrer=third)

    def test_an_old_member_was_not_brought_by_anybody(self):
        old = self._member(name="Old")
        self._member(mobile=old.mobile, referrer=self.sara.referral_code)
        self._refused(old, "known")

    def test_the_same_e_mail_is_the_same_person(self):
        self.sara.email = "sara@example.com"
        partner = self.env["res.partner"].create({"name": "S.", "email": "Sara@Example.com "})
        friend = self._invite(partner=partner)
        self._refused(friend, "contact")

    def test_people_of_one_company_contact_do_not_invite_each_other(self):
        company = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.sara.partner_id.parent_id = company
        partner = self.env["res.partner"].create({"name": "Colleague", "parent_id": company.id})
        self._refused(self._invite(partner=partner), "contact")

    def test_one_household_is_not_a_friend(self):
        self.sara.partner_id.write({"street": "Vali-Asr 12", "city": "Tehran"})
        partner = self.env["res.partner"].create({"name": "Brother", "street": "vali-asr  12", "city": "tehran"})
        self._refused(self._invite(partner=partner), "household")

    def test_a_blocked_member_invites_nobody(self):
        self.sara.action_block()
        self._refused(self._invite(), "inactive")

    def test_staff_do_not_join_people_on_their_own_code(self):
        cashier = self._user("officer")
        own = self.env["loyalty.club.member"]._club_enrol(self.club, partner=cashier.partner_id)[0]
        friend = (
            self.env["loyalty.club.member"]
            .with_user(cashier)
            .sudo()
            ._club_enrol(self.club, mobile="09351112233", name="F", referrer=own.referral_code)[0]
        )
        self._refused(friend, "staff", referrer=own)

    def test_one_user_does_not_join_a_crowd_on_one_code(self):
        self.club.referral_user_limit = 2
        enrol = self.env["loyalty.club.member"].with_user(self._user("officer")).sudo()._club_enrol
        friends = [
            enrol(self.club, mobile=f"0935111220{n}", name="F", referrer=self.sara.referral_code)[0] for n in range(3)
        ]
        self.assertEqual([friend.referrer_id for friend in friends[:2]], [self.sara, self.sara])
        self._refused(friends[2], "many")

    def test_the_office_notes_later_who_invited_but_only_once_and_no_circle(self):
        friend = self._member(name="F")
        friend.referrer_id = self.sara
        self.assertEqual(self._referral(friend).state, "joined")
        other = self._member(name="Other")
        with self.assertRaisesRegex(UserError, "stays"):
            friend.referrer_id = other
        with self.assertRaisesRegex(UserError, "circle"):
            self.sara.referrer_id = friend

    def test_a_cashier_sees_whom_a_member_brought_and_what_it_earned_him(self):
        self._invite()
        cashier = self._user("cashier")
        shown = self.sara.with_user(cashier).referral_ids.read(["friend_id", "state", "refusal", "earned_display"])
        self.assertEqual(shown[0]["state"], "joined")

    def test_members_of_another_club_do_not_count(self):
        stranger = self._member(club=self._make_club(name="Other"))
        with self.assertRaises(UserError):
            self._member(name="F", referrer=stranger.referral_code)
        with self.assertRaises(ValidationError):
            self.sara.referrer_id = stranger

    def test_the_office_form_names_the_referrer_by_code(self):
        form = Form(self.env["loyalty.club.enrol"].with_context(default_club_id=self.club.id))
        form.mobile, form.name, form.referrer = "09351112233", "F", self.sara.referral_code
        friend = self.env["loyalty.club.member"].browse(form.save().action_enrol()["res_id"])
        self.assertEqual(friend.referrer_id, self.sara)


@tagged("post_install", "-at_install")
class TestJoinPage(ClubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club()
        cls.sara = cls._member(name="Sara Karimi", mobile="09120000001")

    def setUp(self):
        super().setUp()
        self.env.flush_all()

    def _open(self, code):
        return self.url_open(f"/club/join/{code}")

    def _join(self, mobile, name="Ali", code=None):
        page = self._open(code or self.sara.referral_code)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            f"/club/join/{code or self.sara.referral_code}",
            data={"csrf_token": token, "mobile": mobile, "name": name},
        )

    def _member_of(self, mobile):
        return self.env["loyalty.club.member"].search([("club_id", "=", self.club.id), ("mobile", "=", mobile)])

    def _forget(self):
        for what in ("join", "code"):
            self.env["loyalty.club.attempt"]._club_forget(f"referral:{what}:127.0.0.1")

    def test_joining_by_the_link(self):
        self.addCleanup(self._forget)
        answer = self._join("۰۹۳۵ ۱۱۱ ۲۲۳۳")
        self.assertIn("Thank you", answer.text)
        friend = self._member_of("+989351112233")
        self.assertEqual((friend.name, friend.joined_channel, friend.referrer_id), ("Ali", "web", self.sara))

    def test_the_page_does_not_tell_who_is_a_member_nor_who_invited(self):
        self.addCleanup(self._forget)
        new = self._join("09351112244")
        known = self._join("09351112244", name="Somebody else")
        tokens = re.compile(r"[0-9a-f]{40}o\d+")  # new every second
        self.assertEqual(tokens.sub("", new.text), tokens.sub("", known.text))
        self.assertEqual(new.status_code, known.status_code)
        self.assertEqual(self._member_of("+989351112244").name, "Ali", "a visitor changes nobody's name")
        for page in (self._open(self.sara.referral_code), new):
            self.assertNotIn("Karimi", page.text)
            self.assertNotIn(self.sara.number, page.text)

    def test_a_number_that_is_none_is_said_and_joins_nobody(self):
        self.addCleanup(self._forget)
        self.assertIn("Check the digits", self._join("12").text)

    def test_many_joins_from_one_address_are_stopped(self):
        self.addCleanup(self._forget)
        answers = [self._join(f"0935111225{n}") for n in range(6)]
        self.assertEqual([answer.status_code for answer in answers], [200] * 5 + [429])
        self.assertFalse(self._member_of("+989351112255"))

    def test_guessing_codes_is_stopped(self):
        self.addCleanup(self._forget)
        answers = [self._open(f"ZZZZZZ{n % 8 + 2}").status_code for n in range(21)]
        self.assertEqual(answers, [200] * 20 + [429])
        self.assertEqual(self._open(self.sara.referral_code).status_code, 200, "a right code still opens")

    def test_the_member_sees_code_link_qr_and_friends(self):
        self.addCleanup(self._forget)
        user = self.env["res.users"].create(
            {
                "name": "Sara Karimi",
                "login": "sara_portal",
                "password": "sara_portal",
                "partner_id": self.sara.partner_id.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self._member(name="Ali Ahmadi", referrer=self.sara.referral_code)
        self.env.flush_all()
        self.authenticate(user.login, "sara_portal")
        page = self.url_open("/my/club/invite").text
        self.assertIn(self.sara.referral_code, page)
        self.assertIn("barcode_type=QR", page)
        self.assertIn("Ali", page)
        self.assertNotIn("Ahmadi", page)
