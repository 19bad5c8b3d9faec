"""What is particular to one SMS gateway: its forms, its codes, and what its document leaves open."""

import json
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest

from loyalty_club_sms.gateways import DRIVERS, Settings, Text
from loyalty_club_sms.gateways.kavenegar import _local_id
from loyalty_club_sms.gateways.phone import number_as
from loyalty_club_sms.tests.fake import FAKES
from loyalty_club_sms.tests.fake.generic import OPTIONS

SARA, REZA, GERMAN = "+989121111111", "+989122222222", "+4915112345678"


def text(number=SARA, body="سلام", **more):
    return Text(uuid4().hex, number, body, **more)


@contextmanager
def gateway(code, **changed):
    with FAKES[code]() as fake:
        values = {"base_url": fake.url, "api_key": fake.key, "timeout": 10}
        if code in ("melipayamak", "melipayamak_soap"):
            values |= {"api_key": "", "username": fake.user, "password": fake.password}
        yield DRIVERS[code](Settings(**{**values, **changed})), fake


def send(driver, fake, *texts):
    return driver.send(texts, fake.senders[0])


# Kavenegar


def test_kavenegar_texts_that_differ_go_as_arrays_in_a_form():
    with gateway("kavenegar") as (driver, fake):
        send(driver, fake, text(SARA, "one"), text(REZA, "two"))
    [call] = fake.calls
    assert call.path.endswith("/sms/sendarray.json")
    assert json.loads(call.form["message"]) == ["one", "two"]
    assert json.loads(call.form["receptor"]) == ["09121111111", "09122222222"]
    assert len(json.loads(call.form["localmessageids"])) == 2


def test_kavenegar_numbers_of_other_countries_go_with_two_zeros():
    assert number_as(GERMAN, "0") == "004915112345678"


@pytest.mark.parametrize("mirror", [True, False])
def test_kavenegar_says_in_the_answer_what_is_wrong_whatever_http_says(mirror):
    with gateway("kavenegar") as (driver, fake):
        fake.mirror_http, fake.credit = mirror, 0
        [one] = send(driver, fake, text())
    assert (one.state, one.reason) == ("later", "credit")


def test_kavenegar_a_text_too_long_costs_the_others_nothing():
    with gateway("kavenegar") as (driver, fake):
        long, short = send(driver, fake, text(SARA, "x" * 901), text(REZA, "short"))
    assert (long.state, long.reason, short.state) == ("refused", "text", "accepted")


def test_kavenegar_forgets_after_two_days():
    with gateway("kavenegar") as (driver, fake):
        [one] = send(driver, fake, text())
        fake.wait(49 * 3600)
        assert driver.statuses([one.ref])[one.ref].state == "unknown"


def test_kavenegar_reads_a_long_inbox_page_by_page():
    with gateway("kavenegar") as (driver, fake):
        fake.inbox = [{"number": SARA, "body": str(number), "at": fake.now} for number in range(401)]
        assert len(driver.incoming("10004346")) == 401


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        (401, "later", "account"),
        (407, "later", "key"),
        (409, "later", "busy"),
        (420, "refused", "text"),
        (424, "refused", "template"),
        (402, "unsure", "server"),
        (500, "unsure", "server"),
        (999, "unsure", "server"),
        (433, "refused", "unknown"),
    ],
)
def test_kavenegar_codes(code, state, reason):
    with gateway("kavenegar") as (driver, fake):
        fake.answer = lambda _request: (200, {"return": {"status": code, "message": "…"}, "entries": None})
        [one] = send(driver, fake, text())
    assert (one.state, one.reason) == (state, reason)


def test_settings_know_codes_that_the_document_does_not():
    with gateway("kavenegar", options={"codes": {"433": "credit"}}) as (driver, fake):
        fake.answer = lambda _request: (200, {"return": {"status": 433, "message": "…"}, "entries": None})
        assert [one.reason for one in send(driver, fake, text())] == ["credit"]


