"""What the contract of SMS gateways starts from: every driver with a false gateway of its own."""

from contextlib import contextmanager
from uuid import uuid4

import pytest

from loyalty_club_sms.gateways import DRIVERS, REASONS, Settings, Text
from loyalty_club_sms.tests.fake import FAKES
from loyalty_club_sms.tests.fake.generic import OPTIONS
from loyalty_club_sms.tests.fake.melipayamak_console import WORDS

SARA, REZA, OMID = "+989121111111", "+989122222222", "+989133333333"
BAD = "+98912"
PERSIAN = "سلام، ۵۰۰ امتیاز گرفتید"
#: What a template needs, by gateway: its name, its values.
TEMPLATES = {
    "kavenegar": ("code", {"token": "48213"}),
    "ghasedak": ("code", {"param1": "48213"}),
    "melipayamak": ("1234", {"code": "48213"}),
    "melipayamak_soap": ("1234", {"code": "48213"}),
    "melipayamak_console": ("1234", {"code": "48213"}),
    "smsir": ("123456", {"Code": "48213"}),
    "ippanel": ("abc123", {"code": "48213"}),
    "farazsms": ("abc123", {"code": "48213"}),
}
NO_CREDIT_CODE = {
    "ippanel": {"402-1": "credit"},
    "ghasedak": {"411": "number", "412": "sender", "406": "text"},
    "melipayamak_console": WORDS,
}


def text(number=SARA, body=PERSIAN, **more):
    return Text(uuid4().hex, number, body, **more)


def settings(fake, code, **changed):
    values = {
        "base_url": fake.url,
        "api_key": "" if code in ("melipayamak", "melipayamak_soap") else fake.key,
        "username": fake.user,
        "password": fake.password,
        "timeout": 10,
        "options": {**(OPTIONS if code == "generic" else {}), "codes": {}},
    }
    values["options"]["codes"] = {**(OPTIONS["codes"] if code == "generic" else {}), **NO_CREDIT_CODE.get(code, {})}
    return Settings(**{**values, **changed})


@pytest.fixture(params=DRIVERS)
def place(request):
    """(driver, false gateway) of every gateway."""
    with FAKES[request.param]() as fake:
        yield DRIVERS[request.param](settings(fake, request.param)), fake


@contextmanager
def gateway(code, **changed):
    with FAKES[code]() as fake:
        yield DRIVERS[code](settings(fake, code, **changed)), fake


def states(outcomes):
    return [(one.state, one.reason) for one in outcomes]


def send(place, texts):
    driver, fake = place
    texts = list(texts)
    outcomes = driver.send(texts, fake.senders[0])
    assert [one.uuid for one in outcomes] == [one.uuid for one in texts]
    assert all(one.reason is None or one.reason in REASONS for one in outcomes)
    return outcomes
