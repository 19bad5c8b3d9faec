"""What people type about a gateway: tables, a line for each pair (``what it is = what it means``); codes in texts."""

import re

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def code_in(text):
    """The one-time code in a text, or None if there is none or it is not clear which it is.

    >>> code_in("کد شما: ۴۸۲۱۳"), code_in("48213 is your code; 48213!"), code_in("Call 88776655 or 4821"), code_in("12")
    ('48213', '48213', None, None)
    """
    found = set(re.findall(r"(?<!\d)\d{4,8}(?!\d)", text.translate(_DIGITS)))
    return found.pop() if len(found) == 1 else None


def parse_pairs(text, separator="="):
    """The pairs of a typed table; empty lines and lines that start with # are left out.

    :raises ValueError: with the first line that is no pair

    >>> parse_pairs("418 = credit\\n# known since spring\\n\\nX-Mode: fast", ":=")
    {'418': 'credit', 'X-Mode': 'fast'}
    """
    pairs = {}
    for line in (text or "").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        place = min((line.find(sign) for sign in separator if sign in line), default=-1)
        name, value = line[:place].strip(), line[place + 1 :].strip()
        if place < 1 or not value:
            raise ValueError(line)
        pairs[name] = value
    return pairs