def test_kavenegar_is_certain_of_what_never_came():
    with gateway("kavenegar") as (driver, fake):
        never, there = text(), text(REZA)
        send(driver, fake, there)
        found = driver.find([never.uuid, there.uuid])
        assert found[never.uuid] is None
        assert found[there.uuid].ref == str(fake.messages[0].ref)
        entry = {"messageid": 9, "localid": _local_id(never.uuid), "status": 100}
        fake.answer = lambda _request: (200, {"return": {"status": 200}, "entries": [entry]})
        assert driver.find([never.uuid]) == {never.uuid: None}, "whatever number it has"


# Ghasedak


def test_ghasedak_what_is_not_in_the_answer_stays_open():
    with gateway("ghasedak") as (driver, fake):
        never, there = text(), text(REZA)
        send(driver, fake, there)
        assert list(driver.find([never.uuid, there.uuid])) == [there.uuid]


@pytest.mark.parametrize("lower", [True, False])
def test_ghasedak_is_read_in_either_case(lower):
    with gateway("ghasedak") as (driver, fake):
        fake.lower_case = lower
        one, two = send(driver, fake, text(SARA), text(REZA, "other"))
        fake.wait(60)
        assert {driver.statuses([ref])[ref].state for ref in (one.ref, two.ref)} == {"delivered"}
        assert driver.balance() == 1_000_000 - 2 * fake.price
        assert one.cost == fake.price


# Melipayamak


def test_melipayamak_one_number_for_many_is_nobodys_number():
    with gateway("melipayamak") as (driver, fake):
        fake.ids_for_each = False
        outcomes = send(driver, fake, text(SARA), text(REZA))
        [alone] = send(driver, fake, text(SARA))
    assert [(one.state, one.ref) for one in outcomes] == [("accepted", None)] * 2
    assert alone.ref


def test_melipayamak_takes_a_key_instead_of_a_password():
    with gateway("melipayamak", api_key="k3y-of-the-shop/1", username="", password="") as (driver, fake):
        fake.key_in_header = True
        assert [one.state for one in send(driver, fake, text())] == ["accepted"]
        assert "password" not in fake.calls[0].form


@pytest.mark.parametrize("code", ["melipayamak", "melipayamak_soap"])
def test_melipayamak_wants_the_opt_out_text_in_texts_to_many(code):
    with gateway(code) as (driver, fake):
        fake.needs_opt_out = True
        outcomes = send(driver, fake, text(SARA), text(REZA))
        assert {(one.state, one.reason) for one in outcomes} == {("refused", "opt_out_text")}
        body = "سلام\nلغو11"
        assert {one.state for one in send(driver, fake, text(SARA, body), text(REZA, body))} == {"accepted"}


def test_melipayamak_soap_asks_the_host_of_the_settings():
    """The description of the service names the vendor's host, which must not be asked instead."""
    with gateway("melipayamak_soap") as (driver, fake):
        assert [one.state for one in send(driver, fake, text())] == ["accepted"]
        assert len(fake.calls) == 1


def test_melipayamak_soap_without_a_description_nothing_was_sent():
    with gateway("melipayamak_soap") as (driver, fake):
        fake.handle = lambda _request: (200, "<html>")
        assert [(one.state, one.reason) for one in send(driver, fake, text())] == [("later", "config")]
        fake.handle = lambda _request: (503, "")
        assert [(one.state, one.reason) for one in send(driver, fake, text())] == [("later", "unreachable")]


# SMS.ir


def test_smsir_places_in_the_answer_are_the_receivers():
    with gateway("smsir") as (driver, fake):
        fake.blacklist = {REZA}
        bad, reza, sara = send(driver, fake, text("+98912"), text(REZA), text(SARA))
    assert (bad.reason, reza.reason, sara.state) == ("number", "blacklist", "accepted")
    assert sara.cost == 1


def test_smsir_a_pack_is_asked_in_one_call():
    with gateway("smsir") as (driver, fake):
        refs = [one.ref for one in send(driver, fake, *(text(f"+98912{number:07d}") for number in range(50)))]
        fake.wait(60)
        before = len(fake.calls)
        found = driver.statuses(refs)
    assert {status.state for status in found.values()} == {"delivered"}
    assert found[refs[0]].at == datetime(2023, 11, 14, 22, 13, 50)
    assert len(fake.calls) == before + 1


