"""Digits: Persian and Arabic-Indic digits become ASCII before anything is parsed, because keyboards differ."""

_TO_ASCII = {ord(zero) + value: str(value) for zero in "۰٠" for value in range(10)}


def to_ascii(text: str) -> str:
    """``text`` with ۰-۹ and ٠-٩ as 0-9; everything else stays.

    >>> to_ascii("۰۹۱۲ ٣٤٥ abc 6")
    '0912 345 abc 6'
    """
    return text.translate(_TO_ASCII)


def only_digits(text: str) -> str:
    """The ASCII digits of ``text``, in order.

    >>> only_digits("+98 (۹۱۲) 345-6789")
    '989123456789'
    """
    return "".join(char for char in to_ascii(text) if char in "0123456789")
