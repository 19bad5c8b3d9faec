"""The phones behind the demo's gateway: what arrived where, what became of it, and what was answered.

Kept in a file, so that it is still there after a restart. Safe for many threads.
"""

import json
import threading
import time
from pathlib import Path

#: The gateway's words: accepted, at the operator, delivered, not delivered, blocked advertising, unknown.
QUEUED, SENT, DELIVERED, UNDELIVERED, BLOCKED, UNKNOWN = 1, 5, 10, 11, 14, 100
TEXTS = {
    QUEUED: "در صف ارسال",
    SENT: "ارسال شده به مخابرات",
    DELIVERED: "رسیده به گیرنده",
    UNDELIVERED: "نرسیده به گیرنده",
    BLOCKED: "بلاک شده است",
    UNKNOWN: "شناسه پیامک نامعتبر است",
}
#: Numbers with these ends never get a message, so that the demo shows what becomes of it.
OFF, REFUSING = "77", "99"
DELIVERY_SECONDS = 2
CREDIT, COST = 50_000_000, 1_450


class Phones:
    """``store``: the file that keeps them, one message a line."""

    def __init__(self, store: Path):
        self.store = store
        self.lock = threading.Lock()
        self.messages, self.by_local = [], {}
        self.credit = CREDIT
        if store.exists():
            for line in store.read_text("utf-8").splitlines():
                self._keep(json.loads(line))

    def _keep(self, message):
        self.messages.append(message)
        if message["local"]:
            self.by_local[message["local"]] = message
        self.credit -= message["cost"]

    def arrive(self, number, body, sender, local="", incoming=False, priced=True):
        """A message on a phone, or (``incoming``) what its owner answers; the same ``local`` arrives once."""
        with self.lock:
            if local and local in self.by_local:
                return self.by_local[local]
            message = {
                "id": 1_000_001 + len(self.messages),
                "number": number,
                "sender": sender,
                "body": body,
                "at": int(time.time()),
                "local": local,
                "incoming": incoming,
                "cost": COST * parts(body) if priced and not incoming else 0,
            }
            with self.store.open("a", encoding="utf-8") as out:
                out.write(json.dumps(message, ensure_ascii=False) + "\n")
            self._keep(message)
            return message

    def found(self, message_id):
        place = int(message_id) - 1_000_001 if str(message_id).isdecimal() else -1
        return self.messages[place] if 0 <= place < len(self.messages) else None

    def status(self, message):
        if message["number"].endswith(REFUSING):
            return BLOCKED
        if time.time() - message["at"] < DELIVERY_SECONDS:
            return SENT
        return UNDELIVERED if message["number"].endswith(OFF) else DELIVERED

    def page(self, after):
        """What came after the message ``after``, for the page."""
        with self.lock:
            fresh = [
                {**message, "status": None if message["incoming"] else self.status(message)}
                for message in self.messages[max(0, after - 1_000_000) :]
            ]
        return {"messages": fresh, "credit": self.credit}


def parts(body: str) -> int:
    """Parts of an SMS: 160 and 153 characters of the Latin alphabet, 70 and 67 of any other.

    >>> parts("a" * 160), parts("a" * 161), parts("س" * 70), parts("س" * 71)
    (1, 2, 1, 2)
    """
    one, many = (160, 153) if body.isascii() else (70, 67)
    units = len(body.encode("utf-16-le")) // 2
    return 1 if units <= one else -(-units // many)


def e164(number: str) -> str:
    """
    >>> e164("0912 345 6789"), e164("00989123456789"), e164("9123456789"), e164("+49 151 1")
    ('+989123456789', '+989123456789', '+989123456789', '+491511')
    """
    digits = "".join(char for char in number if char.isdecimal())
    if number.strip().startswith("+"):
        return f"+{digits}"
    digits = digits.removeprefix("00") if digits.startswith("00") else digits
    digits = f"98{digits[1:]}" if digits.startswith("0") else digits
    return f"+98{digits}" if len(digits) == 10 else f"+{digits}"