# IPPanel, FarazSMS


def test_ippanel_texts_that_are_equal_share_a_call_entry():
    with gateway("ippanel") as (driver, fake):
        send(driver, fake, text(SARA, "one"), text(REZA, "one"), text("+989123333333", "two"))
    [call] = fake.calls
    assert [entry["message"] for entry in call.json["params"]] == ["one", "two"]


def test_ippanel_reads_the_report_page_by_page():
    with gateway("ippanel", max_recipients=1000) as (driver, fake):
        fake.limit = driver.max_refs = 1000
        outcomes = send(driver, fake, *(text(f"+98912{number:07d}") for number in range(250)))
        fake.wait(60)
        assert {status.state for status in driver.statuses([one.ref for one in outcomes]).values()} == {"delivered"}


def test_farazsms_without_a_number_the_message_is_accepted_and_not_asked_for():
    with gateway("farazsms") as (driver, fake):
        fake.names_requests = False
        assert [(one.state, one.ref) for one in send(driver, fake, text())] == [("accepted", None)]


def test_farazsms_reads_the_report_page_by_page():
    with gateway("farazsms", max_recipients=1000) as (driver, fake):
        fake.limit = driver.max_refs = 1000
        refs = [one.ref for one in send(driver, fake, *(text(f"+98912{number:07d}") for number in range(250)))]
        fake.wait(60)
        before = len(fake.calls)
        assert {status.state for status in driver.statuses(refs).values()} == {"delivered"}
        assert len(fake.calls) == before + 3


def test_farazsms_balance_is_read_as_the_document_and_as_the_panel_name_it():
    with gateway("farazsms") as (driver, fake):
        assert driver.balance() == 1_000_000
        fake.balance_name = "balance_amount"
        assert driver.balance() == 1_000_000


# the generic one


def generic(**options):
    return gateway("generic", username="agent 1", options={**OPTIONS, **options})


def test_generic_fills_address_headers_and_body():
    with generic() as (driver, fake):
        [one] = send(driver, fake, text())
    assert one.state == "accepted"
    assert fake.calls[0].query == {"agent": ["agent 1"]}


def test_generic_many_receivers_in_a_call_get_their_own_numbers():
    answers = {"messages": [{"id": 5}, {"id": 6}], "result": {"ok": "yes"}}
    options = {"join": "list", "id_path": "messages.*.id", "success_value": "yes, true"}
    with generic(**options) as (driver, fake):
        fake.answer = lambda _request: (200, answers)
        outcomes = send(driver, fake, text(SARA), text(REZA))
        assert fake.calls[0].json["to"] == ["989121111111", "989122222222"]
    assert [one.ref for one in outcomes] == ["5", "6"]


@pytest.mark.parametrize("kind", ["form", "query"])
def test_generic_as_a_form_or_in_the_address(kind):
    with generic(body_kind=kind, join="comma", success_path="", method="GET" if kind == "query" else "POST") as (
        driver,
        fake,
    ):
        fake.answer = lambda _request: (201, "OK")
        assert [one.state for one in send(driver, fake, text(SARA, "a&b=c"))] == ["accepted"]
        call = fake.calls[0]
    assert (call.form["text"] if kind == "form" else call.query["text"][0]) == "a&b=c"


def test_generic_a_key_typed_into_a_header_is_masked():
    with generic(headers={"Authorization": "typed-secret"}) as (driver, fake):
        fake.answer = lambda request: (200, {"result": {"ok": False, "code": request.headers["authorization"]}})
        [one] = send(driver, fake, text())
    assert "typed-secret" not in repr(one)


def test_generic_a_bad_body_sends_nothing():
    with generic(body="{nonsense") as (driver, fake):
        assert [(one.state, one.reason) for one in send(driver, fake, text())] == [("later", "config")]
        assert not fake.calls
