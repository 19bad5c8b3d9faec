"""The character NUL: no text that people write has it, and PostgreSQL keeps none."""

NUL = "\0"
#: Deeper than any honest request; what is nested deeper is refused unread.
DEEPEST = 50


def has_nul(value: object, depth: int = 0) -> bool:
    """Whether a text in ``value``, however deep in lists and dicts, has a NUL, or the nesting is beyond reading.

    >>> has_nul({"a": ["b", {"c": "d\\0"}]}), has_nul({"x\\0": 1}), has_nul(["a", 1, None])
    (True, True, False)
    """
    if isinstance(value, str):
        return NUL in value
    if depth > DEEPEST:
        return True
    if isinstance(value, dict):
        return any(has_nul(key, depth + 1) or has_nul(part, depth + 1) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return any(has_nul(part, depth + 1) for part in value)
    return False
