"""A list of people as a file: what each row says about who is meant, in whatever column it stands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .card_number import LENGTH, clean, describe_problem
from .digits import only_digits, to_ascii
from .phone import is_mobile, to_e164
from .text import strip_marks

#: A spreadsheet keeps 15 digits of a number and shows long ones like this; the rest is lost for good.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_MEMBER = re.compile(r"[A-Za-z]{0,4}\d{3,9}")


@dataclass(frozen=True)
class Row:
    """``line`` counts from 1. ``kind`` is ``card``, ``mobile`` or ``number`` (of a member) with its ``value``, or
    ``unreadable`` with a ``problem``: ``empty``, ``bad_check``, ``rounded``, ``landline`` or ``nothing``."""

    line: int
    text: str
    kind: str
    value: str = ""
    problem: str = ""


def read_people(rows: Iterable[Sequence[str]], region: str | None) -> Iterator[Row]:
    """Who is meant by each row; a first row without any number is taken for the head and left out, as are empty rows.

    The first cell that is a card number or a mobile decides; only then a membership number (``M000123``) counts.

    >>> [(row.kind, row.value) for row in read_people([("mobile",), ("۰۹۱۲ ۳۴۵ ۶۷۸۹",), ("9364123456789016",)], "IR")]
    [('mobile', '+989123456789'), ('card', '9364123456789016')]
    >>> [row.problem for row in read_people([("Ali", "9364123456789015"), ("9.36E+15",), ("Sara",)], "IR")]
    ['bad_check', 'rounded', 'nothing']
    """
    for line, cells in enumerate(rows, start=1):
        texts = [strip_marks(cell).strip() for cell in cells]
        texts = [text for text in texts if text]
        if not texts:
            continue
        row = _read_row(line, texts, region)
        if line == 1 and row.problem == "nothing" and not only_digits("".join(texts)):
            continue
        yield row


def _read_row(line: int, texts: list[str], region: str | None) -> Row:
    shown = " | ".join(texts)[:120]
    problem = "nothing"
    for text in texts:
        kind, value = _read_cell(text, region)
        if kind in ("card", "mobile"):
            return Row(line, shown, kind, value)
        if kind == "unreadable" and problem == "nothing":
            problem = value
    if problem == "nothing":
        for text in texts:
            if _MEMBER.fullmatch(to_ascii(text)):
                return Row(line, shown, "number", to_ascii(text).upper())
    return Row(line, shown, "unreadable", problem=problem)


def _read_cell(text: str, region: str | None) -> tuple[str, str]:
    """``(kind, value)``; kind ``unreadable`` with the problem for what was clearly meant as a number, else ``other``.

    >>> [_read_cell(text, "IR") for text in ("021 8877 6655", "9364-1234-5678-9016", "Sara")]
    [('unreadable', 'landline'), ('card', '9364123456789016'), ('other', '')]
    """
    number = clean(text)
    if len(number) == LENGTH and number.isascii() and number.isdigit():
        problem = describe_problem(number)
        return ("unreadable", problem) if problem else ("card", number)
    if _ROUNDED.fullmatch(to_ascii(text)):
        return "unreadable", "rounded"
    mobile = to_e164(text, region)
    if not mobile:
        return "other", ""
    return ("mobile", mobile) if is_mobile(mobile) else ("unreadable", "landline")
