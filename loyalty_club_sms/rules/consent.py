"""Whether a message may go: the one rule of consent. Pure; the facts are gathered set-based elsewhere.

Codes go to whoever asked for one. Service messages go to the club's own customers, because each has a cause that the
customer brought about. Everything else is advertising and goes only to active members who said yes to this purpose on
this channel, and whom nothing bars. What a campaign sends is advertising, whatever it is called. A test of it goes to
whoever asks for one, without a yes before.
"""

from collections.abc import Iterable
from dataclasses import dataclass

#: Purposes that a member agrees to.
ADVERTISING = ("news", "offers")

NO_ADDRESS = "no_address"
MEMBER_CLOSED = "member_closed"
NO_CONSENT = "no_consent"
OPTED_OUT = "opted_out"
BLACKLISTED = "blacklisted"
BARRED = "barred"
#: Every reason this rule gives.
REASONS = (MEMBER_CLOSED, NO_ADDRESS, OPTED_OUT, NO_CONSENT, BLACKLISTED, BARRED)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one message.

    ``member``: state of the member (active, blocked, left), None: the message goes to nobody of the club.
    ``consent``: the member's latest word on this purpose and channel: True given, False withdrawn, None never asked.
    ``blacklisted``: the number is on the phone blacklist. ``barred``: the gateway said that advertising from this line
    does not reach the address. ``asked_for``: a test, by the button of whoever gets it.
    """

    lane: str
    purpose: str
    member: str | None
    address: bool
    consent: bool | None = None
    blacklisted: bool = False
    barred: bool = False
    asked_for: bool = False


def is_advertising(lane: str, purpose: str) -> bool:
    """Whether the message needs consent.

    >>> is_advertising("service", "service"), is_advertising("service", "offers"), is_advertising("campaign", "service")
    (False, True, True)
    """
    return purpose in ADVERTISING or lane == "campaign"


def refusal(facts: Facts) -> str | None:
    """Why the message must not go, one of ``REASONS``; None: it goes.

    >>> refusal(Facts("service", "service", "blocked", address=True, consent=False, blacklisted=True))
    >>> refusal(Facts("campaign", "offers", "active", address=True))
    'no_consent'
    >>> refusal(Facts("service", "offers", None, address=True, asked_for=True))
    """
    if facts.lane == "code" and facts.purpose == "code":
        return None if facts.address else NO_ADDRESS
    if not is_advertising(facts.lane, facts.purpose):
        if facts.member == "left":
            return MEMBER_CLOSED
        return None if facts.address else NO_ADDRESS
    return _advertising_refusal(facts)


def _advertising_refusal(facts: Facts) -> str | None:
    silent = facts.member is None or facts.consent is None
    checks = (
        (facts.member in ("left", "blocked"), MEMBER_CLOSED),
        (facts.consent is False and not facts.asked_for, OPTED_OUT),
        (silent and not facts.asked_for, NO_CONSENT),
        (not facts.address, NO_ADDRESS),
        (facts.blacklisted, BLACKLISTED),
        (facts.barred, BARRED),
    )
    return next((reason for applies, reason in checks if applies), None)


def latest(rows: Iterable[tuple]) -> bool | None:
    """A member's latest word: ``rows`` are (when, number of the row, given); a later row wins within one second.

    >>> latest([(2, 1, True), (1, 2, False)]), latest([(1, 1, True), (1, 2, False)]), latest([])
    (True, False, None)
    """
    last = max(rows, default=None)
    return None if last is None else last[2]
