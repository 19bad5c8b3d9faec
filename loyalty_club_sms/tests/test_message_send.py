"""The jobs that send: through a false gateway on loopback, with its faults."""

import logging
from datetime import timedelta
from math import inf
from threading import Barrier
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..gateways.base import Status
from ..models.club_message_send import Run
from .messages import MessageCase, make_gateway


@tagged("post_install", "-at_install")
class TestMessageSend(MessageCase):
    def test_a_message_goes_to_the_members_number_and_is_written_down(self):
        sara = self.person()
        message = self.queue(sara, text="سلام", why="Purchase")
        self.send("service")
        self.assertEqual(self.fake.got(sara.mobile), ["سلام"])
        self.assertEqual((message.state, message.address, message.attempts), ("sent", sara.mobile, 1))
        self.assertEqual((message.parts, message.cost), (1, 100))
        self.assertEqual(message.gateway_id, self.gateway)
        self.assertEqual(message.line_id.purpose, "service")
        self.assertTrue(message.ref and message.sent_at and message.called_at)

    def test_nothing_is_sent_twice(self):
        sara = self.person()
        self.queue(sara)
        for _run in range(3):
            self.send()
        self.assertEqual(len(self.fake.got(sara.mobile)), 1)

    def test_a_campaign_goes_in_calls_of_the_gateways_size(self):
        members = self.people(450)
        messages = self.queue(members, "campaign")
        self.send("campaign")
        self.assertEqual(set(messages.mapped("state")), {"sent"})
        self.assertEqual(len(self.fake.calls), 3)
        self.assertEqual(sorted(one.number for one in self.fake.messages), sorted(members.mapped("mobile")))
        self.assertEqual(sum(messages.mapped("cost")), 1_000_000 - self.fake.credit)

    def test_a_number_that_the_member_got_meanwhile_is_used(self):
        sara = self.person()
        self.queue(sara)
        sara.partner_id.phone = "09121112233"
        self.send()
        self.assertEqual(len(self.fake.got("+989121112233")), 1)

    def test_nobody_without_a_number_holds_up_others(self):
        nobody, sara = self.person("Nobody"), self.person()
        lost, good = self.queue(nobody, key="a"), self.queue(sara, key="b")
        nobody.partner_id.phone = False
        self.send()
        self.assertEqual((lost.state, lost.reason), ("failed", "no_address"))
        self.assertTrue(lost.reason_text)
        self.assertEqual(good.state, "sent")

    def test_advertising_without_consent_is_blocked(self):
        stranger, sara = self._member(name="Stranger"), self.person()
        messages = self.queue(stranger | sara, "campaign")
        self.send()
        self.assertEqual(self.states(messages.sorted("id")), ["blocked", "sent"])
        self.assertFalse(self.fake.got(stranger.mobile))
        self.assertTrue(messages[0].reason_text)

    def test_a_message_for_later_waits_for_its_time(self):
        sara = self.person()
        message = self.queue(sara, not_before=fields.Datetime.now() + timedelta(hours=1))
        self.send()
        self.assertEqual(message.state, "waiting")
        self.assertFalse(self.fake.messages)

    def test_what_is_too_late_is_cancelled(self):
        message = self.queue(self.person(), not_after=fields.Datetime.now() - timedelta(seconds=1))
        self.send()
        self.assertEqual((message.state, message.reason), ("cancelled", "late"))
        self.assertFalse(self.fake.messages)

    def test_a_message_without_text_fails_alone(self):
        sara = self.person()
        empty, good = self.queue(sara, text=None, key="empty"), self.queue(sara, key="good")
        self.send()
        self.assertEqual((empty.state, empty.reason), ("failed", "empty"))
        self.assertEqual(good.state, "sent")

    # -- answers -------------------------------------------------------------------------------------------------------

    def test_a_busy_gateway_is_asked_again_later(self):
        message = self.queue(self.person())
        self.fake.fail("busy")
        self.send()
        self.assertEqual((message.state, message.reason, message.attempts), ("waiting", "busy", 1))
        self.assertGreater(message.not_before, fields.Datetime.now() + timedelta(seconds=50))
        self.assertFalse(message.cost)

    def test_a_gateway_in_trouble_does_not_cost_a_whole_campaign(self):
        """A gateway that hangs makes one call's messages unsure, not a hundred thousand."""
        messages = self.queue(self.people(450), "campaign")
        self.fake.fail("down", 1000)
        self.send()
        self.assertEqual(len(self.fake.calls), 1)
        tried = messages.filtered("attempts")
        self.assertEqual(len(tried), 200)
        self.send()
        self.assertEqual(len(self.fake.calls), 1, "it gets a rest")
        self.env.cr.execute(
            "UPDATE loyalty_club_message SET called_at = called_at - interval '2 minutes' WHERE called_at IS NOT NULL"
        )
        self.send()
        self.assertEqual(len(self.fake.calls), 2)
        self.assertEqual(len(messages.filtered("attempts")), 201, "then it is asked with one message")
        self.fake.mend()
        self.env.cr.execute(
            """UPDATE loyalty_club_message SET called_at = called_at - interval '9 minutes',
                      not_before = not_before - interval '9 minutes' WHERE called_at IS NOT NULL"""
        )
        self.send()
        self.send()
        self.assertEqual(len(messages.filtered(lambda message: message.state == "sent")) + 201 >= 450, True)

    def test_a_second_call_goes_while_the_first_is_on_its_way(self):
        self.gateway.max_recipients = 10
        messages = self.queue(self.people(30), "campaign")
        handle, together, calls = self.fake.handle, Barrier(2), []

        def watch(request):
            calls.append(request)
            if len(calls) > 1:
                together.wait(20)  # nobody comes through here alone
            return handle(request)

        self.fake.handle = watch
        self.send("campaign")
        self.assertEqual(set(messages.mapped("state")), {"sent"})
        self.assertEqual(len(self.fake.messages), 30)

    def test_two_calls_of_a_campaign_at_most_are_lost_on_a_gateway_that_begins_to_fail(self):
        self.gateway.max_recipients = 10
        messages = self.queue(self.people(60), "campaign")
        self.fake._faults = [None] + ["down"] * 50
        self.send("campaign")
        self.assertEqual(len(self.fake.calls), 3)
        self.assertEqual(self.states(messages).count("sent"), 10)
        self.assertEqual(len(messages.filtered("attempts")), 30)

    def test_answers_that_are_under_way_are_written_down_when_the_time_is_over(self):
        self.gateway.max_recipients = 10
        messages = self.queue(self.people(60), "campaign")
        self.env.flush_all()
        handle, together = self.fake.handle, Barrier(2)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            sender = self.Message.with_env(self.env(cr=cr))
            with sender._club_worker() as worker:
                run = Run("campaign", worker, deadline=inf)

                def watch(request):
                    if self.fake.calls and run.deadline == inf:
                        together.wait(20)
                        run.deadline = 0.0  # it is over with two calls under way
                    return handle(request)

                self.fake.handle = watch
                sender._club_drain(run)
        self.env.invalidate_all()
        self.assertEqual(set(self.states(messages)), {"sent", "waiting"})
        self.assertEqual(self.states(messages).count("sent"), 10 * len(self.fake.calls))

    def test_an_account_without_credit_fails_nobody(self):
        messages = self.queue(self.people(3), "campaign")
        self.fake.credit = 0
        self.send()
        self.assertEqual(set(messages.mapped("state")), {"waiting"})
        self.assertEqual(set(messages.mapped("reason")), {"credit"})

    def test_a_blacklisted_receiver_is_blocked_when_the_report_comes(self):
        message = self.queue(self.person())
        self.send()
        report = {message.ref: Status("blocked", "blacklist")}
        self.assertEqual(self.Message._club_delivery(report, self.gateway), message)
        self.assertEqual((message.state, message.reason), ("blocked", "blacklist"))

    def test_reports_never_go_back(self):
        message = self.queue(self.person())
        self.send()
        at = fields.Datetime.now() - timedelta(minutes=1)
        self.Message._club_delivery({message.ref: Status("queued")}, self.gateway)
        self.assertEqual(message.state, "sent")
        self.Message._club_delivery({message.ref: Status("delivered", at=at)}, self.gateway)
        self.assertEqual((message.state, message.delivered_at), ("delivered", at))
        for state in ("sent", "failed", "blocked", "unknown"):
            self.assertFalse(self.Message._club_delivery({message.ref: Status(state)}, self.gateway))
        self.assertEqual(message.state, "delivered")
        other = make_gateway(self.env, self.fake, name="Other")
        self.assertFalse(self.Message._club_delivery({message.ref: Status("failed")}, other))

    def test_an_error_of_ours_sends_nothing_again(self):
        message = self.queue(self.person(), text="secret text")
        with (
            patch.object(type(self.gateway), "_club_deliver", side_effect=ValueError("secret text")),
            self.assertLogs("odoo.addons.loyalty_club_sms", logging.ERROR) as logs,
        ):
            self.send()
        self.assertNotIn("secret text", "".join(logs.output))
        self.assertIn(message.reason, ("error",))
        self.send()
        self.assertLessEqual(len(self.fake.messages), 1)

    # -- ways ----------------------------------------------------------------------------------------------------------

    def test_the_fall_back_gateway_takes_what_the_first_one_could_not(self):
        other = self.enterContext(self.fake_class())
        self.gateway.fallback_id = make_gateway(self.env, other, name="Second")
        messages = self.queue(self.people(3))
        self.fake.credit = 0
        self.send()
        self.assertEqual((len(self.fake.messages), len(other.messages)), (0, 3))
        self.assertEqual(set(messages.mapped("state")), {"sent"})
        self.assertEqual(messages.gateway_id, self.gateway.fallback_id)

    def test_a_line_takes_no_more_than_its_rate(self):
        self.gateway.line_ids.filtered(lambda line: line.purpose == "advertising").per_minute = 5
        messages = self.queue(self.people(12), "campaign")
        self.send("campaign")
        self.send("campaign")
        self.assertEqual(len(self.fake.messages), 5)
        self.env.cr.execute("UPDATE loyalty_club_message SET called_at = called_at - interval '61 seconds'")
        self.send("campaign")
        self.assertEqual(len(self.fake.messages), 10)
        self.assertEqual(self.states(messages).count("waiting"), 2)

    def test_service_messages_overtake_a_campaign(self):
        """A purchase is told while 100,000 of a campaign are on their way."""
        members, buyer = self.people(600), self.person("Buyer")
        self.queue(members, "campaign", text="Campaign")
        answer, calls = self.fake.answer, []

        def watch(request):
            calls.append(request)
            if len(calls) == 1:  # the purchase happens during the campaign's first call
                self.queue(buyer, text="Thank you", key="purchase")
                self.env.flush_all()
            return answer(request)

        self.fake.answer = watch
        self.send("campaign")
        bodies = [one.body for one in self.fake.messages]
        self.assertEqual(len(bodies), 601)
        self.assertEqual(bodies.index("Thank you"), 200, "between the first call and the second")
