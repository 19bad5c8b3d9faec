"""What may have gone becomes certain: gateways that know our own numbers are asked; and those that want rest get it."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from ..gateways import Text
from .fake import FakeGhasedak
from .messages import MessageCase, make_gateway

NOON = datetime(2026, 5, 4, 8, 30)  # at noon in Tehran


class SettleCase(MessageCase):
    def died(self, message, went):
        """The message as a worker left it that died before it could write the answer down."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE loyalty_club_message
                  SET state = 'unsure', reason = 'died', gateway_id = %s, line_id = %s, called_at = not_before,
                      attempts = 1, address = %s, body = COALESCE(body, '') WHERE id = %s""",
            [self.gateway.id, self.line("service").id, message.member_id.mobile, message.id],
        )
        self.env.invalidate_all()
        if went:
            [outcome] = self.gateway._club_deliver(self.line("service"), [self.as_text(message)])
            self.assertEqual(outcome.state, "accepted")
        return message

    def line(self, purpose):
        return self.gateway.line_ids.filtered(lambda line: line.purpose == purpose)

    def as_text(self, message):
        return Text(message.uuid, message.member_id.mobile, message.body)

    def poll_at(self, at):
        with freeze_time(at):
            self.env.flush_all()
            with self.enter_registry_test_mode():
                self.env.ref("loyalty_club_sms.ir_cron_gateway_poll").method_direct_trigger()
            self.env.invalidate_all()

    def queue_at_noon(self, **values):
        with freeze_time(NOON):
            return self.queue(self.person(), **values)


@tagged("post_install", "-at_install")
class TestSettle(SettleCase):
    def test_a_message_that_had_gone_is_found_by_our_number(self):
        message = self.died(self.queue_at_noon(), went=True)
        self.fake.wait(60)
        self.poll_at(NOON + timedelta(minutes=1))
        self.assertEqual(message.state, "unsure", "a request may still be on its way")
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual((message.state, message.reason), ("delivered", False))
        self.assertEqual(message.ref, str(self.fake.messages[0].ref))

    def test_what_certainly_never_came_is_sent_again(self):
        message = self.died(self.queue_at_noon(), went=False)
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual((message.state, message.reason), ("waiting", "never_came"))
        with freeze_time(NOON + timedelta(minutes=10)):
            self.send()
        self.assertEqual(message.state, "sent")
        self.assertEqual(len(self.fake.messages), 1)

    def test_what_never_came_and_is_worth_nothing_any_more_has_failed(self):
        message = self.died(self.queue_at_noon(not_after=NOON + timedelta(minutes=4)), went=False)
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual((message.state, message.reason), ("failed", "never_came"))

    def test_a_code_whose_text_is_gone_is_not_sent_empty(self):
        message = self.died(self.queue_at_noon(), went=False)
        message.body = False
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual((message.state, message.reason), ("failed", "never_came"))

    def test_what_the_gateway_has_forgotten_stays_unsure(self):
        message = self.died(self.queue_at_noon(), went=True)
        self.fake.wait(13 * 3600)
        before = len(self.fake.calls)
        self.poll_at(NOON + timedelta(hours=13))
        self.assertEqual(message.state, "unsure")
        self.assertEqual([call for call in self.fake.calls[before:] if "local" in call.path], [])

    def test_a_template_has_no_number_of_ours_and_is_not_asked_for(self):
        self.line("code").template = "code"
        message = self.died(self.queue_at_noon(), went=False)
        message.line_id = self.line("code")
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual(message.state, "unsure")

    def test_a_gateway_that_can_not_be_asked_leaves_it_unsure(self):
        message = self.died(self.queue_at_noon(), went=True)
        self.fake.fail("down", 9)
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual(message.state, "unsure")
        self.assertTrue(self.gateway.trouble)
        self.fake.mend()
        self.poll_at(NOON + timedelta(minutes=10))
        self.assertIn(message.state, ("sent", "delivered"))

    def test_cores_own_sms_are_core_s_to_send_again(self):
        message = self.died(self.queue_at_noon(), went=False)
        message.key = f"sms.sms:{message.uuid}"
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual((message.state, message.reason), ("failed", "never_came"))


@tagged("post_install", "-at_install")
class TestSettleOpen(SettleCase):
    """A gateway whose document does not say what it means when a message is not in the answer."""

    fake_class = FakeGhasedak
    driver = "ghasedak"

    def test_only_what_is_there_becomes_certain(self):
        here = self.died(self.queue_at_noon(key="a"), went=True)
        gone = self.died(self.queue_at_noon(key="b"), went=False)
        self.poll_at(NOON + timedelta(minutes=5))
        self.assertEqual((here.state, gone.state), ("sent", "unsure"))


@tagged("post_install", "-at_install")
class TestRest(SettleCase):
    """429 with Retry-After."""

    def test_the_queue_waits_as_long_as_the_gateway_says(self):
        self.fake.retry_after = 1800
        busy, other = self.queue_at_noon(key="a"), self.queue_at_noon(key="b", text="Other")
        self.fake.fail("busy")
        with freeze_time(NOON):
            self.send("service")
        self.assertEqual((busy.state, busy.not_before), ("waiting", NOON + timedelta(minutes=30)))
        calls = len(self.fake.calls)
        with freeze_time(NOON + timedelta(minutes=29)):
            self.send("service")
        self.assertEqual(len(self.fake.calls), calls, "neither this message nor another one of the line")
        with freeze_time(NOON + timedelta(minutes=31)):
            self.send("service")
            self.send("service")
        self.assertEqual((busy.state, other.state), ("sent", "sent"))

    def test_a_code_tries_all_the_same(self):
        self.fake.retry_after = 1800
        self.queue_at_noon(key="a")
        self.fake.fail("busy")
        with freeze_time(NOON):
            self.send("service")
            code = self.queue(self.person(), "code", key="b")
            self.send("code")
        self.assertEqual(code.state, "sent")

    def test_the_fall_back_does_not_wait(self):
        second = self.enterContext(self.fake_class())
        self.gateway.fallback_id = make_gateway(self.env, second, name="Second")
        self.fake.retry_after = 1800
        message = self.queue_at_noon()
        self.fake.fail("busy")
        with freeze_time(NOON):
            self.send("service")
        self.assertEqual(message.state, "sent")
        self.assertEqual(len(second.messages), 1)
