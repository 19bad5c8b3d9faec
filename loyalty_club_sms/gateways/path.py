"""Dotted paths into answers: ``data.items.0.id``; a star takes all rows: ``messages.*.id``. Nothing is evaluated."""


def resolve(data, path: str):
    """What is at the path, or None. With a star, the list of what is there in each row.

    >>> resolve({"data": {"items": [{"id": 7}, {}]}}, "data.items.0.id")
    7
    >>> resolve({"data": {"items": [{"id": 7}, {}]}}, "data.items.*.id")
    [7, None]
    >>> resolve({"a": 1}, ""), resolve({"a": 1}, "a.b"), resolve([1], "5")
    ({'a': 1}, None, None)
    """
    return _walk(data, [name for name in (path or "").split(".") if name])


def _walk(data, names):
    for place, name in enumerate(names):
        if name == "*":
            rows = list(data.values()) if isinstance(data, dict) else data
            return [_walk(row, names[place + 1 :]) for row in rows] if isinstance(rows, list) else None
        if isinstance(data, dict):
            data = data.get(name)
        elif isinstance(data, list) and name.isdigit() and int(name) < len(data):
            data = data[int(name)]
        else:
            return None
    return data


def matches(value, expected: str) -> bool:
    """Whether a value is one of the expected words (with commas between them); without words: whether there is one.

    >>> matches(1, "0, 1"), matches(True, "true"), matches(None, ""), matches("x", "")
    (True, True, False, True)
    """
    words = [word.strip().lower() for word in (expected or "").split(",") if word.strip()]
    if not words:
        return value not in (None, False, "", 0, [])
    text = str(value).lower()
    return text in words
