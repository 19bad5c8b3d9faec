"""Cards: a number opens nothing that it should not, and nothing that happens to a card touches a balance."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.addons.loyalty_club.models import club_card
from odoo.addons.loyalty_club.tools.luhn import is_valid
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestCard(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls._member(name="Ali Karimi")
        cls.card = cls.member.card_ids
        batch = cls.env["loyalty.club.card.batch"].create({"name": "Plastic", "club_id": cls.club.id, "quantity": 5})
        batch.action_make()
        cls.stock = batch.card_ids

    def _change(self, change, card=None, **values):
        values = {"change": change, "card_id": card and card.id, **values}
        return self.env["loyalty.club.card.change"].create(values).action_apply()

    def test_a_member_gets_one_valid_number_that_no_bank_card_can_have(self):
        self.assertEqual(len(self.card), 1)
        self.assertTrue(is_valid(self.card.number))
        self.assertEqual((len(self.card.number), self.card.number[:4]), (16, "9364"))
        self.assertFalse(self.card._club_refusal())

    def test_a_replaced_card_is_refused_with_the_end_of_the_new_one_and_the_balance_stays(self):
        account = self._account(self.member)
        self._post(account, 500)
        self._change("replace", self.card, number=self.stock[0].number_grouped, reason="Broken")
        self.assertRegex(self.card._club_refusal(), rf"replaced on .* ending {self.stock[0].number[-4:]}")
        self.assertFalse(self.stock[0]._club_refusal())
        self.assertEqual(self.card.replaced_by_id, self.stock[0])
        self.assertEqual((self.stock[0].member_id, account.balance), (self.member, 500))

    def test_a_replacement_without_plastic_is_a_new_number_on_the_phone(self):
        self._change("replace", self.card)
        new = self.card.replaced_by_id
        self.assertEqual((new.state, new.virtual, new.member_id), ("active", True, self.member))
        self.assertNotEqual(new.number, self.card.number)

    def test_a_replaced_card_never_comes_back(self):
        self._change("replace", self.card)
        for change in ("unblock", "lost", "block", "replace"):
            with self.assertRaises(UserError, msg=change):
                self._change(change, self.card)
        with self.assertRaises(UserError):
            self._change("give", self.card, member_id=self.member.id)
        self.assertEqual(self.card.state, "replaced")

    def test_one_plastic_card_is_not_given_to_two_people(self):
        self._change("give", member_id=self.member.id, number=self.stock[1].number)
        other = self._member(name="Sara")
        with self.assertRaisesRegex(UserError, "Ali Karimi"):
            self._change("give", member_id=other.id, number=self.stock[1].number)
        with self.assertRaisesRegex(UserError, "not in stock"):
            self._change("replace", other.card_ids, number=self.stock[1].number)
        self.assertEqual(self.stock[1].member_id, self.member)
        self.assertEqual(other.card_ids.state, "active")

    def test_a_lost_card_is_refused_and_found_again(self):
        self._change("lost", self.card, reason="Metro")
        self.assertIn("lost", self.card._club_refusal())
        self._change("unblock", self.card)
        self.assertFalse(self.card._club_refusal())

    def test_a_blocked_card_says_why(self):
        self._change("block", self.card, reason="Used by a stranger")
        self.assertIn("Used by a stranger", self.card._club_refusal())

    def test_a_blocked_stock_card_returns_to_stock_not_to_nobody_in_particular(self):
        self._change("block", self.stock[2], reason="Envelope was open")
        self._change("unblock", self.stock[2])
        self.assertEqual((self.stock[2].state, self.stock[2].member_id.id), ("stock", False))

    def test_a_stock_card_at_the_till_is_refused_until_somebody_gets_it(self):
        self.assertIn("not given", self.stock[3]._club_refusal())

    def test_a_card_of_a_blocked_member_is_refused(self):
        self.member.action_block()
        self.assertIn("Ali Karimi", self.card._club_refusal())
        self.member.action_unblock()
        self.assertFalse(self.card._club_refusal())

    def test_cards_of_another_club_are_not_given_out_here(self):
        other = self._make_club(name="Other club")
        guest = self._member(club=other)
        with self.assertRaises(UserError):
            self.stock[0]._club_activate(guest)
        with self.assertRaisesRegex(UserError, "has no card"):
            self._change("give", member_id=guest.id, number=self.stock[0].number)

    def test_a_mistyped_number_is_explained(self):
        wrong = self.stock[0].number[:-1] + str((int(self.stock[0].number[-1]) + 1) % 10)
        for number, problem in ((wrong, "mistyped"), ("9364", "16 digits"), ("93a", "other characters")):
            with self.assertRaisesRegex(UserError, problem):
                self._change("give", member_id=self.member.id, number=number)

    @freeze_time("2026-03-31 18:00:00")
    def test_a_card_is_good_on_its_last_day_in_the_club_s_country_and_expired_after_it(self):
        self.club.company_id.country_id = self.env.ref("base.ir")
        self.card.expires_on = date(2026, 3, 31)
        self.assertFalse(self.card._club_refusal())
        with freeze_time("2026-03-31 20:29:00"):  # 23:59 in Tehran
            self.assertFalse(self.card._club_refusal())
        with freeze_time("2026-03-31 20:31:00"):  # 00:01 in Tehran, still the last day in UTC
            self.assertIn("expired", self.card._club_refusal())
            self.assertEqual(self.card.state, "active")
            self.env["loyalty.club.card"]._club_expire(self.club, self.club._club_today())
            self.assertEqual(self.card.state, "expired")
            self.assertIn("expired", self.card._club_refusal())

    def test_expiry_leaves_replaced_and_undated_cards_alone(self):
        (self.stock[0] | self.card).expires_on = date(2020, 1, 1)
        self.card.sudo().expires_on = False
        self._change("replace", self.card)
        self.card.expires_on = date(2020, 1, 1)
        expired = self.env["loyalty.club.card"]._club_expire(self.club, date(2026, 1, 1))
        self.assertEqual(expired, self.stock[0])
        self.assertEqual(self.card.state, "replaced")

    def test_state_and_member_cannot_be_written_around_the_actions(self):
        manager = self._user("manager")
        for values in (
            {"state": "active"},
            {"member_id": self.member.id},
            {"number": "9364000000000000"},
            {"virtual": True},
        ):
            with self.assertRaises(AccessError, msg=str(values)):
                self.stock[0].with_user(manager).write(values)
        with self.assertRaises(AccessError):
            self.member.with_user(manager).write({"card_ids": [(4, self.stock[0].id)]})
        with self.assertRaises(AccessError):
            self.env["loyalty.club.card"].with_user(manager).create(
                {"number": "9364123456789016", "club_id": self.club.id}
            )

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_an_active_card_of_nobody(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE loyalty_club_card SET state = 'active' WHERE id = %s", [self.stock[0].id])

    def test_only_cards_in_stock_are_deleted(self):
        with self.assertRaises(UserError):
            self.card.unlink()
        self.stock[4].with_user(self._user("manager")).unlink()
        self.assertFalse(self.stock[4].exists())

    def test_a_number_taken_by_somebody_else_meanwhile_gives_no_member_two_cards(self):
        taken = self.stock[0].number
        model = self.env["loyalty.club.card"]
        with self.assertRaisesRegex(UserError, "Try again"):
            model._club_insert(self.club, [taken], state="active", member_ids=self.member.ids)
        self.assertEqual(self.stock[0].state, "stock")
        with (
            patch.object(club_card, "make_numbers", side_effect=ValueError),
            self.assertRaisesRegex(UserError, "prefix"),
        ):
            model._club_free_numbers(self.club, 1)

    def test_a_card_is_found_however_its_number_is_typed(self):
        model, number = self.env["loyalty.club.card"], self.card.number
        persian = number.translate({ord(str(i)): "۰۱۲۳۴۵۶۷۸۹"[i] for i in range(10)})
        for typed in (
            number,
            self.card.display_name,
            f" {persian} ",
            "-".join((number[:4], number[4:8], number[8:12], number[12:])),
        ):
            self.assertEqual(model.search([("display_name", "ilike", typed)]), self.card)
            self.assertEqual(model.search([("number_grouped", "ilike", typed)]), self.card)
