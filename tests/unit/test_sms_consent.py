"""Who may be written to: the whole table of the rule, and the words of incoming messages."""

import itertools

import pytest

from loyalty_club.tools.text import search_key
from loyalty_club_sms.rules.consent import REASONS, Facts, is_advertising, latest, refusal
from loyalty_club_sms.rules.incoming import OPT_OUT, OTHER, read, word_key

CODE, SERVICE = ("code", "code"), ("service", "service")
OFFERS = ("campaign", "offers")


def test_a_test_needs_no_consent_of_whoever_asks_for_it_but_bars_hold():
    asked = {"lane": "service", "purpose": "offers", "address": True, "asked_for": True}
    assert refusal(Facts(**asked, member=None)) is None
    assert refusal(Facts(**asked, member="active", consent=False)) is None
    assert refusal(Facts(**asked, member=None, blacklisted=True)) == "blacklisted"
    assert refusal(Facts(**asked, member=None, barred=True)) == "barred"


@pytest.mark.parametrize(
    ("sort", "member", "address", "consent", "blacklisted", "barred", "reason"),
    [
        # codes go to whoever asked for one, whatever else he said
        (CODE, None, True, None, True, True, None),
        (CODE, "left", True, False, True, True, None),
        (CODE, "active", False, True, False, False, "no_address"),
        # service messages go to own customers, whatever they said about advertising
        (SERVICE, "active", True, None, False, False, None),
        (SERVICE, "active", True, False, True, True, None),
        (SERVICE, "blocked", True, False, True, True, None),
        (SERVICE, None, True, None, True, False, None),
        (SERVICE, "left", True, True, False, False, "member_closed"),
        (SERVICE, "active", False, True, False, False, "no_address"),
        # advertising goes to active members who agreed, and whom nothing bars
        (OFFERS, "active", True, True, False, False, None),
        (("service", "offers"), "active", True, True, False, False, None),
        (("service", "news"), "active", True, None, False, False, "no_consent"),
        (OFFERS, "active", True, None, False, False, "no_consent"),
        (OFFERS, "active", True, False, False, False, "opted_out"),
        (OFFERS, "blocked", True, True, False, False, "member_closed"),
        (OFFERS, "left", True, True, False, False, "member_closed"),
        (OFFERS, None, True, True, False, False, "no_consent"),
        (OFFERS, "active", False, True, False, False, "no_address"),
        (OFFERS, "active", True, True, True, False, "blacklisted"),
        (OFFERS, "active", True, True, False, True, "barred"),
        # a campaign is advertising, whatever it calls itself
        (("campaign", "service"), "active", True, None, False, False, "no_consent"),
        (("campaign", "code"), "active", True, False, False, False, "opted_out"),
        # a code in another lane is no way around either
        (("code", "offers"), "active", True, None, False, False, "no_consent"),
    ],
)
def test_table_of_the_rule(sort, member, address, consent, blacklisted, barred, reason):
    assert refusal(Facts(*sort, member, address, consent, blacklisted, barred)) == reason


def test_advertising_never_goes_without_a_yes():
    both = (True, False)
    for lane, purpose, member, address, blacklisted, barred, consent in itertools.product(
        ("code", "service", "campaign"),
        ("code", "service", "news", "offers"),
        (None, "active", "blocked", "left"),
        both,
        both,
        both,
        (None, False, True),
    ):
        reason = refusal(Facts(lane, purpose, member, address, consent, blacklisted, barred))
        assert reason is None or reason in REASONS
        if is_advertising(lane, purpose) and reason is None:
            assert (member, address, consent, blacklisted, barred) == ("active", True, True, False, False)


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        ([], None),
        ([(1, 1, True)], True),
        ([(1, 1, True), (2, 2, False)], False),
        ([(5, 1, False), (2, 9, True)], False),  # an import of what was said before
        ([(1, 1, True), (1, 2, False)], False),
    ],
)
def test_the_latest_word_holds(rows, last):
    assert latest(rows) is last


WORDS = {word_key(search_key(word)): OPT_OUT for word in ("لغو ۱۱", "لغو", "stop", "نمی‌خواهم")}


@pytest.mark.parametrize(
    "text",
    [
        "لغو11",
        "لغو ۱۱",
        "لغو١١",
        " لغو  11 . ",
        "«لغو»",
        "ل‌غو۱۱",
        "STOP",
        "Stop!",
        "نميخواهم",
        "نمی خواهم",
        "\u200fلغو",
    ],
)
def test_opt_out_in_any_spelling(text):
    assert read(search_key(text), WORDS) == OPT_OUT


@pytest.mark.parametrize("text", ["", "?", "لغو12", "please do not stop", "لغو سفارش من", "11"])
def test_what_only_contains_a_word_is_for_a_person(text):
    assert read(search_key(text), WORDS) == OTHER
