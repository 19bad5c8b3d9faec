"""One contract for all SMS gateways, each against its own false one: what went, what did not, what nobody knows."""

import logging

import pytest
from sms_place import BAD, OMID, PERSIAN, REZA, SARA, TEMPLATES, place, send, states, text

__all__ = ["place"]


# what goes


def test_one_text_reaches_the_phone_as_it_was_written(place):
    [one] = send(place, [text()])
    assert one.state == "accepted"
    assert place[1].got(SARA) == [PERSIAN]
    assert place[1].messages[0].sender == place[1].senders[0]


def test_each_of_many_gets_his_own_text_and_outcome(place):
    texts = [text(SARA, "one"), text(REZA, "two"), text(OMID, "one")]
    outcomes = send(place, texts)
    assert states(outcomes) == [("accepted", None)] * 3
    assert [place[1].got(number) for number in (SARA, REZA, OMID)] == [["one"], ["two"], ["one"]]
    refs = [one.ref for one in outcomes if one.ref]
    assert len(set(refs)) == len(refs)


def test_two_texts_to_one_number_are_two_messages(place):
    assert states(send(place, [text(SARA, "same"), text(SARA, "same")])) == [("accepted", None)] * 2
    assert place[1].got(SARA) == ["same", "same"]


def test_signs_that_forms_and_json_use_arrive_as_signs(place):
    body = 'a&b=c%41+d "e" \\ {number} {key} ۱٪ می‌روم 🎉;x\ny'
    send(place, [text(body=body)])
    assert place[1].got(SARA) == [body]


def test_more_than_the_gateway_takes_go_in_several_calls(place):
    driver, fake = place
    driver.max_recipients = fake.limit = 3 if fake.limit > 1 else 1
    numbers = [f"+98912{number:07d}" for number in range(7)]
    assert states(send(place, [text(number) for number in numbers])) == [("accepted", None)] * 7
    assert sorted(one.number for one in fake.messages) == numbers
    assert len(fake.calls) == (3 if fake.limit > 1 else 7)


def test_the_gateways_own_limit_is_kept_without_a_setting(place):
    driver, fake = place
    numbers = [f"+98912{number:07d}" for number in range(driver.max_recipients + 1)]
    assert {one.state for one in send(place, [text(number) for number in numbers])} == {"accepted"}
    assert len(fake.calls) == 2


def test_a_lower_limit_than_we_know_costs_calls_and_no_message(place):
    driver, fake = place
    if fake.limit == 1:
        return  # one receiver a call can't be too many
    if driver.code in ("ghasedak", "melipayamak", "melipayamak_soap", "melipayamak_console"):
        fake.limit = 10**9  # its document has no code that says so
    else:
        fake.limit = 2
    numbers = [f"+98912{number:07d}" for number in range(5)]
    assert states(send(place, [text(number) for number in numbers])) == [("accepted", None)] * 5
    assert sorted(one.number for one in fake.messages) == numbers


def test_a_template_goes_through_the_gateways_own_way(place):
    driver, fake = place
    if not driver.can_template:
        assert driver.code not in TEMPLATES
        return
    name, values = TEMPLATES[driver.code]
    [one] = send(place, [text(template=name, values=values)])
    assert one.state == "accepted"
    assert fake.got(SARA) == ["code: 48213"]


def test_a_wrong_template_is_refused(place):
    if place[0].can_template:
        values = TEMPLATES[place[0].code][1]
        place[0].settings.options["codes"]["424"] = "template"
        assert states(send(place, [text(template="99", values=values)])) == [("refused", "template")]
        assert not place[1].messages


# what is refused


def test_one_bad_number_costs_nobody_else_his_message(place):
    outcomes = send(place, [text(SARA), text(BAD), text(REZA), text(OMID)])
    assert states(outcomes) == [("accepted", None), ("refused", "number"), ("accepted", None), ("accepted", None)]
    assert [len(place[1].got(number)) for number in (SARA, REZA, OMID)] == [1, 1, 1]


def test_who_blocked_advertising_is_told_apart_now_or_by_the_report(place):
    driver, fake = place
    fake.blacklist = {REZA}
    sara, reza = send(place, [text(SARA), text(REZA)])
    assert sara.state == "accepted"
    assert not fake.got(REZA)
    if reza.state == "accepted":
        fake.wait(60)
        status = driver.statuses([reza.ref])[reza.ref]
        assert (status.state, status.reason) == ("blocked", "blacklist")
    else:
        assert states([reza]) == [("refused", "blacklist")]


