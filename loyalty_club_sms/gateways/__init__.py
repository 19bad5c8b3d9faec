"""Drivers of SMS gateways: one small class each, no Odoo. ``DRIVERS`` is all of them by code."""

from .base import GATEWAY_REASONS, REASONS, Driver, Incoming, Outcome, Settings, Status, Text, Trouble

#: {code: class}, in the order in which people choose.
DRIVERS: dict[str, type[Driver]] = {}
