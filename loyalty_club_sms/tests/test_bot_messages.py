"""Messages by a messenger's bot, and on by SMS when it does not reach the member."""

from odoo.tests import tagged

from .fake.bot import NAME, TOKEN, FakeMessenger
from .messages import MessageCase

CHAT = 5550009


@tagged("post_install", "-at_install")
class TestBotMessages(MessageCase):
    def setUp(self):
        super().setUp()
        self.messenger = self.enterContext(FakeMessenger())
        self.bot = self.env["loyalty.club.bot"].create(
            {"club_id": self.club.id, "token": TOKEN, "username": NAME, "base_url": self.messenger.url}
        )
        self.sara = self.person("Sara")
        self.link = self.env["loyalty.club.bot.link"].create(
            {"bot_id": self.bot.id, "member_id": self.sara.id, "chat": str(CHAT)}
        )

    def hand_over(self, member, key, **values):
        message = self.queue(member, key=key, channels="telegram,sms", **values)
        self.send()
        self.send()  # the next way of a refused one is the next run's
        return message

    def test_a_connected_member_gets_it_by_his_messenger(self):
        message = self.hand_over(self.sara, "one")
        self.assertEqual((message.state, message.channel), ("sent", "telegram"))
        self.assertEqual(self.messenger.sent, [(CHAT, "Hello")])

    def test_who_is_not_connected_gets_it_by_sms(self):
        message = self.hand_over(self.person("Reza"), "two")
        self.assertEqual((message.state, message.channel), ("sent", "sms"))
        self.assertFalse(self.messenger.sent)

    def test_who_stopped_the_bot_gets_it_by_sms_and_the_bot_is_not_asked_again(self):
        self.messenger.moods[CHAT] = "blocked"
        message = self.hand_over(self.sara, "three")
        self.assertEqual((message.state, message.channel), ("sent", "sms"))
        self.assertEqual(self.link.state, "blocked")

    def test_offers_go_by_the_way_that_the_member_agreed_to(self):
        message = self.hand_over(self.sara, "four", lane="campaign")
        self.assertEqual((message.state, message.channel), ("sent", "sms"), "he agreed to offers by SMS only")
        self.assertFalse(self.messenger.sent)
