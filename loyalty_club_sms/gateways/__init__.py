"""Drivers of SMS gateways: one small class each, no Odoo. ``DRIVERS`` is all of them by code."""

from .base import GATEWAY_REASONS, REASONS, Driver, Found, Incoming, Outcome, Settings, Status, Text, Trouble
from .farazsms import FarazSms
from .generic import Generic
from .ghasedak import Ghasedak
from .ippanel import IpPanel
from .kavenegar import Kavenegar
from .melipayamak import Melipayamak
from .melipayamak_console import MelipayamakConsole
from .melipayamak_soap import MelipayamakSoap
from .smsir import SmsIr

#: {code: class}, in the order in which people choose.
DRIVERS: dict[str, type[Driver]] = {
    driver.code: driver
    for driver in (
        Kavenegar,
        Ghasedak,
        Melipayamak,
        MelipayamakSoap,
        MelipayamakConsole,
        SmsIr,
        IpPanel,
        FarazSms,
        Generic,
    )
}
