"""How values are written in a message: figures, money and dates in the reader's language. Pure.

Persian has digits and separators of its own; its dates are Jalali unless the club says otherwise; rials are said in
toman where people think in toman. What people type back (codes, card numbers, links) keeps Latin digits.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from .lives import local_day, written

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_SPACES = re.compile(r"\s+")
#: Somebody's name ends up in other people's messages: no links in it.
_NOT_IN_NAMES = re.compile(r"[/:@<>{}\\]|(?<=\w)\.(?=\w)")
LONGEST_TEXT, LONGEST_NAME = 160, 40

#: Names of units in the languages the club speaks; others see the currency's symbol.
UNIT_WORDS = {
    "toman": {"fa": "تومان", "en": "toman"},
    "rial": {"fa": "ریال", "en": "rial"},
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one reader's values are written.

    ``divisor``: minor units of the currency in one of the unit said (10 rials in a toman); ``unit``: its word or
    symbol; ``decimals``: of the currency; ``date_format``: of strftime, for Gregorian dates.
    """

    lang: str = "en_US"
    calendar: str = "gregorian"
    persian_digits: bool = False
    thousands: str = ","
    point: str = "."
    date_format: str = "%Y-%m-%d"
    unit: str = ""
    unit_first: bool = False
    divisor: int = 1
    decimals: int = 2
    zone: str = "UTC"


def unit_word(unit: str, lang: str) -> str:
    """
    >>> unit_word("toman", "en_GB"), unit_word("rial", "de_DE")
    ('toman', 'rial')
    """
    return UNIT_WORDS[unit].get(lang.split("_")[0], UNIT_WORDS[unit]["en"])


def is_persian(lang: str) -> bool:
    """Whether a language has Persian digits and, unless somebody says otherwise, Jalali days.

    >>> is_persian("fa_IR"), is_persian("en_US")
    (True, False)
    """
    return lang.split("_")[0] == "fa"


def figure(amount: Decimal, style: Style, decimals: int = 3) -> str:
    """A figure with separators; decimals only when there are any.

    >>> figure(Decimal("1250.5"), Style()), figure(Decimal("1250.000"), Style()), figure(Decimal(-3), Style())
    ('1,250.5', '1,250', '-3')
    >>> figure(Decimal(1250), Style(persian_digits=True, thousands="٬")) == "۱٬۲۵۰"
    True
    """
    amount = amount.quantize(Decimal(1).scaleb(-decimals)) if decimals else amount.quantize(Decimal(1))
    text = f"{amount:,f}"
    whole, _dot, rest = text.partition(".")
    rest = rest.rstrip("0")
    whole = whole.replace(",", style.thousands)
    text = f"{whole}{style.point}{rest}" if rest else whole
    return digits("0" if text in ("-0", "") else text, style)


def money(amount: Decimal, style: Style) -> str:
    """An amount of the club's currency, with its unit.

    >>> money(Decimal(1250000), Style(unit="toman", divisor=10, decimals=0)), money(Decimal("12.5"), Style(unit="€"))
    ('125,000 toman', '12.50 €')
    >>> money(Decimal(5), Style(unit="$", unit_first=True)), money(Decimal(15), Style(unit="toman", divisor=10))
    ('$5', '1.5 toman')
    """
    said = amount / style.divisor
    text = figure(said, style, style.decimals if style.divisor == 1 else 2)
    if style.divisor == 1 and said != said.to_integral_value() and style.decimals:
        text = f"{abs(said):.{style.decimals}f}"
        whole, _dot, rest = text.partition(".")
        sign = "-" if said < 0 else ""
        text = digits(f"{sign}{int(whole):,}".replace(",", style.thousands) + style.point + rest, style)
    if not style.unit:
        return text
    return f"{style.unit}{text}" if style.unit_first else f"{text} {style.unit}"


def day(value: date, style: Style) -> str:
    """A date in figures.

    >>> day(date(2026, 3, 21), Style(calendar="jalali")), day(date(2026, 3, 21), Style(date_format="%d/%m/%Y"))
    ('1405/01/01', '21/03/2026')
    """
    text = written(value, "jalali") if style.calendar == "jalali" else value.strftime(style.date_format)
    return digits(text, style)


def digits(text: str, style: Style) -> str:
    """
    >>> digits("12", Style(persian_digits=True)) == "۱۲"
    True
    """
    return text.translate(_PERSIAN_DIGITS) if style.persian_digits else text


def text(value: str, kind: str = "text") -> str:
    """Somebody's words in one line; a person's name has no links in it.

    >>> text("Sara\\n  Ahmadi", "person"), text("win.at/evil.com", "person")
    ('Sara Ahmadi', 'win at evil com')
    """
    value = str(value)
    if kind == "person":
        value = _SPACES.sub(" ", _NOT_IN_NAMES.sub(" ", value)).strip()
        return value[:LONGEST_NAME].rstrip()
    return _SPACES.sub(" ", value).strip()[:LONGEST_TEXT]


def word(value, kind: str, style: Style) -> str:
    """Any value of a placeholder as it is written; None and what cannot be read as its kind are empty.

    :param value: str, number, Decimal, date, datetime (naive UTC), or what JSON has made of them
    :param kind: text, person, figure, money, date or link

    >>> word("2026-03-20T20:30:00", "date", Style(calendar="jalali", zone="Asia/Tehran"))
    '1405/01/01'
    >>> word("125.50", "figure", Style()), word(None, "money", Style()), word("soon", "date", Style())
    ('125.5', '', '')
    """
    if value is None or value is False or value == "":
        return ""
    if kind in ("text", "person"):
        return text(value, kind)
    if kind == "link":
        return str(value)
    try:
        if kind == "date":
            return day(_day(value, style.zone), style)
        amount = Decimal(str(value))
        if not amount.is_finite():
            return ""
        return money(amount, style) if kind == "money" else figure(amount, style)
    except (ValueError, ArithmeticError, InvalidOperation):
        return ""


def _day(value, zone: str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if not isinstance(value, date):
        raise ValueError(value)
    return local_day(value, zone) if isinstance(value, datetime) else value
