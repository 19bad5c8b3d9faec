"""Placeholders in a text: found, checked and filled in. Pure; a text is data, nothing in it is ever run.

A placeholder is a name in braces: ``{name}``. Braces have no other meaning and no other use.
"""

import re

#: Kinds of values, each written in its own way (see ``loyalty_club/rules/wording.py``).
KINDS = ("text", "person", "figure", "money", "date", "link")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BLANK_LINES = re.compile(r"\n{3,}")


def names_in(body: str) -> list[str]:
    """The placeholders of ``body`` in their order, each once; a brace without its partner counts as one named so.

    >>> names_in("Hello {name}, { points } points. {name}")
    ['name', 'points']
    >>> names_in("a { b")
    ['{']
    """
    names = [name.strip() for name in _PLACEHOLDER.findall(body)]
    names += [char for char in _PLACEHOLDER.sub("", body) if char in "{}"]
    return list(dict.fromkeys(names))


def unknown_names(body: str, known) -> list[str]:
    """Placeholders of ``body`` that are not among ``known``.

    >>> unknown_names("{name} {nmae} {}", {"name"})
    ['nmae', '']
    """
    return [name for name in names_in(body) if name not in known]


def fill(body: str, words: dict[str, str]) -> str:
    """``body`` with its placeholders replaced by ``words``; what a word holds is never looked at again.

    A line in which a placeholder has nothing to say is left out, so one text serves members with and without credit.
    A text of which nothing would be left keeps its lines, with gaps.

    >>> fill("Hello {name}\\nPoints: {points}\\nCredit: {credit}", {"name": "Sara", "points": "{name}"})
    'Hello Sara\\nPoints: {name}'
    >>> fill("Your card {card} is here", {})
    'Your card  is here'
    """
    lines = body.replace("\r\n", "\n").split("\n")
    whole = [line for line in lines if all(words.get(name.strip()) for name in _PLACEHOLDER.findall(line))]
    return _filled(whole, words) or _filled(lines, words)


def _filled(lines: list[str], words: dict[str, str]) -> str:
    text = "\n".join(_PLACEHOLDER.sub(lambda match: words.get(match[1].strip()) or "", line).rstrip() for line in lines)
    return _BLANK_LINES.sub("\n\n", text).strip()
