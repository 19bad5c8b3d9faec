"""What becomes of a message after each answer, on a controlled clock."""

from datetime import datetime, timedelta

import pytest

from loyalty_club_sms.rules.retry import WAITS, Verdict, Way, judge, next_try

NOW = datetime(2026, 1, 1, 12)


def after(**spans):
    return NOW + timedelta(**spans)


@pytest.mark.parametrize("lane", WAITS)
def test_waits_grow_and_end(lane):
    times = [next_try(lane, attempts, NOW) for attempts in range(1, len(WAITS[lane]) + 2)]
    assert times[-1] is None
    assert times[:-1] == sorted(set(times[:-1]))
    assert times[0] > NOW


def test_a_try_after_the_message_is_worth_nothing_is_not_made():
    assert next_try("service", 1, NOW, after(minutes=1)) is None
    assert next_try("service", 1, NOW, after(minutes=2)) == after(minutes=1)


def test_all_tries_of_a_code_are_within_its_ten_minutes():
    assert sum(WAITS["code"]) < 600


@pytest.mark.parametrize("lane", WAITS)
@pytest.mark.parametrize("fallback", [True, False])
@pytest.mark.parametrize("channel", [True, False])
def test_what_may_have_gone_is_not_sent_again(lane, fallback, channel):
    way = Way(lane, 1, has_fallback=fallback, has_channel=channel)
    assert judge("unsure", "timeout", way, NOW) == Verdict("unsure")


def test_what_may_have_gone_is_sent_again_where_the_second_copy_is_dropped():
    assert judge("unsure", "timeout", Way("service", 1, idempotent=True, has_fallback=True), NOW) == Verdict(
        "waiting", after(minutes=1), "same"
    )
    assert judge("unsure", "timeout", Way("service", 99, idempotent=True, has_fallback=True), NOW) == Verdict("unsure")


def test_a_busy_gateway_is_tried_later_or_another_one_at_once():
    assert judge("later", "busy", Way("service", 1), NOW) == Verdict("waiting", after(minutes=1))
    assert judge("later", "busy", Way("service", 2), NOW) == Verdict("waiting", after(minutes=5))
    assert judge("later", "busy", Way("service", 1, has_fallback=True), NOW) == Verdict("waiting", NOW, "fallback")
    assert judge("later", "busy", Way("service", 99), NOW) == Verdict("failed")
    assert judge("later", "busy", Way("service", 99, has_channel=True), NOW) == Verdict("waiting", NOW, "channel")


def test_a_gateway_that_says_how_long_it_is_busy_is_not_asked_earlier():
    assert judge("later", "busy", Way("service", 1, wait=1000), NOW) == Verdict("waiting", after(seconds=1000))
    assert judge("later", "busy", Way("service", 2, wait=10), NOW) == Verdict("waiting", after(minutes=5)), "growing"
    assert judge("later", "busy", Way("service", 1, wait=1000, has_fallback=True), NOW).by == "fallback"
    late = Way("code", 1, wait=1000, not_after=after(seconds=600))
    assert judge("later", "busy", late, NOW) == Verdict("failed"), "it would be worth nothing then"


def test_a_fault_of_the_gateway_is_no_fault_of_the_member():
    """An account without credit must not fail a whole campaign."""

    def judged(attempts=1, **way):
        return judge("refused", "credit", Way("service", attempts, gateway_fault=True, **way), NOW)

    assert judged(has_fallback=True).by == "fallback"
    assert judged() == Verdict("waiting", after(minutes=1))
    assert judged(99, has_channel=True).by == "channel"
    assert judged(99) == Verdict("failed")


def test_a_refused_member_is_reached_by_the_next_channel_only():
    assert judge("refused", "blacklist", Way("campaign", 1, has_fallback=True), NOW) == Verdict("blocked")
    assert judge("refused", "number", Way("campaign", 1, has_fallback=True), NOW) == Verdict("failed")
    assert judge("refused", "number", Way("campaign", 1, has_channel=True), NOW) == Verdict("waiting", NOW, "channel")
    assert judge("refused", "text", Way("campaign", 1, has_channel=True), NOW) == Verdict("failed")


def test_accepted_is_sent():
    assert judge("accepted", None, Way("code", 1, has_fallback=True, has_channel=True), NOW) == Verdict("sent")
