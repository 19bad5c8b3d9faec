"""Numbers as gateways write them. Ours are E.164; a number without a country is Iranian."""

#: Ways of writing +98 912 345 6789: ``+98912…``, ``0098912…``, ``0912…``, ``98912…``, ``912…``
FORMS = ("e164", "00", "0", "bare", "short")


def number_as(number: str, form: str, country: str = "98") -> str:
    """An E.164 number in one of ``FORMS``; numbers of other countries than ``country`` keep theirs (as ``00…``).

    >>> [number_as("+989123456789", form) for form in FORMS]
    ['+989123456789', '00989123456789', '09123456789', '989123456789', '9123456789']
    >>> [number_as("+4915112345678", form) for form in FORMS]
    ['+4915112345678', '004915112345678', '004915112345678', '4915112345678', '004915112345678']
    """
    digits = number.lstrip("+")
    if form == "e164":
        return f"+{digits}"
    if form == "bare":
        return digits
    if form == "00" or not digits.startswith(country):
        return f"00{digits}"
    national = digits[len(country) :]
    return f"0{national}" if form == "0" else national


def to_e164(raw, country: str = "98") -> str:
    """Any of ``FORMS`` as E.164, for comparing what a gateway answers with what it was told.

    >>> [to_e164(raw) for raw in ("+989123456789", "00989123456789", "09123456789", 989123456789, "9123456789")]
    ['+989123456789', '+989123456789', '+989123456789', '+989123456789', '+989123456789']
    >>> to_e164("004915112345678"), to_e164("3000505")
    ('+4915112345678', '+983000505')
    """
    text = "".join(char for char in str(raw) if char.isdigit() or char == "+")
    if text.startswith("+"):
        return text
    if text.startswith("00"):
        return f"+{text[2:]}"
    if text.startswith("0"):
        return f"+{country}{text[1:]}"
    if text.startswith(country) and len(text) > 10:
        return f"+{text}"
    return f"+{country}{text}"
