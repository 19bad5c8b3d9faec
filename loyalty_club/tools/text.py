"""Text: one spelling of Persian and Arabic letters, so that what was typed on one keyboard is found from another.

The order matters: compose (NFC), one form of yeh and kaf, then drop tatweel and direction marks. The zero-width
non-joiner belongs to correct Persian, so it stays in what people read and goes only in search keys.
"""

import re
import unicodedata

from .digits import to_ascii

_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})
# the same letters as an Arabic keyboard types them
_ARABIC = str.maketrans({"ی": "ي", "ک": "ك"})
_MARKS = re.compile("[\u0640\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ZWNJ = "\u200c"
_SPACES = re.compile(r"\s+")


def strip_marks(text: str) -> str:
    """``text`` without tatweel and the invisible marks of writing direction.

    >>> strip_marks("\u200e0912\u200f")
    '0912'
    """
    return _MARKS.sub("", text)


def normalise(text: str) -> str:
    """``text`` as it should be stored and shown: Persian letters, no invisible marks, single spaces.

    >>> normalise("  علي كريمي ") == "علی کریمی"
    True
    """
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    return _SPACES.sub(" ", strip_marks(text)).strip()


def search_key(text: str) -> str:
    """A key that is equal for all spellings of the same words: for comparing, never for showing.

    Digits become ASCII, presentation forms become letters, vowel marks and the non-joiner go, case goes.

    >>> search_key("مي\u200cخواهم ۱۲") == search_key("میخواهم 12")
    True
    >>> search_key("ZOË") == search_key("zoë")
    True
    """
    text = normalise(unicodedata.normalize("NFKC", text)).replace(_ZWNJ, "")
    text = "".join(char for char in text if not "\u064b" <= char <= "\u0652")
    return to_ascii(text).casefold()


def spellings(text: str) -> list[str]:
    """The ways in which ``text`` may be stored, for a search that compares letter by letter; the best one first.

    >>> [len(spellings(name)) for name in ("Sara", "علی", "علي")]
    [1, 2, 2]
    >>> spellings("علي")[0] == "علی"
    True
    """
    best = normalise(text)
    return list(dict.fromkeys((best, best.translate(_ARABIC), text.strip())))


def runs(text: str) -> list[str]:
    """The words of a text, grouped by the direction in which they are read. The PDF engine of the distributions draws
    what is of both kinds over each other, unless each group stands in a box of its own.

    >>> runs("شعبه مرکزی · Main street - 0012")
    ['شعبه مرکزی ·', 'Main street - 0012']
    """
    groups: list[str] = []
    last = None
    for part in text.split():
        strong = [unicodedata.bidirectional(character) in ("R", "AL") for character in part if character.isalnum()]
        rtl = any(strong) if strong else last
        if groups and rtl == last:
            groups[-1] += f" {part}"
        else:
            groups.append(part)
        last = rtl
    return groups


def with_hair_spaces(text: str) -> str:
    """``text`` with hair spaces for zero-width non-joiners, for renderers that ignore the sign and join the letters.

    >>> with_hair_spaces("می\u200cشود") == "می\u200aشود"
    True
    """
    return text.replace(_ZWNJ, "\u200a")