def test_a_line_that_is_not_ours_is_refused(place):
    driver, fake = place
    fake.senders = ("other",)
    assert states(driver.send([text()], "3000999")) == [("refused", "sender")]
    assert not fake.messages


def test_an_empty_text_is_refused(place):
    assert states(send(place, [text(body="")])) == [("refused", "text")]


def test_without_credit_nothing_went_and_later_it_may(place):
    driver, fake = place
    fake.credit = 0
    assert states(send(place, [text()])) == [("later", "credit")]
    fake.credit = 1_000_000
    assert states(send(place, [text()])) == [("accepted", None)]


def test_a_wrong_key_is_our_trouble_and_is_told_nowhere(place, caplog):
    driver, fake = place
    caplog.set_level(logging.DEBUG)
    fake.key, fake.password = "another", "another"
    outcomes = send(place, [text()])
    assert states(outcomes) == [("later", "key")]
    for secret in ("k3y-of-the-shop", "pass-word"):
        assert secret not in repr(outcomes)
        assert secret not in caplog.text
        assert secret not in repr(driver.settings)


# what nobody knows


@pytest.mark.parametrize("fault", ["malformed", "shape", "error", "cut"])
def test_an_answer_that_tells_nothing_leaves_it_open(place, fault):
    place[1].fail(fault)
    [one] = send(place, [text()])
    assert one.state == "unsure"
    assert one.ref is None
    assert len(place[1].got(SARA)) == 1, "it had gone"
    assert len(place[1].calls) == 1, "nothing is sent twice by itself"


def test_keys_in_another_case_are_read_or_leave_it_open(place):
    place[1].other_case = True
    [one] = send(place, [text()])
    assert one.state in ("accepted", "unsure")
    assert one.state == "accepted" or place[0].code not in ("ghasedak", "melipayamak", "melipayamak_soap")
    assert len(place[1].messages) == 1


def test_no_answer_in_time_leaves_it_open(place):
    driver, fake = place
    driver.http.timeout = 1
    fake.fail("hang")
    assert states(send(place, [text()])) == [("unsure", "timeout")]
    assert len(fake.calls) == 1


def test_a_busy_gateway_is_asked_later(place):
    place[1].fail("busy")
    assert states(send(place, [text()])) == [("later", "busy")]
    assert not place[1].messages


def test_a_busy_gateway_that_says_how_long_is_left_alone_so_long(place):
    driver, fake = place
    fake.retry_after = 90
    fake.fail("busy")
    assert [one.wait for one in send(place, [text()])] == [90]
    assert [one.wait for one in send(place, [text()])] == [0], "the next answer says nothing of it"


def test_nobody_there_is_asked_later(place):
    driver, fake = place
    fake.__exit__()
    try:
        outcomes = driver.send([text(), text(REZA)], fake.senders[0])
    finally:
        fake.__enter__()
    assert states(outcomes) == [("later", "unreachable")] * 2
    assert "k3y" not in repr(outcomes)


def test_one_failed_call_of_several_fails_alone(place):
    driver, fake = place
    driver.max_recipients = 1
    fake.fail("busy")
    outcomes = send(place, [text(SARA), text(REZA)])
    assert [one.state for one in outcomes] == ["later", "accepted"]


def test_what_is_handed_over_twice_goes_once_where_the_gateway_knows_our_number(place):
    driver, fake = place
    texts = [text(SARA), text(REZA, "other")]
    fake.fail("malformed", len(texts))
    send(place, texts)
    fake.mend()
    again = send(place, texts)
    assert [one.state for one in again] == ["accepted"] * 2
    assert len(fake.got(SARA)) == (1 if driver.idempotent else 2)


def test_a_message_whose_answer_was_lost_is_found_by_our_number(place):
    driver, fake = place
    went, gone, later = text(SARA), text(REZA, "other"), text(OMID, "third")
    fake.fail("cut")
    assert states(send(place, [went])) == [("unsure", "server")]
    fake.fail("lost")
    assert states(send(place, [gone])) == [("unsure", "server")]
    found = driver.find([went.uuid, gone.uuid])
    if not driver.find_within:
        assert found == {}
        return
    fake.wait(60)
    assert driver.find([went.uuid])[went.uuid].status.state == "delivered"
    ref = found[went.uuid].ref
    assert driver.statuses([ref])[ref].state == "delivered"
    assert found.get(gone.uuid) is None, "it never came, or nobody can tell"
    [taken] = send(place, [later])
    assert driver.find([later.uuid])[later.uuid].ref == taken.ref
