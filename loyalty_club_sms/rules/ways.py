"""Ways to a member: codes of channels in the order in which they are tried, written with commas."""


def ways(written: str | None) -> list[str]:
    """The codes, in their order.

    >>> ways("telegram, sms"), ways(None)
    (['telegram', 'sms'], [])
    """
    return [code.strip() for code in (written or "").split(",") if code.strip()]


def next_way(written: str | None, way: str) -> str | None:
    """The way after ``way``, or None.

    >>> next_way("telegram,sms", "telegram"), next_way("telegram,sms", "sms"), next_way("sms", "bale")
    ('sms', None, None)
    """
    order = ways(written)
    later = order[order.index(way) + 1 :] if way in order else []
    return later[0] if later else None
