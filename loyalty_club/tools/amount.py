"""Amounts: the one border between Odoo's floats and exact numbers. Everything behind it is Decimal or Fraction."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor

from .digits import to_ascii

# beyond any money, and small enough that a typed "1e999999999" can't fill the memory
_LARGEST_EXPONENT = 400

Number = int | float | str | Decimal | Fraction


def exact(value: Number) -> Fraction:
    """``value`` as an exact fraction. A float means the shortest decimal that prints like it, not its binary value.

    Text may have Persian digits with ٫ and ٬; a comma is refused, since half of the world reads it otherwise.
    ``ValueError`` for what is no finite number.

    >>> exact(0.1) == Fraction(1, 10), exact("۱٬۲۰۰٫۵") == Fraction("1200.5")
    (True, True)
    """
    if isinstance(value, bool) or not isinstance(value, Number):
        raise ValueError(f"not a number: {value!r}")
    if isinstance(value, float):
        value = repr(value)
    elif isinstance(value, str):
        value = to_ascii(value.strip()).replace("٬", "").replace("٫", ".")
    try:
        number = Decimal(value) if isinstance(value, str) else value
        if isinstance(number, Decimal) and abs(number.adjusted()) > _LARGEST_EXPONENT:
            raise ValueError("too large or too small for an amount")
        return Fraction(number)
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(f"not a number: {value!r}") from None


def to_amount(value: Number, digits: int) -> Decimal:
    """``value`` rounded to ``digits`` decimals, halves away from zero; ``ValueError`` for what is no number.

    >>> to_amount(1.005, 2), to_amount(-0.5, 0), to_amount(0.1 + 0.2, 2)
    (Decimal('1.01'), Decimal('-1'), Decimal('0.30'))
    """
    scaled = exact(value) * 10**digits
    units = floor(abs(scaled) + Fraction(1, 2))
    return _from_units(-units if scaled < 0 else units, digits)


def floor_amount(value: Number, digits: int) -> Decimal:
    """The largest amount with ``digits`` decimals that is not above ``value``.

    >>> floor_amount(Fraction(2, 3), 2), floor_amount(Decimal("7.999"), 0)
    (Decimal('0.66'), Decimal('7'))
    """
    return _from_units(floor(exact(value) * 10**digits), digits)


def ceil_amount(value: Number, digits: int) -> Decimal:
    """The smallest amount with ``digits`` decimals that is not below ``value``.

    >>> ceil_amount(Fraction(2, 3), 2), ceil_amount(Decimal("7.001"), 0)
    (Decimal('0.67'), Decimal('8'))
    """
    return _from_units(ceil(exact(value) * 10**digits), digits)


def _from_units(units: int, digits: int) -> Decimal:
    return Decimal(f"{units}E-{digits}")
