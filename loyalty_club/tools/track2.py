"""Track 2 of a magnetic stripe (ISO/IEC 7813): what a card printer encodes and a stripe reader types."""

from datetime import date


def track2(number: str, last_day: date | None = None) -> str:
    """The track's text; fields that a club card does not have are replaced by the separator, as the standard says.

    >>> track2("9364123456789016", date(2029, 3, 31)), track2("9364123456789016")
    (';9364123456789016=2903=?', ';9364123456789016===?')
    """
    expiry = f"{last_day:%y%m}" if last_day else "="
    return f";{number}={expiry}=?"
