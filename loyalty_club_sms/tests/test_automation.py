"""Automations of what happens: each cause becomes one waiting message, once; none of it can harm what caused it."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .automations import AutomationCase

LOGGER = "odoo.addons.loyalty_club_sms.models.club_automation_happened"


@tagged("post_install", "-at_install")
class TestAutomation(AutomationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sara = cls.person()

    # -- causes in the base ----------------------------------------------------------------------------------------

    def test_who_joins_is_welcomed_with_card_and_link(self):
        automation = self.automation("joined")
        member = self.person("fa_IR", "لیلا", joined_channel="till")
        message = self.messages(automation)
        self.assertEqual((message.member_id, message.state, message.lane), (member, "waiting", "service"))
        text = self.text(message)
        for part in ("لیلا عزیز، به بازار خوش آمدید", member.card_ids.number, "/my/club"):
            self.assertIn(part, text)

    def test_who_is_imported_or_taken_over_is_not_welcomed(self):
        automation = self.automation("joined")
        self.person(name="Old", joined_channel="import")
        self.person(name="Older", joined_channel="adoption")
        self.assertFalse(self.messages(automation))

    def test_a_check_in_is_told_once_a_day_and_branch(self):
        automation = self.automation("check_in")
        with freeze_time(fields.Datetime.now().replace(hour=8, minute=30)):  # noon in Tehran: no day ends in between
            now = fields.Datetime.now()
            for at in (now, now + timedelta(minutes=1)):
                self.sara._club_here(self.branch, at)
            self.sara._club_here(None, now)
        self.assertEqual(len(self.messages(automation)), 2)
        self.assertIn("Welcome to North, Sara!", self.text(self.messages(automation)[0]))

    def test_value_that_was_given_is_told(self):
        automation = self.automation("value_received")
        leila = self.person(name="Leila")
        self.program.club_transfer = True
        self._post(self._account(self.sara), 50)
        values = {"from_member_id": self.sara.id, "to_member_id": leila.id, "amount": 30}
        self.env["loyalty.club.transfer"].create(values).action_transfer()
        self.assertEqual(self.messages(automation).member_id, leila)
        text = self.text(self.messages(automation))
        self.assertIn("Leila, you have received 30 points.\nFrom ", text)
        self.assertNotIn("credit", text)

    def test_points_for_behaviour_and_by_hand_are_told(self):
        automation = self.automation("value_received")
        Kind = self.env["loyalty.club.event.type"].with_context(active_test=False)
        kind = Kind.search([("club_id", "=", self.club.id), ("code", "=", "visit")])
        kind.write({"active": True, "amount": 5, "value": "points"})
        self.sara._club_visit()
        adjustment = self.env["loyalty.club.adjustment"].create(
            {"member_id": self.sara.id, "club_id": self.club.id, "amount": 7, "reason": "Cashier's mistake"}
        )
        adjustment.action_request()
        texts = [self.text(message) for message in self.messages(automation)]
        self.assertIn("5 points", texts[0])
        self.assertIn("7 points", texts[1])
        self.assertNotIn("mistake", texts[1])
        kind.with_context(lang="fa_IR").name = "مراجعه"
        self.person("fa_IR", "لیلا")._club_visit()
        self.assertIn("مراجعه", self.text(self.messages(automation)[-1]), "named in the language of who reads it")

    def test_both_hear_of_an_invitation(self):
        invited, inviter = self.automation("invited"), self.automation("friend_joined")
        friend = self.person(name="Maryam", referrer_id=self.sara.id, joined_channel="web")
        self.assertEqual(self.messages(invited).member_id, friend)
        self.assertIn("by the invitation of Sara", self.text(self.messages(invited)))
        self.assertEqual(self.messages(inviter).member_id, self.sara)
        self.assertIn("Maryam has joined", self.text(self.messages(inviter)))

    def test_a_code_to_spend_is_said_in_the_clubs_words(self):
        self.club.write({"proof_points": True})
        self._post(self._account(self.sara), 500)
        self.sara.partner_id.lang = "fa_IR"
        automation = self.automation("code_spend")
        proof, code = self.env["loyalty.club.proof"]._club_new(self.sara, "points", 200, "pos.order:x")
        text = proof._club_text(code)
        self.assertIn(f"{code} کد شما در بازار", text)
        self.assertIn("برای خرج ۲۰۰ امتیاز", text)
        self.assertNotIn("اعتبار", text)
        automation.active = False
        self.sara.partner_id.lang = "en_US"
        self.assertIn("is your code to spend", proof._club_text(code))

    def test_a_broken_text_of_a_code_never_keeps_the_code_back(self):
        automation = self.automation("code_mobile")
        self.env.cr.execute(
            'UPDATE loyalty_club_template SET body = \'{"en_US": "No digits"}\' WHERE id = %s',
            [automation.template_id.id],
        )
        self.env.invalidate_all()
        number = "+989120009911"
        proof, code = self.env["loyalty.club.proof"]._club_new_mobile(self.club, number, "…11")
        self.assertIn(code, proof._club_text(code))
        self.assertIn("is your code to join", proof._club_text(code))

    # -- exactly once, in time, and only to whom it is meant -------------------------------------------------------

    def test_the_same_cause_is_told_once(self):
        automation = self.automation("purchase")
        for _again in range(3):
            self.happened("purchase", self.sara, "a", values={"paid": 1000})
        self.happened("purchase", self.sara, "b", values={"paid": 1000})
        self.assertEqual(len(self.messages(automation)), 2)

    def test_what_is_off_or_was_before_or_is_too_late_is_not_told(self):
        self.happened("purchase", self.sara)
        automation = self.automation("purchase", valid_hours=24)
        self.happened("purchase", self.sara, "late", at=fields.Datetime.now() - timedelta(hours=25))
        self.happened("never heard of", self.sara)
        self.assertFalse(self.messages(automation))
        self.happened("purchase", self.sara, "hours ago", at=fields.Datetime.now() - timedelta(hours=5))
        self.assertEqual(len(self.messages(automation)), 1)

    def test_it_waits_as_long_as_it_should_and_is_worth_nothing_after_its_hours(self):
        automation = self.automation("purchase", delay=2, valid_hours=3)
        at = fields.Datetime.now().replace(microsecond=0)
        self.happened("purchase", self.sara, at=at)
        message = self.messages(automation)
        self.assertEqual((message.not_before, message.not_after), (at + timedelta(hours=2), at + timedelta(hours=5)))

    def test_only_members_of_the_condition_are_written_to(self):
        automation = self.automation("purchase", domain="[('name', '=', 'Leila')]")
        leila = self.person(name="Leila")
        for member in (self.sara, leila):
            self.happened("purchase", member, str(member.id))
        self.assertEqual(self.messages(automation).member_id, leila)

    def test_a_condition_is_data_and_no_code(self):
        automation = self.automation("purchase")
        for domain in ("__import__('os').getcwd()", "[('no_such_field', '=', 1)]", "[(", "5"):
            with self.assertRaises(ValidationError):
                automation.domain = domain

    def test_who_left_is_not_written_to(self):
        automation = self.automation("purchase")
        self.sara.sudo().state = "left"
        self.happened("purchase", self.sara)
        self.assertFalse(self.messages(automation))

    def test_each_club_has_its_own_switches_and_texts(self):
        other = self._make_club(name="Other")
        self.automation("purchase", other)
        self.happened("purchase", self.sara)
        self.assertFalse(self.messages())
        member = self.person(name="Reza", club=other)
        self.happened("purchase", member, "r")
        message = self.env["loyalty.club.message"].search([("club_id", "=", other.id)])
        self.assertEqual(message.template_id.club_id, other)

    # -- nothing of it harms ---------------------------------------------------------------------------------------

    def test_a_failure_takes_nothing_of_the_sale_along(self):
        self.automation("purchase")
        self.sara.cashier_note = "written before"

        def broken(*_args):
            self.env.cr.execute("SELECT 1/0")

        Message = self.registry["loyalty.club.message"]
        # the database fails below our own code
        with (
            patch.object(Message, "_club_queue_insert", broken),
            self.assertLogs(LOGGER, "ERROR"),
            mute_logger("odoo.sql_db"),
        ):
            self.happened("purchase", self.sara)
        self.sara.invalidate_recordset()
        self.assertEqual(self.sara.cashier_note, "written before")

    def test_values_that_nobody_can_read_are_left_out(self):
        automation = self.automation("purchase")
        self.happened("purchase", self.sara, values={"paid": "lots", "earned": None, "points": object()})
        self.assertIn("thank you, Sara", self.text(self.messages(automation)))

    def test_nothing_is_asked_of_the_database_when_nothing_is_on(self):
        self.env["loyalty.club.automation"]._club_on()
        self.env.flush_all()
        self.assertTrue(self.sara.club_id)
        with self.assertQueryCount(0):
            self.happened("purchase", self.sara)
            self.sara._club_here(self.branch)

    # -- the set of a club -----------------------------------------------------------------------------------------

    def test_a_new_club_has_one_of_each_and_only_codes_are_on(self):
        club = self._make_club(name="New")
        automations = self.Automation.search([("club_id", "=", club.id)])
        self.assertEqual(automations.trigger_id, self.env["loyalty.club.trigger"].search([]))
        self.assertEqual(set(automations.filtered("active").mapped("kind")), {"code"})
        template = automations.filtered(lambda one: one.trigger_code == "purchase").template_id
        self.assertIn("سپاسگزاریم", template.with_context(lang="fa_IR").body)

    def test_what_shops_expect_is_switched_on_with_the_first_gateway_and_stays_off_after(self):
        club = self._make_club(name="New")
        self.Automation._club_start_expected(club.company_id)
        on = self.Automation.search([("club_id", "=", club.id), ("active", "=", True), ("kind", "=", "event")])
        self.assertEqual(set(on.mapped("trigger_code")), {"joined", "purchase", "refund"})
        on.active = False
        self.Automation._club_start_expected(club.company_id)
        self.assertFalse(on.filtered("active"))

    def test_a_trigger_of_another_feature_is_one_record(self):
        trigger = self.env["loyalty.club.trigger"].create(
            {
                "code": "tier",
                "name": "A member has a new tier",
                "placeholder_ids": [(0, 0, {"code": "tier", "name": "Tier", "sample": "Gold"})],
                "texts": {"en_US": "{name}, you are {tier} now.", "fa_IR": "{name}، اکنون {tier} هستید."},
            }
        )
        automation = self.Automation.search([("trigger_id", "=", trigger.id), ("club_id", "=", self.club.id)])
        self.assertFalse(automation.active)
        automation.active = True
        self.happened("tier", self.sara, values={"tier": "Gold"})
        self.assertEqual(self.text(self.messages(automation)), "Sara, you are Gold now.")

    def test_one_that_is_on_is_not_deleted(self):
        with self.assertRaises(UserError):
            self.automation("purchase").unlink()
