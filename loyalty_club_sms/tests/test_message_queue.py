"""Queueing: once per cause, by rows or by one statement, and nothing of a code for anybody to read."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestMessageQueue(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Message = cls.env["loyalty.club.message"]
        cls.sara = cls._member(name="Sara")

    def row(self, key="cause", **values):
        return {
            "key": key,
            "lane": "service",
            "purpose": "service",
            "member_id": self.sara.id,
            "body": "Thank you",
            **values,
        }

    def test_the_same_cause_is_queued_once(self):
        first = self.Message._club_queue([self.row(), self.row()])
        self.assertEqual(len(first), 1)
        self.assertFalse(self.Message._club_queue([self.row(body="Another text")]))
        self.assertEqual(first.body, "Thank you")

    def test_what_is_known_of_the_member_is_filled_in(self):
        self.sara.partner_id.lang = "en_US"
        before = fields.Datetime.now()
        message = self.Message._club_queue([self.row(origin=("res.partner", self.sara.partner_id.id), why="Hello")])
        self.assertEqual((message.club_id, message.member_id), (self.club, self.sara))
        self.assertFalse(message.partner_id, "a member's contact is the member's")
        self.assertEqual((message.company_id, message.lang), (self.club.company_id, "en_US"))
        self.assertEqual((message.state, message.channel, message.attempts), ("waiting", "sms", 0))
        self.assertEqual((message.origin_model, message.origin_id), ("res.partner", self.sara.partner_id.id))
        self.assertGreaterEqual(message.queued_at, before)
        self.assertEqual(message.not_before, message.queued_at)
        self.assertEqual(len(message.uuid), 32)
        self.assertFalse(message.address, "the number is looked up when the message is sent")

    def test_the_branch_says_which_company_sends(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.club.company_ids = self.club.company_id | other
        branch = self.env["loyalty.club.branch"].create(
            {"club_id": self.club.id, "name": "Second", "code": "S", "company_id": other.id}
        )
        self.assertEqual(self.Message._club_queue([self.row(branch_id=branch.id)]).company_id, other)

    def test_a_message_for_later_waits(self):
        at = datetime(2030, 1, 1, 8)
        self.assertEqual(self.Message._club_queue([self.row(not_before=at)]).not_before, at)

    def test_the_first_channel_of_the_order_is_tried_first(self):
        self.assertEqual(self.Message._club_queue([self.row(channels="telegram,sms")]).channel, "telegram")

    def test_a_mistake_of_the_caller_is_seen(self):
        with self.assertRaises(ValueError):
            self.Message._club_queue([self.row(colour="red")])
        with self.assertRaises(ValueError):
            self.Message._club_queue([self.row(member_id=None)])
        with self.assertRaises(ValueError):
            self.Message._club_queue_query(SQL("SELECT 1 AS colour"))

    def test_a_statement_queues_as_rows_do(self):
        members = self.sara | self._member(name="Omid")
        query = SQL(
            """SELECT 'campaign:1:' || id AS key, %s::int AS company_id, club_id, id AS member_id, 'campaign' AS lane,
                      'offers' AS purpose, 'sms' AS channel, 'Come' AS body FROM loyalty_club_member
                WHERE id = ANY(%s) ORDER BY id""",
            self.club.company_id.id,
            members.ids,
        )
        self.assertEqual(self.Message._club_queue_query(query), 2)
        self.assertEqual(self.Message._club_queue_query(query), 0)
        queued = self.Message.search([("key", "=like", "campaign:1:%")], order="id")
        self.assertEqual(queued.member_id, members)
        self.assertEqual(set(queued.mapped("state")), {"waiting"})
        self.assertEqual(len(set(queued.mapped("uuid"))), 2)

    def test_the_text_of_a_code_is_for_nobody(self):
        row = self.row(lane="code", purpose="code", body="123456 is your code")
        message = self.Message._club_queue([row])
        self.assertFalse(message.body)
        self.assertNotIn("123456", message.text_shown)
        self.assertEqual(message.not_after, message.queued_at + timedelta(minutes=10))
        officer = self._user("officer")
        for user in (officer, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                message.with_user(user).read(["secret"])
            shown = message.with_user(user).read()[0]
            self.assertNotIn("secret", shown)
            self.assertFalse([value for value in shown.values() if "123456" in str(value)])

    def test_cashiers_do_not_read_what_others_were_sent(self):
        message = self.Message._club_queue([self.row()])
        with self.assertRaises(AccessError):
            message.with_user(self._user("cashier")).read(["body"])
        for role in ("officer", "manager", "auditor", "accountant"):
            user = self._user(role)
            self.assertTrue(message.with_user(user).read(["text_shown", "state"]))
            with self.assertRaises(AccessError):
                message.with_user(user).write({"state": "sent"})
            with self.assertRaises(AccessError):
                message.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.Message.with_user(user).create({"key": "x"})

    def test_another_company_sees_nothing(self):
        message = self.Message._club_queue([self.row()])
        stranger = self._user("manager", company=self.env["res.company"].create({"name": "Stranger"}))
        self.assertFalse(self.Message.with_user(stranger).search([("id", "=", message.id)]))
        alone = self.Message._club_queue(
            [self.row("alone", member_id=None, address="+989120000001", company_id=self.club.company_id.id)]
        )
        self.assertFalse(self.Message.with_user(stranger).search([("id", "=", alone.id)]))
        self.assertTrue(self.Message.with_user(self._user("officer")).search([("id", "=", alone.id)]))

    def test_the_jobs_are_woken_for_the_time_of_the_message(self):
        triggers = self.env["ir.cron.trigger"]
        service = self.env.ref("loyalty_club_sms.ir_cron_message_service")
        campaign = self.env.ref("loyalty_club_sms.ir_cron_message_campaign")
        before = triggers.search([])
        self.Message._club_queue([self.row()])
        self.Message._club_queue(
            [self.row("later", lane="campaign", purpose="news", not_before=datetime(2030, 1, 1, 8))]
        )
        woken = triggers.search([]) - before
        self.assertEqual(set(woken.cron_id), {service, campaign})
        later = woken.filtered(lambda trigger: trigger.cron_id == campaign)
        self.assertEqual(later.call_at, datetime(2030, 1, 1, 8))

    def test_messages_of_a_member_are_counted_on_his_form(self):
        self.Message._club_queue([self.row(), self.row("second")])
        self.assertEqual(self.sara.message_count, 2)
        action = self.sara.action_open_messages()
        self.assertEqual(self.Message.search_count(action["domain"]), 2)
