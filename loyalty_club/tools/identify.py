"""What was typed to find a member: a card number, a phone number or a name. Same answers as identify.js."""

import re

from .card_number import LENGTH, clean
from .digits import only_digits, to_ascii
from .text import strip_marks

_PHONE = re.compile(r"[+＋]?[0-9\s().\-/\u2010-\u2015]+")


def classify(term: str) -> str:
    """``card`` for 16 digits (right or mistyped: phones have at most 15), ``mobile`` for 7 to 15, else ``name``.

    >>> [classify(term) for term in ("9364 1234 5678 9016", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "Ali 2", "1404")]
    ['card', 'mobile', 'name', 'name']
    """
    number = clean(term)
    if len(number) == LENGTH and number.isascii() and number.isdigit():
        return "card"
    text = to_ascii(strip_marks(term)).strip()
    if _PHONE.fullmatch(text) and 7 <= len(only_digits(text)) <= 15:
        return "mobile"
    return "name"
