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

    A line that has placeholders, and nothing for any of them, is left out. Missing words are empty.

    >>> fill("Hello {name}\\nPoints: {points}\\nCredit: {credit}", {"name": "Sara", "points": "{name}"})
    'Hello Sara\\nPoints: {name}'
    """
    lines = []
    for line in body.replace("\r\n", "\n").split("\n"):
        found = [words.get(name.strip()) or "" for name in _PLACEHOLDER.findall(line)]
        if found and not any(found):
            continue
        lines.append(_PLACEHOLDER.sub(lambda match: words.get(match[1].strip()) or "", line).rstrip())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
