"""Parts of an SMS: how many a text counts as, in the alphabet that it needs. Pure.

GSM 03.38 where every sign is in it (160 signs, or 153 in each part of several; some take two places), otherwise UCS-2
by UTF-16 units (70, or 67). A sign is never cut in two, so a long text may take a part more than its length says.
"""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Sent with an escape before them: two places.
EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Places in a text of one part, and in each part of several, by alphabet."""

    gsm: tuple[int, int] = (160, 153)
    ucs2: tuple[int, int] = (70, 67)


SIZES = Sizes()
#: Lines of some gateways count 66 for each part of a text that needs UCS-2, also for the first.
SIZES_66 = Sizes(ucs2=(66, 66))


@dataclass(frozen=True, slots=True)
class Parts:
    """``units`` places in ``count`` parts; ``room`` places are left until the next part begins."""

    alphabet: str
    units: int
    count: int
    room: int


def sizes_of(chars_66: bool) -> Sizes:
    return SIZES_66 if chars_66 else SIZES


def count_parts(text: str, sizes: Sizes = SIZES) -> Parts:
    """How a text is counted; an empty one has no parts.

    >>> count_parts("Hello")
    Parts(alphabet='gsm', units=5, count=1, room=155)
    >>> count_parts("س" * 71)
    Parts(alphabet='ucs2', units=71, count=2, room=63)
    """
    is_gsm = all(sign in BASIC or sign in EXTENDED for sign in text)
    alphabet = "gsm" if is_gsm else "ucs2"
    single, several = getattr(sizes, alphabet)
    widths = [_width(sign, is_gsm) for sign in text]
    units = sum(widths)
    if units <= single:
        return Parts(alphabet, units, 1 if units else 0, single - units)
    count, used = 1, 0
    for width in widths:
        if used + width > several:
            count, used = count + 1, 0
        used += width
    return Parts(alphabet, units, count, several - used)


def _width(sign: str, is_gsm: bool) -> int:
    if is_gsm:
        return 2 if sign in EXTENDED else 1
    return 2 if ord(sign) > 0xFFFF else 1
