"""What all SMS gateways share: requests and their limits, masking, numbers, prices, paths."""

import doctest
import importlib
import logging
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from loyalty_club_sms import gateways
from loyalty_club_sms.gateways import DRIVERS, Settings, Text, Trouble, transport
from loyalty_club_sms.gateways.options import parse_pairs
from loyalty_club_sms.gateways.phone import FORMS, number_as, to_e164
from loyalty_club_sms.gateways.reading import moment, shares
from loyalty_club_sms.tests.fake import FAKES
from loyalty_club_sms.tests.fake.generic import OPTIONS

SARA = "+989121111111"


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


@pytest.mark.parametrize("name", sorted(path.stem for path in Path(gateways.__file__).parent.glob("[a-z]*.py")))
def test_examples(name):
    assert doctest.testmod(importlib.import_module(f"loyalty_club_sms.gateways.{name}")).failed == 0


def test_no_complaint_repeats_a_one_time_code():
    with gateway("kavenegar") as (driver, fake):
        fake.answer = lambda request: (200, {"return": {"status": 431, "message": "48213 and Your code is 48213!"}})
        [one] = driver.send([text(body="Your code is 48213!", template="code", values={"token": "48213"})])
    assert "48213" not in repr(one)


def test_a_key_in_the_path_is_masked_in_urllib3s_own_log(caplog):
    caplog.set_level(logging.DEBUG)
    with gateway("kavenegar") as (driver, fake):
        send(driver, fake, text())
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    assert "k3y" not in caplog.text
    assert transport.MASK in caplog.text


def test_calls_in_a_row_share_a_connection_and_bad_ones_do_not():
    with gateway("smsir") as (driver, fake):
        opened = []
        fake._server.get_request, get = lambda: opened.append(1) or get(), fake._server.get_request
        for _time in range(5):
            assert send(DRIVERS["smsir"](driver.settings), fake, text())[0].state == "accepted"
        assert len(opened) == 1
        fake.fail("cut")
        assert send(driver, fake, text())[0].state == "unsure"
        assert send(driver, fake, text())[0].state == "accepted"
        assert len(opened) == 2


def test_a_redirect_is_not_followed():
    with gateway("smsir") as (driver, fake), gateway("smsir") as (_other, elsewhere):
        fake.answer = lambda _request: (307, "")
        [one] = send(driver, fake, text())
        assert (one.state, one.reason) == ("later", "config")
        assert not elsewhere.calls


def test_an_answer_without_an_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(transport, "MAX_BYTES", 1000)
    with gateway("smsir") as (driver, fake):
        fake.answer = lambda _request: (200, "x" * 100_000)
        assert [(one.state, one.reason) for one in send(driver, fake, text())] == [("unsure", "unreadable")]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (requests.ConnectTimeout(), "later"),
        (requests.ReadTimeout(), "unsure"),
        (requests.ConnectionError("reset"), "unsure"),
        (requests.exceptions.InvalidURL("x"), "later"),
        (requests.exceptions.ChunkedEncodingError(), "unsure"),
        (UnicodeEncodeError("latin-1", "کلید", 0, 4, "no"), "later"),
    ],
)
def test_only_what_certainly_did_not_leave_is_tried_again(monkeypatch, error, state):
    def fails(*_arguments, **_named):
        raise error

    monkeypatch.setattr(requests.Session, "request", fails)
    [one] = DRIVERS["smsir"](Settings(api_key="x")).send([text()], "3000")
    assert one.state == state


def test_every_request_has_a_time_limit(monkeypatch):
    seen = []
    send_it = requests.Session.request

    def watch(self, *arguments, **named):
        seen.append((named.get("timeout"), named.get("allow_redirects")))
        return send_it(self, *arguments, **named)

    monkeypatch.setattr(requests.Session, "request", watch)
    for code in FAKES:
        with gateway(code, options=OPTIONS if code == "generic" else {}) as (driver, fake):
            send(driver, fake, text())
            driver.balance()
    assert seen
    assert set(seen) == {(10, False)}


def test_prices_of_a_call_are_shared_to_the_last_unit():
    texts = [text(body="س" * 71), text(body="س"), text(body="a")]
    assert sum(shares(Decimal("100.00"), [text() for _one in range(3)])) == 100
    assert shares(400, texts) == [200, 100, 100]
    assert shares(None, texts) == [None] * 3


@pytest.mark.parametrize("form", FORMS)
def test_numbers_come_back_as_they_were(form):
    assert to_e164(number_as(SARA, form)) == SARA


def test_moments_that_are_none():
    assert [moment(value) for value in (None, "", "yesterday", 10**20)] == [None] * 4


def test_tables_that_are_none_name_the_line():
    with pytest.raises(ValueError, match="nonsense"):
        parse_pairs("1 = key\nnonsense")


def test_trouble_has_a_state_and_a_reason():
    trouble = Trouble("later", "busy", "HTTP 429")
    assert (trouble.state, trouble.reason, str(trouble)) == ("later", "busy", "HTTP 429")
