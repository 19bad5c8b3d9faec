"""What people do with the log: send again what certainly did not go, cancel, stop, see prices."""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..gateways.base import REASONS, Outcome, Text
from .messages import MessageCase


@tagged("post_install", "-at_install")
class TestMessageOffice(MessageCase):
    def test_only_what_certainly_did_not_go_is_sent_again(self):
        message = self.queue(self.person())
        for state in ("waiting", "sending", "sent", "delivered", "unsure"):
            message.state = state
            with self.assertRaises(UserError):
                message.action_send_again()
        code = self.queue(self.person(), lane="code")
        code.state = "failed"
        with self.assertRaises(UserError):
            code.action_send_again()
        for state in ("failed", "blocked", "cancelled"):
            message.write({"state": state, "reason": "number", "attempts": 5, "tried": "gateway:1"})
            message.action_send_again()
            self.assertEqual((message.state, message.reason, message.attempts), ("waiting", False, 0))
        self.send()
        self.assertEqual(message.state, "sent")

    def test_cancelled_is_cancelled(self):
        messages = self.queue(self.people(3))
        messages.action_cancel()
        self.send()
        self.assertEqual(set(messages.mapped("state")), {"cancelled"})
        self.assertFalse(self.fake.messages)
        with self.assertRaises(UserError):
            messages.action_cancel()

    def test_cashiers_and_auditors_change_nothing(self):
        message = self.queue(self.person())
        for role in ("auditor", "accountant", "cashier"):
            user = self._user(role)
            for action in ("action_cancel", "action_send_again"):
                with self.assertRaises(AccessError):
                    getattr(message.with_user(user), action)()
        message.with_user(self._user("officer")).action_cancel()
        self.assertEqual(message.state, "cancelled")

    def test_a_stopped_club_sends_nothing_until_it_goes_on(self):
        messages = self.queue(self.people(2)) | self.queue(self.people(2), "campaign", key="campaign")
        self.club.with_user(self._user("manager")).action_club_stop_messages()
        self.assertTrue(self.club.message_stopped)
        self.send()
        self.assertEqual(set(messages.mapped("state")), {"waiting"})
        self.club.action_club_go_on_messages()
        self.assertFalse(self.club.message_stopped)
        self.send()
        self.assertEqual(set(messages.mapped("state")), {"sent"})

    def test_a_stop_works_between_two_calls(self):
        messages = self.queue(self.people(450), "campaign")
        answer = self.fake.answer

        def stop(request):
            self.env["loyalty.club.message.stop"]._club_stop(self.club)
            self.env.flush_all()
            return answer(request)

        self.fake.answer = stop
        self.send("campaign")
        self.assertEqual(self.states(messages).count("sent"), 200)
        self.assertEqual(self.states(messages).count("waiting"), 250)

    def test_only_managers_stop(self):
        for role in ("cashier", "officer", "auditor"):
            with self.assertRaises(AccessError):
                self.club.with_user(self._user(role)).action_club_stop_messages()

    def test_parts_and_cost_are_known_before(self):
        price = self.Message._club_price(self.club, "offers", ["س" * 70, "س" * 71, "a" * 160])
        self.assertEqual(price, (4, Decimal(400)))
        self.gateway.line_ids.chars_66 = True
        self.assertEqual(self.Message._club_price(self.club, "offers", ["س" * 70])[0], 2)

    def test_bad_settings_are_refused(self):
        for values in ({"message_day_cap": -1}, {"message_part_cost": -1}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.club.write(values)

    def test_every_reason_has_words(self):
        texts = self.Message._club_reasons()
        self.assertTrue(all(texts.values()))
        self.assertEqual({code: texts[code] for code in REASONS}, REASONS, "the drivers' words, as they are")
        for reason in ("late", "cap", "died", "busy", "blacklist", "no_consent"):
            self.assertIn(reason, texts)

    def test_what_core_sends_through_our_line_is_in_the_log(self):
        sara, line = self.person(), self.gateway.line_ids[0]
        texts = [Text("a" * 32, sara.mobile, "From the chatter"), Text("b" * 32, "+989120009999", "Stranger")]
        said = [
            Outcome("a" * 32, "accepted", ref="5", cost=Decimal(120), parts=1, line_id=line.id),
            Outcome("b" * 32, "refused", reason="number"),
        ]
        for _again in range(2):
            self.Message._club_log_core(self.club.company_id, texts, said, why="Chatter")
        first, second = self.Message.search([("key", "=like", "sms.sms:%")], order="key")
        self.assertEqual((first.member_id, first.state, first.cost), (sara, "sent", 120))
        self.assertEqual((first.line_id, first.gateway_id, first.why), (line, self.gateway, "Chatter"))
        self.assertEqual((second.state, second.reason, second.attempts), ("failed", "number", 2))
        self.assertFalse(second.member_id)
