"""Codes of bearer cards: 16 Crockford base32 characters, 80 random bits; kept as keyed hashes, never as they are.

Whoever knows the code has the money, so nothing but the hash and the last four characters is stored. The alphabet has
no letter that looks like a digit; what people type instead (o, i, l) is read as the digit they saw.
"""

import hashlib
import hmac
import re
import secrets
from typing import Protocol

from .digits import to_ascii
from .text import strip_marks

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
PIN_LENGTH = 4
#: Rounds of the PIN's hash; the code itself, which is stored nowhere, is its salt (docs/decisions/037).
PIN_ROUNDS = 5_000

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015_.\u200c\u200b]+")
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_WELL_FORMED = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


class RandomSource(Protocol):
    """What is needed from a random source; the module ``secrets`` is one."""

    def randbits(self, k: int, /) -> int: ...


def new_code(rng: RandomSource = secrets) -> str:
    """A new code.

    >>> is_code(new_code()), new_code() != new_code()
    (True, True)
    """
    bits = rng.randbits(5 * LENGTH)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))


def new_pin(rng: RandomSource = secrets) -> str:
    """A new PIN of four digits, all equally likely.

    >>> len(new_pin()), new_pin().isdigit()
    (4, True)
    """
    while (draw := rng.randbits(14)) >= 10**PIN_LENGTH:
        pass
    return f"{draw:0{PIN_LENGTH}d}"


def clean(text: str) -> str:
    """What was typed or scanned as it is hashed: no separators, upper case, ASCII digits, look-alikes as digits.

    >>> clean(" oil7-abcd ۱۲۳۴ wxyz ")
    '0117ABCD1234WXYZ'
    """
    return _SEPARATORS.sub("", to_ascii(strip_marks(text or ""))).upper().translate(_READ_AS)


def is_code(text: str) -> bool:
    """Whether ``text`` (in any form) is shaped like a code.

    >>> is_code("oil7-abcd-1234-wxyz"), is_code("SUMMER"), is_code("U" * 16)
    (True, False, False)
    """
    return bool(_WELL_FORMED.fullmatch(clean(text)))


def pretty(code: str) -> str:
    """A code in groups of four, as printed.

    >>> pretty("0117ABCD1234WXYZ")
    '0117-ABCD-1234-WXYZ'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def last_four(text: str) -> str:
    """The part of a code that may be shown.

    >>> last_four("0117-abcd-1234-wxyz")
    'WXYZ'
    """
    return clean(text)[-4:]


def code_hash(key: str, text: str) -> str:
    """Hex HMAC-SHA256 of a code typed in any form; equal for all forms of one code.

    >>> code_hash("k", "oil7-abcd-1234-wxyz") == code_hash("k", "0117ABCD1234WXYZ")
    True
    >>> code_hash("other", "0117ABCD1234WXYZ") == code_hash("k", "0117ABCD1234WXYZ")
    False
    """
    return hmac.new(key.encode(), clean(text).encode(), hashlib.sha256).hexdigest()


def pin_hash(key: str, code: str, pin: str) -> str:
    """Hex hash of a PIN, slow on purpose; it can only be tried by somebody who has the code.

    >>> pin_hash("k", "0117ABCD1234WXYZ", "۱۲۳۴") == pin_hash("k", "oil7-abcd-1234-wxyz", "1234")
    True
    >>> pin_hash("k", "0117ABCD1234WXYZ", "1235") == pin_hash("k", "0117ABCD1234WXYZ", "1234")
    False
    """
    salt = hmac.new(key.encode(), b"pin:" + clean(code).encode(), hashlib.sha256).digest()
    return hashlib.pbkdf2_hmac("sha256", clean(pin).encode(), salt, PIN_ROUNDS).hex()
