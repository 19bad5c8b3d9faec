"""Members in the office: found by whatever they say, never made twice, and their state follows the buttons only."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ClubCommon

ALI = "علی کریمی"
ALI_ON_AN_ARABIC_KEYBOARD = "علي كريمي"


@tagged("post_install", "-at_install")
class TestMemberSearch(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ali = cls._member(name=ALI, mobile="09121112233")
        cls.old_ali = cls._member(name=ALI_ON_AN_ARABIC_KEYBOARD, mobile="09124445566")
        cls.sara = cls._member(name="Sara", mobile="09127778899")

    def _found(self, term):
        by_field = self.env["loyalty.club.member"].search(
            [("club_id", "=", self.club.id), ("club_search", "ilike", term)]
        )
        by_name = self.env["loyalty.club.member"].search(
            [("club_id", "=", self.club.id), ("display_name", "ilike", term)]
        )
        self.assertEqual(by_field, by_name, "the search box and the drop-downs find the same")
        return by_field

    def test_a_mobile_is_found_in_any_form(self):
        for term in (
            "09121112233",
            "۰۹۱۲ ۱۱۱ ۲۲۳۳",
            "٠٩١٢١١١٢٢٣٣",
            "+98 912 111 2233",
            "00989121112233",
            "912-111-2233",
            "1112233",
        ):
            self.assertEqual(self._found(term), self.ali, term)

    def test_a_name_is_found_from_either_keyboard(self):
        for term in (ALI, ALI_ON_AN_ARABIC_KEYBOARD, ALI[:3]):
            self.assertEqual(self._found(term), self.ali | self.old_ali, term)

    def test_card_and_membership_numbers_are_found(self):
        for term in (
            self.sara.number,
            self.sara.number.lower(),
            self.sara.card_ids.number,
            self.sara.card_ids.display_name,
        ):
            self.assertEqual(self._found(term), self.sara, term)

    def test_a_few_digits_do_not_find_everybody(self):
        self.assertFalse(self._found("912"))

    def test_a_search_that_makes_no_sense_is_refused_with_a_word(self):
        with self.assertRaisesRegex(UserError, "contains"):
            self.env["loyalty.club.member"].search([("club_search", ">", "a")])


@tagged("post_install", "-at_install")
class TestEnrol(ClubCommon):
    def _wizard(self, **values):
        form = Form(self.env["loyalty.club.enrol"].with_context(default_club_id=self.club.id))
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def _members(self):
        return self.env["loyalty.club.member"].search_count([("club_id", "=", self.club.id)])

    def test_a_new_member_is_one_contact_with_one_card(self):
        form = self._wizard(mobile="۰۹۱۲۳۴۵۶۷۸۹", name="  " + ALI_ON_AN_ARABIC_KEYBOARD)
        self.assertEqual(form.found, "new")
        member = self.env["loyalty.club.member"].browse(form.save().action_enrol()["res_id"])
        self.assertEqual((member.name, member.mobile, member.joined_channel), (ALI, "+989123456789", "backoffice"))
        self.assertEqual(len(member.card_ids), 1)

    def test_a_known_contact_becomes_the_member_and_is_not_doubled(self):
        partner = self.env["res.partner"].create(
            {"name": "Known", "phone": "0912 345 67 89", "country_id": self.env.ref("base.ir").id}
        )
        form = self._wizard(mobile="+989123456789")
        self.assertEqual((form.found, form.found_partner_id), ("contact", partner))
        member = self.env["loyalty.club.member"].browse(form.save().action_enrol()["res_id"])
        self.assertEqual(member.partner_id, partner)

    def test_a_member_of_another_club_is_the_same_contact(self):
        other = self._member(club=self._make_club(name="Other"), mobile="09123456789")
        form = self._wizard(mobile="09123456789")
        self.assertEqual((form.found, form.found_partner_id), ("contact", other.partner_id))

    def test_who_is_a_member_already_is_opened_not_made_again(self):
        member = self._member(mobile="09123456789")
        before = self._members()
        form = self._wizard(mobile="0098 912 345 6789")
        self.assertEqual((form.found, form.found_member_id), ("member", member))
        self.assertEqual(form.save().action_enrol()["res_id"], member.id)
        self.assertEqual(self._members(), before)

    def test_a_bad_number_is_said_and_joins_nobody(self):
        before = self._members()
        form = self._wizard(mobile="0912345", name="X")
        self.assertEqual(form.found, "bad")
        with self.assertRaisesRegex(UserError, "Check the digits"):
            form.save().action_enrol()
        self.assertEqual(self._members(), before)

    def test_a_plastic_card_is_given_in_the_same_step(self):
        batch = self.env["loyalty.club.card.batch"].create({"name": "B", "club_id": self.club.id, "quantity": 1})
        batch.action_make()
        form = self._wizard(
            mobile="09123456789", name="Sara", card_number=batch.card_ids.number, birth_date="1990-01-01"
        )
        member = self.env["loyalty.club.member"].browse(form.save().action_enrol()["res_id"])
        self.assertEqual(batch.card_ids.member_id, member)
        self.assertEqual(str(member.partner_id.club_birth_date), "1990-01-01")


@tagged("post_install", "-at_install")
class TestMemberState(ClubCommon):
    def test_block_leave_and_return(self):
        member = self._member(mobile="09123456789")
        account = self._account(member)
        self._post(account, 70)
        member.action_block()
        self.assertEqual(member.state, "blocked")
        member.action_leave()
        member.action_return()
        self.assertEqual((member.state, account.balance), ("active", 70))

    def test_the_number_of_one_who_left_is_free_for_another_and_his_return_is_then_refused(self):
        old = self._member(mobile="09123456789", name="Old")
        old.action_leave()
        old.partner_id.phone = False
        new = self._member(mobile="09123456789", name="New")
        self.assertNotEqual(new, old)
        old.partner_id.phone = "09123456789"
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            old.action_return()

    def test_a_merged_member_does_not_come_back(self):
        gone, kept = self._member(name="A"), self._member(name="B")
        gone.sudo()._club_merge_into(kept)
        with self.assertRaisesRegex(UserError, "merged"):
            gone.action_return()

    def test_state_person_and_club_cannot_be_written_around_the_buttons(self):
        member = self._member().with_user(self._user("manager"))
        other = self._member()
        for values in (
            {"state": "left"},
            {"partner_id": other.partner_id.id},
            {"merged_into_id": other.id},
            {"number": "X"},
        ):
            with self.assertRaises(AccessError, msg=str(values)):
                member.write(values)
        with self.assertRaises(AccessError):
            member.create({"club_id": self.club.id, "partner_id": other.partner_id.copy().id, "state": "blocked"})

    def test_birthdays_are_not_in_the_future(self):
        member = self._member()
        with self.assertRaises(ValidationError):
            member.birth_date = "2999-01-01"

    def test_many_members_cost_no_query_each(self):
        partners = self.env["res.partner"].create([{"name": f"P{i}", "phone": f"0919{i:07d}"} for i in range(300)])
        values = [{"club_id": self.club.id, "partner_id": partner.id} for partner in partners]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        members = self.env["loyalty.club.member"].create(values)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 60)
        self.assertEqual(len(set(members.mapped("number"))), 300)
        self.assertEqual(len(members.card_ids), 300)
        self.assertEqual(members.card_ids.member_id, members)

    def test_a_gapless_sequence_is_respected(self):
        sequence = self.env.ref("loyalty_club.sequence_member")
        sequence.implementation = "no_gap"
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        members = self.env["loyalty.club.member"].create(
            [{"club_id": self.club.id, "partner_id": p.id} for p in partners]
        )
        self.assertEqual(len(set(members.mapped("number"))), 2)

    def test_a_number_draw_of_nobody_costs_nothing(self):
        with patch.object(type(self.env["ir.sequence"]), "next_by_id", side_effect=AssertionError):
            self.assertEqual(self.env["loyalty.club.member"]._club_draw_numbers(0), [])

    def test_the_contact_opens_its_membership(self):
        member = self._member()
        self.assertEqual(member.partner_id.club_member_count, 1)
        self.assertEqual(member.partner_id.action_club_members()["res_id"], member.id)
