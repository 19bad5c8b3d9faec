"""Membership card numbers: 16 digits = prefix, random body, Luhn digit.

ISO/IEC 7812-1 leaves numbers that begin with 9 and a country's number to national use, so such a number can never be
a bank card. The body is random, so a number tells nothing about how many cards exist. A number identifies; with some
ten free digits it must never authorise spending.
"""

import re
import secrets
from collections.abc import Container
from typing import Protocol

from .country_code import numeric_code
from .digits import to_ascii
from .luhn import check_digit, is_valid
from .text import strip_marks

LENGTH = 16
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015_.]+")


class RandomSource(Protocol):
    """What is needed from a random source; the module ``secrets`` is one."""

    def randbelow(self, exclusive_upper_bound: int, /) -> int: ...


def default_prefix(country: str) -> str:
    """The prefix for a country given by its two letters; ``ValueError`` for an unknown one.

    >>> default_prefix("IR")
    '9364'
    """
    return "9" + numeric_code(country)


def prefix_problem(prefix: str) -> str | None:
    """Why ``prefix`` can't begin card numbers: ``not_digits`` or ``wrong_length`` (1 to 10 digits), else None.

    >>> prefix_problem("9364"), prefix_problem("93a"), prefix_problem("9" * 11)
    (None, 'not_digits', 'wrong_length')
    """
    if not 1 <= len(prefix) <= 10:
        return "wrong_length"
    return None if prefix.isascii() and prefix.isdigit() else "not_digits"


def make_number(prefix: str, body: int) -> str:
    """The number with the given body, padded with zeros; ``ValueError`` if the body doesn't fit.

    >>> make_number("9364", 12345678901)
    '9364123456789016'
    """
    width = LENGTH - 1 - len(prefix)
    payload = f"{prefix}{body:0{width}d}"
    if body < 0 or len(payload) != LENGTH - 1:
        raise ValueError("the body doesn't fit between prefix and check digit")
    return f"{payload}{check_digit(payload)}"


def make_numbers(
    prefix: str, count: int, taken: Container[str] = frozenset(), rng: RandomSource = secrets
) -> list[str]:
    """``count`` new numbers that differ from each other and from ``taken``.

    ``ValueError`` for a bad prefix and for more than half of all numbers that the prefix allows: then drawing
    would take ever longer, and a longer card life or another prefix is the answer.

    >>> numbers = make_numbers("9364", 3)
    >>> len(set(numbers)), all(describe_problem(number, "9364") is None for number in numbers)
    (3, True)
    """
    problem = prefix_problem(prefix)
    if problem:
        raise ValueError(problem)
    space = 10 ** (LENGTH - 1 - len(prefix))
    known = len(taken) if hasattr(taken, "__len__") else 0
    if count < 0 or (count + known) * 2 > space:
        raise ValueError("not enough free numbers with this prefix")
    numbers: dict[str, None] = {}
    while len(numbers) < count:
        number = make_number(prefix, rng.randbelow(space))
        if number not in taken:
            numbers[number] = None
    return list(numbers)


def clean(text: str) -> str:
    """What was typed or scanned, without separators and invisible marks, with ASCII digits.

    >>> clean(" ۹۳۶۴-1234 5678 9016 ")
    '9364123456789016'
    """
    return _SEPARATORS.sub("", to_ascii(strip_marks(text)))


def describe_problem(text: str, prefix: str | None = None) -> str | None:
    """Why ``text`` is no card number, or None if it is one.

    ``not_digits``, ``wrong_length``, ``wrong_prefix`` (only if ``prefix`` is given) or ``bad_check``, the first that
    applies. A mistyped digit of the prefix is ``wrong_prefix``, as is another shop's card.

    >>> [describe_problem(text, "9364") for text in ("9364 12a", "9364", "6037123456789013", "9364123456789015")]
    ['not_digits', 'wrong_length', 'wrong_prefix', 'bad_check']
    """
    number = clean(text)
    if number and not (number.isascii() and number.isdigit()):
        return "not_digits"
    if len(number) != LENGTH:
        return "wrong_length"
    if prefix is not None and not number.startswith(prefix):
        return "wrong_prefix"
    return None if is_valid(number) else "bad_check"


def parse(text: str, prefix: str | None = None) -> str | None:
    """The 16 digits of a card number typed in any form, or None if it is none (see ``describe_problem``).

    >>> parse("۹۳۶۴ ۱۲۳۴ ۵۶۷۸ ۹۰۱۶")
    '9364123456789016'
    """
    return None if describe_problem(text, prefix) else clean(text)


def format_number(number: str) -> str:
    """A card number in groups of four, as printed on the card.

    >>> format_number("9364123456789016")
    '9364 1234 5678 9016'
    """
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
