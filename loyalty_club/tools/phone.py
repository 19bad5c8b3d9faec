"""Phone numbers: any way of typing one becomes E.164, so that one person is one member. Built on phonenumbers."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from .digits import to_ascii
from .text import strip_marks

_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def to_e164(raw: str | None, region: str | None) -> str | None:
    """The number as ``+<country><number>``, or None if it is no valid number.

    ``region`` (two letters) is the country of numbers that don't name one. Text with letters is no number. A landline
    is a valid number too: ask ``is_mobile`` before sending a message.

    >>> [to_e164(raw, "IR") for raw in ("0912 345 6789", "۰۰۹۸۹۱۲۳۴۵۶۷۸۹", "989123456789", "9123456789")]
    ['+989123456789', '+989123456789', '+989123456789', '+989123456789']
    >>> [to_e164(raw, "IR") for raw in ("0912 345", "Ali 09123456789", "")]
    [None, None, None]
    """
    text = to_ascii(strip_marks(raw or "")).strip()
    if not text or any(char.isalpha() for char in text):
        return None
    try:
        number = phonenumbers.parse(text, region and region.upper())
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_mobile(e164: str) -> bool:
    """Whether messages can be sent to the number (it is mobile, or its country doesn't tell the two apart).

    >>> is_mobile("+989123456789"), is_mobile("+982188776655"), is_mobile("nonsense")
    (True, False, False)
    """
    try:
        return phonenumbers.number_type(phonenumbers.parse(e164)) in _MOBILE
    except NumberParseException:
        return False


def to_mobile(raw: str | None, region: str | None) -> str | None:
    """As ``to_e164``, but only numbers that messages can be sent to.

    >>> to_mobile("0912 345 6789", "IR"), to_mobile("021 88776655", "IR"), to_mobile(None, "IR")
    ('+989123456789', None, None)
    """
    number = to_e164(raw, region)
    return number if number and is_mobile(number) else None


def format_national(e164: str, region: str | None = None) -> str:
    """The number as people of ``region`` write it; numbers of other countries in international form.

    Without ``region`` always in national form. What can't be read comes back as it is.

    >>> format_national("+989123456789"), format_national("+989123456789", "DE"), format_national("x")
    ('0912 345 6789', '+98 912 345 6789', 'x')
    """
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    abroad = region and phonenumbers.region_code_for_number(number) != region.upper()
    form = PhoneNumberFormat.INTERNATIONAL if abroad else PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(number, form)
