"""Messenger bots: an account is connected by a link that works once, and ended by its owner."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.addons.loyalty_club_sms.gateways.base import Text
from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .fake.bot import NAME, TOKEN, FakeMessenger
from .test_consent import ConsentCommon

CHAT, OTHER = 5550001, 5550002


class BotCommon(ConsentCommon):
    def setUp(self):
        super().setUp()
        self.messenger = self.enterContext(FakeMessenger())
        self.bot = self.env["loyalty.club.bot"].create(
            {"club_id": self.club.id, "kind": self.kind, "token": TOKEN, "base_url": self.messenger.url}
        )
        self.bot.action_test()
        self.links = self.env["loyalty.club.bot.link"]

    kind = "telegram"

    def token(self, member=None):
        link = self.env["loyalty.club.bot.token"]._club_make(self.bot, member or self.sara)
        return parse_qs(urlsplit(link).query)["start"][0]

    def say(self, text, chat=CHAT):
        """Somebody writes to the bot, and it is fetched; what the bot answered last."""
        self.messenger.says(chat, text)
        self.bot._club_poll()
        return self.messenger.sent[-1][1] if self.messenger.sent else None

    def connect(self, member=None, chat=CHAT):
        self.say(f"/start {self.token(member)}", chat)
        return self.links._club_linked(member or self.sara)


@tagged("post_install", "-at_install")
class TestBots(BotCommon):
    def test_the_test_button_learns_the_bot_s_name(self):
        self.assertEqual(self.bot.username, NAME)
        self.bot.token = "1:wrong"
        with self.assertRaises(UserError) as error:
            self.bot.action_test()
        self.assertNotIn("wrong", str(error.exception))

    def test_the_token_is_for_the_system_group_only(self):
        manager = self._user("manager")
        bot = self.bot.with_user(manager)
        self.assertTrue(bot.has_token)
        for name in ("token", "base_url", "offset"):
            with self.assertRaises(AccessError):
                bot.read([name])
        with self.assertRaises(AccessError):
            bot.write({"token": "2:mine"})

    def test_the_link_of_a_member_connects_his_chat(self):
        answer = self.say(f"/start {self.token()}")
        self.assertIn("connected", answer)
        link = self.links._club_linked(self.sara)
        self.assertEqual((link.chat, link.bot_id, link.state), (str(CHAT), self.bot, "linked"))
        address = self.env["loyalty.club.channel"]._club_channel(self.kind)._club_address(self.sara)
        self.assertEqual(address, {self.sara.id: f"{self.bot.id}:{CHAT}"})

    def test_a_link_works_once_and_for_half_an_hour(self):
        token = self.token()
        self.say(f"/start {token}")
        self.assertIn("used up", self.say(f"/start {token}", OTHER))
        self.assertEqual(self.links._club_linked(self.sara).chat, str(CHAT))
        late = self.token()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            self.assertIn("used up", self.say(f"/start {late}", OTHER))
        self.assertIn("used up", self.say("/start guessed", OTHER))

    def test_a_new_link_makes_the_one_before_worthless(self):
        before = self.token()
        self.token()
        self.assertIn("used up", self.say(f"/start {before}"))

    def test_tokens_are_stored_and_logged_nowhere(self):
        token = self.token()
        with self.assertLogs(level="DEBUG") as logs:
            logging.getLogger("odoo.addons.loyalty_club_sms").debug("a link is opened")
            self.say(f"/start {token}")
        self.env.flush_all()
        self.cr.execute("SELECT token_hash FROM loyalty_club_bot_token")
        self.assertNotIn(token, str(self.cr.fetchall()))
        self.assertEqual(self.env["loyalty.club.incoming"].search([], limit=1).body, "/start")
        secret = [line for line in logs.output if (token in line or TOKEN in line) and "sql" not in line]
        self.assertFalse(secret)

    def test_a_member_has_one_chat_and_a_chat_one_member(self):
        self.connect()
        self.assertEqual(self.connect(chat=OTHER).chat, str(OTHER))
        reza = self._member(name="Reza")
        self.connect(reza, OTHER)
        self.assertFalse(self.links._club_linked(self.sara))

    def test_stop_ends_the_connection_and_the_consent(self):
        self.connect()
        self.give(channel=self.kind)
        self.assertIn("no longer", self.say("/stop"))
        self.assertFalse(self.links._club_linked(self.sara))
        self.assertIs(self.agrees(channel=self.kind), False)
        self.assertEqual(self.sara.consent_ids[0].source, "incoming")

    def test_the_opt_out_word_ends_advertising_and_keeps_the_chat(self):
        self.connect()
        self.give(channel=self.kind)
        self.assertIn("no more advertising", self.say("لغو ۱۱"))
        self.assertIs(self.agrees(channel=self.kind), False)
        self.assertTrue(self.links._club_linked(self.sara))

    def test_other_texts_wait_for_an_officer_and_get_no_answer(self):
        self.connect()
        before = len(self.messenger.sent)
        self.say("When do you open?")
        self.assertEqual(len(self.messenger.sent), before)
        incoming = self.env["loyalty.club.incoming"].search([], limit=1)
        self.assertEqual((incoming.state, incoming.member_ids, incoming.channel), ("new", self.sara, self.kind))

    def test_who_stops_the_bot_in_his_messenger_is_no_longer_reached(self):
        link = self.connect()
        self.messenger.stop(CHAT)
        self.bot._club_poll()
        self.assertEqual(link.state, "blocked")

    def test_an_update_that_comes_again_is_read_once(self):
        self.connect()
        self.say("hello")
        self.bot.sudo().offset = "0"
        self.messenger.updates = [{"update_id": self.messenger.next_update, "message": self.last_message("hello")}]
        self.assertFalse(self.bot._club_poll())
        self.assertEqual(self.env["loyalty.club.incoming"].search_count([("body", "=", "hello")]), 1)

    def last_message(self, text):
        return {"chat": {"id": CHAT, "type": "private"}, "date": 1_790_000_000, "text": text}

    def test_many_updates_are_all_read(self):
        for number in range(230):
            self.messenger.says(CHAT, f"text {number}")
        self.assertEqual(len(self.bot._club_poll()), 230)
        self.assertFalse(self.bot._club_poll())

    def test_a_messenger_that_is_down_is_noted_and_asked_again(self):
        self.messenger.moods[None] = "down"
        self.bot._club_poll()
        self.assertTrue(self.bot.trouble)
        self.assertNotIn(TOKEN, self.bot.trouble)
        self.messenger.moods.clear()
        self.say("hello")
        self.assertFalse(self.bot.trouble)

    def test_texts_go_to_their_chats(self):
        self.connect()
        self.messenger.moods[OTHER] = "blocked"
        channel = self.env["loyalty.club.channel"]._club_channel(self.kind)
        texts = [
            Text("1" * 32, f"{self.bot.id}:{CHAT}", "Hello"),
            Text("2" * 32, f"{self.bot.id}:{OTHER}", "Hello"),
            Text("3" * 32, "999999:1", "Hello"),
            Text("4" * 32, "nonsense", "Hello"),
        ]
        outcomes = channel._club_deliver(self.env.company, "service", None, texts)
        self.assertEqual(
            [(outcome.state, outcome.reason) for outcome in outcomes],
            [("accepted", None), ("refused", "blacklist"), ("refused", "number"), ("refused", "number")],
        )
        self.assertIn((CHAT, "Hello"), self.messenger.sent)

    def test_a_chat_that_refused_a_message_is_not_written_to_again(self):
        link = self.connect()
        self.env["loyalty.club.barred"]._club_note([(self.kind, False, f"{self.bot.id}:{CHAT}", "Forbidden")])
        self.assertEqual(link.state, "blocked")

    def test_a_channel_that_is_gone_reaches_nobody(self):
        channel = self.env["loyalty.club.channel"]._club_channel("pigeon")
        self.assertEqual(channel._club_address(self.sara), {})
        outcomes = channel._club_deliver(self.env.company, "service", None, [Text("1" * 32, "roof", "Hello")])
        self.assertEqual(outcomes[0].state, "refused")

    def test_a_club_has_one_bot_of_a_kind(self):
        again = {"club_id": self.club.id, "kind": self.kind, "token": TOKEN}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["loyalty.club.bot"].create(again)


@tagged("post_install", "-at_install")
class TestBale(TestBots):
    kind = "bale"
    allow_inherited_tests_method = True  # for Odoo, which runs no others


@tagged("post_install", "-at_install")
class TestPortalMessages(BotCommon, HttpCase):
    """Each page is opened as the customer; nobody opens another one's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "talk_customer", groups="base.group_portal", name="Mina")
        cls.mina = cls._member(name="Mina", partner=cls.user.partner_id, mobile="09351234567")

    def open(self, path="messages", member=None, **form):
        self.authenticate("talk_customer", "talk_customer")
        data = {"csrf_token": Request.csrf_token(self), **form} if form else None
        return self.url_open(f"/my/club/{(member or self.mina).id}/{path}", data=data, allow_redirects=False)

    def test_the_member_says_yes_and_no_himself(self):
        page = self.open().text
        self.assertIn(self.text.body.split(".")[0], page)
        self.assertIn("Saved", self.open(offers_sms="1", save="1").text)
        row = self.mina.consent_ids
        self.assertEqual((row.source, row.text_id, row.user_id), ("portal", self.text, self.user))
        self.open(save="1")
        self.assertIs(self.agrees(self.mina), False)
        self.assertIsNone(self.agrees(self.mina, "news"), "what was never ticked is not withdrawn")

    def test_a_messenger_that_is_not_connected_can_t_be_agreed_to(self):
        self.open(offers_telegram="1", save="1")
        self.assertIsNone(self.agrees(self.mina, channel="telegram"))

    def test_connecting_leads_to_the_bot_and_disconnecting_ends_it(self):
        answer = self.open("bot/telegram", go="1")
        self.assertEqual(answer.status_code, 303)
        location = urlsplit(answer.headers["Location"])
        self.assertEqual((location.netloc, location.path), ("t.me", f"/{NAME}"))
        self.say(f"/start {parse_qs(location.query)['start'][0]}")
        self.assertTrue(self.links._club_linked(self.mina))
        self.assertIn("Disconnect", self.open().text)
        self.open("bot/telegram", end="1")
        self.assertFalse(self.links._club_linked(self.mina))

    def test_nobody_changes_another_member_s_consents(self):
        self.assertEqual(self.open(member=self.sara, offers_sms="1", save="1").status_code, 404)
        self.assertEqual(self.open("bot/telegram", member=self.sara, go="1").status_code, 404)
        self.assertIsNone(self.agrees())
        self.assertEqual(self.open("bot/pigeon", go="1").status_code, 404)

    def test_links_are_not_made_without_end(self):
        statuses = [self.open("bot/telegram", go="1").status_code for _time in range(11)]
        self.assertEqual(statuses, [303] * 10 + [200])
