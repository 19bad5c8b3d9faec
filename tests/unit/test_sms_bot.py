"""Contract of the messenger bots: both speak the Bot API, and what it answers becomes the right outcome."""

import importlib.util

import pytest

from loyalty_club_sms.gateways.base import Settings, Text, Trouble
from loyalty_club_sms.gateways.bot import BOTS

UUID = "0" * 31 + "1"
CHAT = 987654321


def _fake(root):
    path = root / "loyalty_club_sms" / "tests" / "fake" / "bot.py"
    spec = importlib.util.spec_from_file_location("fake_bot", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def messenger(root):
    with _fake(root).FakeMessenger() as messenger:
        yield messenger


@pytest.fixture(params=sorted(BOTS))
def bot(request, messenger):
    return BOTS[request.param](Settings(base_url=messenger.url, api_key=messenger.token, timeout=5.0))


def send(bot, body="Hello"):
    (outcome,) = bot.send([Text(UUID, str(CHAT), body)])
    return outcome


def test_a_text_reaches_its_chat_and_has_a_number(bot, messenger):
    outcome = send(bot, "سلام")
    assert (outcome.state, outcome.ref) == ("accepted", "2")
    assert messenger.sent == [(CHAT, "سلام")]


@pytest.mark.parametrize(
    ("mood", "state", "reason"),
    [
        ("blocked", "refused", "blacklist"),
        ("missing", "refused", "number"),
        ("long", "refused", "text"),
        ("busy", "later", "busy"),
        ("down", "unsure", "server"),
        ("garbage", "unsure", "unreadable"),
    ],
)
def test_what_goes_wrong_is_told_apart(bot, messenger, mood, state, reason):
    messenger.moods[CHAT] = mood
    outcome = send(bot)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert messenger.sent == []


def test_a_busy_messenger_says_when_to_come_back(bot, messenger):
    messenger.moods[CHAT] = "busy"
    assert send(bot).wait == 17


def test_a_text_whose_answer_never_came_may_have_gone(bot, messenger):
    messenger.moods[CHAT] = "hang"
    bot.http.timeout = 0.2
    assert (send(bot).state, send(bot).reason) == ("unsure", "timeout")


def test_one_chat_that_fails_costs_the_others_nothing(bot, messenger):
    messenger.moods[1] = "blocked"
    outcomes = bot.send([Text(f"{n:032x}", str(n), "Hello") for n in (1, 2, 3)])
    assert [outcome.state for outcome in outcomes] == ["refused", "accepted", "accepted"]


def test_a_server_that_is_not_there_got_nothing(bot, messenger):
    messenger.server.shutdown()
    messenger.server.server_close()
    assert (send(bot).state, send(bot).reason) == ("later", "unreachable")


def test_the_token_is_in_no_message_of_an_error(messenger, root):
    bot = BOTS["telegram"](Settings(base_url="http://127.0.0.1:1", api_key=messenger.token, timeout=1.0))
    assert messenger.token not in send(bot).detail
    with pytest.raises(Trouble) as trouble:
        bot.updates()
    assert messenger.token not in str(trouble.value)


def test_a_wrong_token_is_a_matter_of_the_settings(messenger):
    bot = BOTS["bale"](Settings(base_url=messenger.url, api_key="1:wrong", timeout=5.0))
    assert (send(bot).state, send(bot).reason) == ("later", "key")


def test_updates_come_until_a_later_one_is_asked_for(bot, messenger):
    first = messenger.says(CHAT, "/start abc")
    messenger.says(-5, "hello", type="group")
    messenger.stop(CHAT)
    start, group, stop = bot.updates(0)
    assert (start.id, start.chat, start.text, start.blocked) == (first, str(CHAT), "/start abc", False)
    assert (group.chat, group.text) == ("", "")
    assert (stop.chat, stop.blocked) == (str(CHAT), True)
    assert start.at.year == 2026
    assert len(bot.updates(first)) == 3
    assert [update.id for update in bot.updates(first + 1)] == [first + 1, first + 2]
    assert len(bot.updates(0)) == 2


def test_odd_updates_do_not_stop_the_others(bot, messenger):
    messenger.says(CHAT, "hello")
    odd = [{"update_id": 5}, {"nothing": 1}, "text", {"update_id": 6, "message": {"chat": "x"}}]
    messenger._getUpdates = lambda _values: odd + messenger.updates
    assert [update.text for update in bot.updates(0)] == ["", "", "hello"]


def test_the_bot_tells_its_name_for_the_links(bot):
    assert bot.username() == "club_test_bot"
    assert bot.link("club_test_bot", "t0ken").endswith("/club_test_bot?start=t0ken")
