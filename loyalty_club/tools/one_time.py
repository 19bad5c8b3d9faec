"""One-time codes and PINs: making, reading and judging them. What is stored of them is the caller's business."""

import re
import secrets

from .digits import only_digits

CODE_DIGITS = 6
PIN = re.compile(r"[0-9]{4,8}")


def new_code() -> str:
    """A code of six digits from the system's source of randomness."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def clean(text: str) -> str:
    """The digits of what was typed, Persian and Arabic ones too.

    >>> clean(" ۱۲۳ 456 ")
    '123456'
    """
    return only_digits(text or "")


def is_pin(pin: str) -> bool:
    """Whether ``pin`` (cleaned) can be a PIN: four to eight digits.

    >>> is_pin("1234"), is_pin("123"), is_pin("123456789")
    (True, False, False)
    """
    return bool(PIN.fullmatch(pin))


def is_easy(pin: str) -> bool:
    """Whether everybody would try this PIN first: one digit repeated, or a run up or down.

    >>> is_easy("0000"), is_easy("12345"), is_easy("4321"), is_easy("7890"), is_easy("1397")
    (True, True, True, True, False)
    """
    steps = {(int(after) - int(before)) % 10 for before, after in zip(pin, pin[1:], strict=False)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def mask(number: str) -> str:
    """A phone number that its owner recognises and nobody else learns.

    >>> mask("0912 123 4567"), mask("+989121234567"), mask("123")
    ('0912•••4567', '+989•••4567', '•••')
    """
    compact = re.sub(r"[^\d+]", "", number or "")
    return f"{compact[:4]}•••{compact[-4:]}" if len(compact) >= 10 else "•••"
