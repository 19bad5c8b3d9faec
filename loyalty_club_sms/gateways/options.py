"""Small tables that people type: a line for each pair, ``what it is = what it means``."""


def parse_pairs(text, separator="="):
    """The pairs of a typed table; empty lines and lines that start with # are left out.

    :raises ValueError: with the first line that is no pair

    >>> parse_pairs("418 = credit\\n# known since spring\\n\\nX-Mode: fast", ":=")
    {'418': 'credit', 'X-Mode': 'fast'}
    """
    pairs = {}
    for line in (text or "").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        place = min((line.find(sign) for sign in separator if sign in line), default=-1)
        name, value = line[:place].strip(), line[place + 1 :].strip()
        if place < 1 or not value:
            raise ValueError(line)
        pairs[name] = value
    return pairs
