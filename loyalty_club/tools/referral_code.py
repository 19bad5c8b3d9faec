"""Codes that members pass on by word of mouth: seven letters and digits that nobody mistakes for one another.

Without 0, O, 1, I, L and U. They open nothing by themselves, so they may be short: 21 thousand million of them leave
room for every member of a large club.
"""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7
_BETWEEN = re.compile(r"[\s\u200c\u200e\u200f-]+")
_FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """
    >>> len(new_code()) == LENGTH and set(new_code()) <= set(ALPHABET)
    True
    """
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def clean(text: str) -> str | None:
    """The code in what somebody typed, or None when it cannot be one.

    >>> clean(" k7m-2pq9 "), clean("M000123"), clean("hello")
    ('K7M2PQ9', None, None)
    """
    code = _BETWEEN.sub("", text or "").upper()
    return code if _FORM.fullmatch(code) else None
