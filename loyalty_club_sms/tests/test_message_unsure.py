"""Messages that may have gone: never sent again, unless the gateway drops second copies."""

from odoo.tests import tagged

from ..gateways.base import Status
from .fake import FakeSmsIr
from .messages import MessageCase


@tagged("post_install", "-at_install")
class TestMessageUnsure(MessageCase):
    """A gateway that takes the same message twice."""

    fake_class = FakeSmsIr
    driver = "smsir"

    def test_what_may_have_gone_is_never_sent_again(self):
        sara = self.person()
        message = self.queue(sara)
        self.fake.fail("error")  # after it was taken
        self.send()
        self.assertEqual((message.state, message.reason), ("unsure", "server"))
        self.assertTrue(message.reason_text)
        for _run in range(3):
            self.env.cr.execute("UPDATE loyalty_club_message SET called_at = called_at - interval '1 day'")
            self.send()
        self.assertEqual(len(self.fake.got(sara.mobile)), 1)

    def test_one_call_of_a_campaign_at_a_time_is_marked(self):
        """What may go twice is in one call when a worker dies, and in no second one."""
        self.gateway.max_recipients = 10
        messages = self.queue(self.people(40), "campaign")
        handle, marked = self.fake.handle, []

        def watch(request):
            self.env.cr.execute("SELECT count(*) FROM loyalty_club_message WHERE state = 'sending'")
            marked.append(self.env.cr.fetchone()[0])
            return handle(request)

        self.fake.handle = watch
        self.send("campaign")
        self.assertEqual(marked, [10] * 4)
        self.assertEqual(set(messages.mapped("state")), {"sent"})

    def test_what_a_dead_worker_was_sending_is_unsure(self):
        sara = self.person()
        message = self.queue(sara)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_message SET state = 'sending', worker = 7, gateway_id = %s WHERE id = %s",
            [self.gateway.id, message.id],
        )
        self.send()
        self.assertEqual((message.state, message.reason), ("unsure", "died"))
        self.assertFalse(self.fake.messages)

    def test_a_report_makes_an_unsure_message_sure(self):
        message = self.queue(self.person())
        self.fake.fail("error")
        self.send()
        message.ref = "77"
        self.Message._club_delivery({"77": Status("delivered")}, self.gateway)
        self.assertEqual(message.state, "delivered")


@tagged("post_install", "-at_install")
class TestMessageAgain(MessageCase):
    """A gateway that drops the second copy of a message."""

    def test_what_may_have_gone_is_sent_again_with_its_number(self):
        sara = self.person()
        message = self.queue(sara)
        self.fake.fail("error")
        self.send()
        self.assertEqual(message.state, "waiting")
        self.env.cr.execute(
            """UPDATE loyalty_club_message SET called_at = called_at - interval '9 minutes',
                      not_before = not_before - interval '9 minutes'"""
        )
        self.send()
        self.assertEqual((message.state, message.attempts), ("sent", 2))
        self.assertEqual(len(self.fake.got(sara.mobile)), 1, "the gateway knows its number")
        self.assertEqual(self.fake.credit, 1_000_000 - 100)

    def test_what_a_dead_worker_was_sending_is_sent_again(self):
        message = self.queue(self.person())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_message SET state = 'sending', worker = 7, gateway_id = %s WHERE id = %s",
            [self.gateway.id, message.id],
        )
        self.send()
        self.assertEqual(message.state, "sent")
