"""The contract of SMS gateways, afterwards: reports, balances, incoming messages."""

from decimal import Decimal

import pytest
from sms_place import OMID, REZA, SARA, place, send, text

from loyalty_club_sms.gateways import Trouble

__all__ = ["place"]


def test_the_report_follows_the_message(place):
    driver, fake = place
    fake.unreachable = {REZA}
    sara, reza = send(place, [text(SARA), text(REZA, "other")])
    seen = []
    for seconds in (0, 10, 60):
        fake.wait(seconds)
        seen.append(tuple(driver.statuses([sara.ref, reza.ref])[ref].state for ref in (sara.ref, reza.ref)))
    assert seen[0] in {("queued", "queued"), ("sent", "sent")}
    assert seen[1:] == [("sent", "sent"), ("delivered", "failed")]


def test_many_reports_are_asked_in_chunks_and_unknown_ones_are_no_error(place):
    driver, fake = place
    driver.max_refs = 2
    outcomes = send(place, [text(number) for number in (SARA, REZA, OMID)])
    fake.wait(60)
    refs = [one.ref for one in outcomes]
    found = driver.statuses([*refs, "123456789012345678"])
    assert [found[ref].state for ref in refs] == ["delivered"] * 3
    assert found.get("123456789012345678") is None or found["123456789012345678"].state == "unknown"


def test_the_balance_falls_by_what_the_parts_cost(place):
    driver, fake = place
    before = driver.balance()
    outcomes = send(place, [text(SARA, "س" * 71), text(REZA, "س")])
    assert isinstance(before, Decimal)
    assert before - driver.balance() == 3 * fake.price
    costs = [one.cost for one in outcomes]
    if None not in costs:
        assert costs == [2 * fake.price, fake.price]


@pytest.mark.parametrize("fault", ["malformed", "shape", "error", "busy", "cut"])
def test_reports_and_balances_fail_with_one_kind_of_error(place, fault):
    driver, fake = place
    for call in (driver.balance, lambda: driver.statuses(["1000000001"])):
        fake.fail(fault)
        with pytest.raises(Trouble) as caught:
            call()
        assert caught.value.__context__ is None, "an inner error may have the key in it"
        assert "k3y" not in str(caught.value)


def test_incoming_messages_are_read_with_their_numbers(place):
    driver, fake = place
    fake.inbox = [{"number": SARA, "body": "لغو ۱۱", "at": fake.now}, {"number": REZA, "body": "hi", "at": fake.now}]
    found = driver.incoming(fake.senders[0])
    if not driver.can_receive:
        assert found == []
        return
    assert [(one.number, one.body) for one in found] == [(SARA, "لغو ۱۱"), (REZA, "hi")]
    assert len({one.ref for one in found}) == 2
    assert [one.ref for one in driver.incoming(fake.senders[0])] == [one.ref for one in found]
