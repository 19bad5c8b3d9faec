"""Retry: what becomes of a message when a gateway has answered, or has not. Pure.

Only what certainly did not go is tried again, with growing waits. What may have gone is sent again only through a
gateway that knows messages by our own number, since that one drops the second copy.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Seconds to wait after the first, second … try; after the last one the message has failed.
WAITS = {
    "code": (10, 20, 40, 60, 120, 180),
    "service": (60, 300, 900, 3600, 3 * 3600, 6 * 3600),
    "campaign": (120, 600, 1800, 2 * 3600, 6 * 3600),
}
#: Refusals that no further try and no other way to the same member would change.
TEXT_FAULTS = frozenset({"text", "opt_out_text", "empty"})


@dataclass(frozen=True, slots=True)
class Way:
    """What else there is: ``idempotent`` gateway; another gateway, and other channels, that were not tried yet."""

    lane: str
    attempts: int
    idempotent: bool = False
    has_fallback: bool = False
    has_channel: bool = False
    not_after: datetime | None = None
    gateway_fault: bool = False  # the reason is about the gateway or its line: another one may well take the message
    wait: int = 0  # seconds for which the gateway wants to be left alone


@dataclass(frozen=True, slots=True)
class Verdict:
    """The message's new state; a waiting one goes ``by`` the same gateway, the fall-back or the next channel."""

    state: str
    not_before: datetime | None = None
    by: str = field(default="same")


def next_try(
    lane: str, attempts: int, now: datetime, not_after: datetime | None = None, wait: int = 0
) -> datetime | None:
    """When a message that was tried ``attempts`` times is tried again, after ``wait`` seconds at least; None: not any
    more.

    >>> next_try("service", 1, datetime(2026, 1, 1)), next_try("service", 1, datetime(2026, 1, 1), wait=90)
    (datetime.datetime(2026, 1, 1, 0, 1), datetime.datetime(2026, 1, 1, 0, 1, 30))
    """
    waits = WAITS[lane]
    if attempts > len(waits):
        return None
    at = now + timedelta(seconds=max(waits[max(attempts, 1) - 1], wait))
    return None if not_after and at >= not_after else at


def judge(state: str, reason: str | None, way: Way, now: datetime) -> Verdict:
    """What becomes of a message after an outcome ``state`` (accepted, refused, later, unsure)."""
    if state == "accepted":
        return Verdict("sent")
    if state == "unsure":
        return _again(way, now, Verdict("unsure")) if way.idempotent else Verdict("unsure")
    if state == "later" or way.gateway_fault:
        return _elsewhere(way, now)
    if way.has_channel and reason not in TEXT_FAULTS:
        return Verdict("waiting", now, "channel")
    return Verdict("blocked" if reason == "blacklist" else "failed")


def _elsewhere(way: Way, now: datetime) -> Verdict:
    """The gateway could not, and certainly did not: another gateway at once, or the same one later (an account gets
    credit again, a key is corrected)."""
    if way.has_fallback:
        return Verdict("waiting", now, "fallback")
    return _again(way, now, Verdict("waiting", now, "channel") if way.has_channel else Verdict("failed"))


def _again(way: Way, now: datetime, otherwise: Verdict) -> Verdict:
    at = next_try(way.lane, way.attempts, now, way.not_after, way.wait)
    return Verdict("waiting", at) if at else otherwise
