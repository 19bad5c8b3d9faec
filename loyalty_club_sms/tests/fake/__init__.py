"""Gateways of our own, one for each driver, written from the vendors' documents (not from the drivers)."""

from .base import Fake, Received, Request
from .farazsms import FakeFarazSms
from .generic import FakeGeneric
from .ghasedak import FakeGhasedak
from .ippanel import FakeIpPanel
from .kavenegar import FakeKavenegar
from .melipayamak import FakeMelipayamak
from .melipayamak_console import FakeMelipayamakConsole
from .melipayamak_soap import FakeMelipayamakSoap
from .smsir import FakeSmsIr

#: {driver code: class}
FAKES = {
    "kavenegar": FakeKavenegar,
    "ghasedak": FakeGhasedak,
    "melipayamak": FakeMelipayamak,
    "melipayamak_soap": FakeMelipayamakSoap,
    "melipayamak_console": FakeMelipayamakConsole,
    "smsir": FakeSmsIr,
    "ippanel": FakeIpPanel,
    "farazsms": FakeFarazSms,
    "generic": FakeGeneric,
}
