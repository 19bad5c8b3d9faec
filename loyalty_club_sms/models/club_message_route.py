"""Routes: which line, gateway or channel takes a message, how many at once, and whether it may be asked just now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

from ..gateways.base import GATEWAY_REASONS
from ..rules.pacing import allowance
from ..rules.parts import SIZES, Sizes, sizes_of
from .club_gateway_line import LINE_PURPOSE

#: Reasons after which a line is left alone for a while, and then asked with one message before it gets many again:
#: a gateway that hangs must not make a whole campaign unsure.
TROUBLE = tuple(
    sorted((GATEWAY_REASONS - {"template"}) | {"no_line", "timeout", "server", "unreadable", "unanswered", "error"})
)
REST = timedelta(seconds=60)
#: Texts in one call of a channel that says nothing about it.
CHANNEL_SIZE = 30


@dataclass(slots=True)
class Route:
    """A way to phones. ``proven``: the last call was taken; ``hurt``: it got into trouble; ``shut``: it has a rest now.

    ``deliver`` takes texts and gives their outcomes. ``caller``, where there is one, gives such a function that asks
    the database nothing: any thread may call it, and each call takes a new one.
    """

    channel: str
    name: str
    deliver: Callable
    gateway: Any
    line: Any
    fallback: Any
    caller: Callable | None = None
    size: int = CHANNEL_SIZE
    idempotent: bool = False
    same_body: bool = False
    sizes: Sizes = SIZES
    suffix: str = ""
    per_minute: int = 0
    proven: bool = False
    hurt: bool = False
    shut: bool = False

    def note(self, rows):
        """Look at what became of a call's messages."""
        good = any(row["state"] == "sent" for row in rows)
        self.shut = self.hurt = not good and any(row["reason"] in TROUBLE for row in rows)
        self.proven = good


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    def _club_route(self, letter):
        """The route of a letter, and of all with the same road."""
        if letter.channel != "sms":
            return self._club_channel_route(letter)
        line = self._club_line_of(letter)
        if not line:
            return self._club_core_route(letter)
        route = self._club_line_route(line)
        other = self._club_line_of(letter, route.gateway.fallback_id) if route.gateway.fallback_id else line.browse()
        if other:
            route.fallback = other.gateway_id
            if route.shut and not letter.gateway_id:
                second = self._club_line_route(other)
                return route if second.shut else second
        return route

    def _club_line_of(self, letter, gateway=None):
        """The line that takes a letter: of ``gateway``, of the one that it was left to, or of its company's."""
        Gateway = self.env["loyalty.club.gateway"]
        company = self.env["res.company"].browse(letter.company_id)
        branch = self.env["loyalty.club.branch"].browse(letter.branch_id or [])
        purpose = LINE_PURPOSE[letter.purpose]
        if gateway:
            return Gateway._club_line(company, purpose, branch, gateway=gateway)
        own = Gateway.browse(letter.gateway_id or []).exists()
        line = Gateway._club_line(company, purpose, branch, gateway=own) if own else Gateway.line_ids
        return line or Gateway._club_line(company, purpose, branch)

    def _club_line_route(self, line):
        gateway = line.gateway_id
        driver = gateway._club_driver()
        route = Route(
            channel="sms",
            name=f"gateway:{gateway.id}",
            deliver=lambda texts: gateway._club_deliver(line, texts),
            caller=lambda: gateway._club_caller(line),
            gateway=gateway,
            line=line,
            fallback=gateway.browse(),
            size=max(1, driver.max_recipients),
            idempotent=line._club_is_idempotent(),
            same_body=driver.same_body,
            sizes=sizes_of(line.chars_66),
            suffix=line.opt_out_suffix or "",
            per_minute=line.per_minute,
        )
        self._club_look_at_line(route)
        return route

    def _club_look_at_line(self, route):
        """Whether the line's last call got into trouble and how long ago, or its gateway wants to be left alone."""
        rows = self.env.execute_query(
            SQL(
                """SELECT called_at, bool_or(state IN ('sent', 'delivered')), bool_or(reason = ANY(%(trouble)s))
                     FROM loyalty_club_message
                    WHERE line_id = %(line)s AND called_at = (
                          SELECT max(called_at) FROM loyalty_club_message
                           WHERE line_id = %(line)s AND state <> 'sending' AND called_at > %(since)s)
                 GROUP BY called_at""",
                trouble=list(TROUBLE),
                line=route.line.id,
                since=fields.Datetime.now() - timedelta(days=1),
            )
        )
        for called_at, good, trouble in rows:
            route.proven = bool(good)
            route.hurt = bool(trouble and not good)
            route.shut = route.hurt and called_at > fields.Datetime.now() - REST
        route.shut |= bool(route.line.rest_until and route.line.rest_until > fields.Datetime.now())

    def _club_room(self, route, lane):
        """How many messages the route takes now: infinity, or what is left of its line's minute. Codes never wait."""
        if lane == "code":
            return inf
        if route.shut:
            return 0
        if route.hurt:
            return 1
        if not route.per_minute:
            return inf
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM loyalty_club_message WHERE line_id = %s AND called_at > %s",
                route.line.id,
                fields.Datetime.now() - timedelta(minutes=1),
            )
        )
        return allowance(route.per_minute, rows[0][0])

    def _club_channel_route(self, letter):
        channel = self.env["loyalty.club.channel"]._club_channel(letter.channel)
        company = self.env["res.company"].browse(letter.company_id)
        branch = self.env["loyalty.club.branch"].browse(letter.branch_id or [])
        none = self.env["loyalty.club.gateway"]
        return Route(
            channel=letter.channel,
            name=letter.channel,
            deliver=lambda texts: channel._club_deliver(company, letter.purpose, branch, texts),
            gateway=none,
            line=self.env["loyalty.club.gateway.line"],
            fallback=none,
        )

    def _club_addresses(self, channel, member_ids):
        """{member id: address} on a channel."""
        members = self.env["loyalty.club.member"].browse(member_ids)
        return self.env["loyalty.club.channel"]._club_channel(channel)._club_address(members)
