"""Links in a campaign's text: found, numbered over all languages, and made short for each message."""

import re
import secrets
from collections.abc import Iterable, Mapping

#: A web address up to the first space, quotation mark or bracket; Persian punctuation ends it too.
_URL = re.compile(r"https?://[^\s<>\"'«»()\[\]،؛]+", re.IGNORECASE)
#: What ends a sentence and not an address.
_TAIL = ".,;:!?؟…"
_ALPHABET = "23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
#: 57 ** 8 is 1e14: with a million messages under way, one guess in a hundred million hits.
TOKEN_LENGTH = 8


def find_links(text: str) -> list[str]:
    """The web addresses of a text, in order, each once; addresses with a placeholder in them are not among them.

    >>> find_links("Look: https://shop.ir/a?x=1. Again https://shop.ir/a?x=1، or (http://b.ir), {link}")
    ['https://shop.ir/a?x=1', 'http://b.ir']
    >>> find_links("Yours: https://shop.ir/m/{number}")
    []
    """
    found = (match.group().rstrip(_TAIL) for match in _URL.finditer(text or ""))
    return list(dict.fromkeys(url for url in found if "{" not in url and "}" not in url))


def number_links(texts: Iterable[str]) -> list[str]:
    """The links of all languages' texts together, in order; their places count from 1.

    >>> number_links(["a https://x.ir b https://y.ir", "https://y.ir", ""])
    ['https://x.ir', 'https://y.ir']
    """
    return list(dict.fromkeys(url for text in texts for url in find_links(text)))


def replace_links(text: str, short: Mapping[str, str]) -> str:
    """``text`` with the addresses that ``short`` knows replaced; a longer one that begins alike is left alone.

    >>> replace_links("https://x.ir and https://x.ir/a.", {"https://x.ir": "S1", "https://x.ir/a": "S2"})
    'S1 and S2.'
    """

    def shorten(match: re.Match) -> str:
        url = match.group().rstrip(_TAIL)
        return short.get(url, url) + match.group()[len(url) :]

    return _URL.sub(shorten, text or "")


def new_tokens(count: int) -> list[str]:
    """``count`` different tokens for short links, without letters that look alike.

    >>> tokens = new_tokens(1000)
    >>> len(set(tokens)), {len(token) for token in tokens}
    (1000, {8})
    """
    tokens: set[str] = set()
    while len(tokens) < count:
        tokens.add("".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH)))
    return list(tokens)


def short_link(base: str, token: str, number: int = 1) -> str:
    """The address that a message carries for its n-th link.

    >>> short_link("https://shop.ir/", "aB3dE6fG"), short_link("https://shop.ir", "aB3dE6fG", 2)
    ('https://shop.ir/c/aB3dE6fG', 'https://shop.ir/c/aB3dE6fG/2')
    """
    link = f"{base.rstrip('/')}/c/{token}"
    return link if number == 1 else f"{link}/{number}"
