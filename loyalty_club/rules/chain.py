"""What the hash of a posting covers, as one text that Python and PostgreSQL write alike. Pure.

The text is two JSON arrays: what the posting says, then what its entry says. JSON keeps the parts apart whatever
people type into a reason. ``posting_sql`` and ``entry_sql`` are the same two arrays in SQL.
"""

import hashlib
from datetime import datetime
from decimal import Decimal
from json.encoder import encode_basestring as _quoted

#: Expressions of ``posting_sql`` and ``entry_sql``, in their order in the text.
POSTING = ("previous", "account", "seq", "source", "target", "amount", "lot", "life", "balance")
ENTRY = (
    "key",
    "kind",
    "occurred",
    "posted",
    "who",
    "branch",
    "company",
    "origin_model",
    "origin",
    "reason",
    "reversal",
    "documented",
    "details",
    "witness",
)
LIFE = ("usable_from", "opened_until", "idle_days", "origin_lot", "branch")
INSTANTS = {"occurred", "posted", "usable_from", "opened_until"}
AMOUNTS = {"amount", "balance"}


def jsonb_text(value) -> str:
    """What PostgreSQL shows of a ``jsonb`` with this value: shorter keys first, numbers written out.

    >>> jsonb_text({"bb": 1.50, "a": [None, True, 1e-7], "é": "ب\\n"})
    '{"a": [null, true, 0.0000001], "bb": 1.5, "é": "ب\\\\n"}'
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        written = format(Decimal(repr(value)), "f")
        return written.removeprefix("-") if not value else written  # PostgreSQL has no negative zero
    if isinstance(value, dict):
        pairs = {str(key) if not isinstance(key, bool | None) else jsonb_text(key): item for key, item in value.items()}
        ordered = sorted(pairs, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{_quoted(key)}: {jsonb_text(pairs[key])}" for key in ordered) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(jsonb_text, value)) + "]"
    return _quoted(str(value))


def _number(value) -> str:
    return "null" if value is None else str(value)


def _text(value) -> str:
    return "null" if value is None else _quoted(value)


def _instant(value: datetime | None) -> str:
    return "null" if value is None else f'"{value.isoformat(" ", "seconds")}"'


def life_text(usable_from, opened_until, idle_days, origin_lot, branch) -> str:
    """What a lot is opened with, for the posting that opens it.

    >>> life_text(None, datetime(2027, 1, 1), 30, None, 4)
    '[null, "2027-01-01 00:00:00", 30, null, 4]'
    """
    numbers = (_number(idle_days), _number(origin_lot), _number(branch))
    return f"[{', '.join((_instant(usable_from), _instant(opened_until), *numbers))}]"


def entry_text(
    *,
    key: str,
    kind: str,
    occurred: datetime,
    posted: datetime,
    who: int,
    branch: int | None,
    company: int | None,
    origin_model: str | None,
    origin: int | None,
    reason: str | None,
    reversal: int | None,
    documented: bool,
    details: dict | None,
    witness: str | None,
) -> str:
    """What an entry says; once for all of its postings.

    :param details: as it is stored, before it is JSON
    :param witness: hash of the newest posting of anybody that was seen when this was booked
    """
    parts = (
        _text(key),
        _text(kind),
        _instant(occurred),
        _instant(posted),
        _number(who),
        _number(branch),
        _number(company),
        _text(origin_model),
        _number(origin),
        _text(reason),
        _number(reversal),
        "true" if documented else "false",
        jsonb_text(details),
        _text(witness),
    )
    return f"[{', '.join(parts)}]"


def chain_hash(previous, account, seq, source, target, amount, lot, life, balance, entry) -> str:
    """Hex SHA-256 that ties a posting to the one before it in its account.

    :param life: ``life_text`` when the posting opens its lot, else None
    :param entry: ``entry_text``
    """
    posting = (
        f'["{previous}", {account}, {seq}, {source}, {target}, {amount:.3f}, {_number(lot)}, {life or "null"}, '
        f"{balance:.3f}]"
    )
    return hashlib.sha256((posting + entry).encode()).hexdigest()


def _array(names: tuple, values: dict) -> str:
    if set(values) != set(names):
        raise ValueError(f"expected {', '.join(names)}")
    parts = []
    for name in names:
        value = values[name]
        if name in INSTANTS:
            value = f"to_char({value}, 'YYYY-MM-DD HH24:MI:SS')"
        elif name in AMOUNTS:
            value = f"({value})::numeric(20, 3)"
        parts.append(value)
    return f"json_build_array({', '.join(parts)})"


def life_sql(**values: str) -> str:
    """SQL of ``life_text`` from the SQL of its parts."""
    return _array(LIFE, values)


def hash_sql(posting: dict[str, str], entry: dict[str, str]) -> str:
    """SQL of ``chain_hash`` from the SQL of its parts."""
    text = f"{_array(POSTING, posting)}::text || {_array(ENTRY, entry)}::text"
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
