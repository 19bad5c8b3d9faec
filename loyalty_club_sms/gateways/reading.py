"""Reading answers that are not quite what the document says: found by any of some names, never by luck."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation

from ..rules.parts import count_parts
from .base import Incoming, Text
from .phone import to_e164


def decimal(value) -> Decimal | None:
    """A finite number, or None.

    >>> decimal("1,250.5"), decimal(None), decimal("NaN")
    (Decimal('1250.5'), None, None)
    """
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def pick(row, *names):
    """The first of the named values that is there.

    >>> pick({"b": 0, "c": 2}, "a", "b", "c")
    0
    """
    for name in names:
        if isinstance(row, dict) and row.get(name) not in (None, ""):
            return row[name]
    return None


def rows_of(data) -> list[dict]:
    """The rows of an answer: the list itself, or the first list in it.

    >>> rows_of({"page": 1, "items": [{"id": 1}]})
    [{'id': 1}]
    """
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), [])
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


def moment(value) -> datetime | None:
    """Naive UTC of unix seconds or of an ISO text (without a zone: UTC).

    >>> moment(1700000000), moment("2026-01-02T03:04:05+03:30"), moment("soon")
    (datetime.datetime(2023, 11, 14, 22, 13, 20), datetime.datetime(2026, 1, 1, 23, 34, 5), None)
    """
    number = decimal(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(int(number), timezone.utc).replace(tzinfo=None)
        at = datetime.fromisoformat(str(value).replace("Z", "+00:00").split(".")[0])
    except (ValueError, OverflowError, OSError):
        return None
    return at.astimezone(timezone.utc).replace(tzinfo=None) if at.tzinfo else at


def by_number(texts: Sequence[Text], rows: Iterable[dict], *names) -> Iterable[tuple[Text, dict]]:
    """Each text with the row of its number; texts without a row are left out."""
    waiting = defaultdict(deque)
    for row in rows:
        waiting[to_e164(pick(row, *names) or "")].append(row)
    for text in texts:
        if waiting[to_e164(text.number)]:
            yield text, waiting[to_e164(text.number)].popleft()


def shares(total, texts: Sequence[Text]) -> list[Decimal | None]:
    """The price of a call on its texts, by their parts; together exactly the total."""
    total = decimal(total)
    if total is None or not texts:
        return [None for _text in texts]
    weights = [count_parts(text.body).count or 1 for text in texts]
    each = [(total * weight / sum(weights)).quantize(Decimal("0.001")) for weight in weights]
    each[-1] += total - sum(each)
    return each


def received(row, ref=(), number=(), body=(), at=()) -> Incoming | None:
    """An incoming message from a row; the arguments are the names that each value may have."""
    sender = pick(row, *number)
    text = pick(row, *body)
    if sender is None or text is None:
        return None
    when = pick(row, *at)
    name = pick(row, *ref)
    return Incoming(str(name if name is not None else f"{sender}/{when}"), to_e164(sender), str(text), moment(when))
