"""States of members and cards, which changes are allowed, and what a till is told about a card. Data, not code."""

MEMBER_CHANGES: dict[str, frozenset[str]] = {
    "active": frozenset({"blocked", "left"}),
    "blocked": frozenset({"active", "left"}),
    "left": frozenset({"active"}),
}

# a replaced card is final: its number must never open the balance again
CARD_CHANGES: dict[str, frozenset[str]] = {
    "stock": frozenset({"active", "lost", "blocked", "expired"}),
    "active": frozenset({"replaced", "lost", "blocked", "expired"}),
    "lost": frozenset({"active", "replaced", "blocked", "expired"}),
    "blocked": frozenset({"active", "replaced", "lost", "expired"}),
    "expired": frozenset({"replaced"}),
    "replaced": frozenset(),
}


def can_change(changes: dict[str, frozenset[str]], old: str, new: str) -> bool:
    """Whether ``old`` may become ``new``; staying the same is no change and allowed. ``KeyError``: no such state.

    >>> can_change(CARD_CHANGES, "stock", "active"), can_change(CARD_CHANGES, "replaced", "active")
    (True, False)
    """
    return new == old or new in changes[old]


def refusal(card_state: str | None, member_state: str | None) -> str | None:
    """Why a card or member isn't served at the till: ``card_<state>`` or ``member_<state>``; None if all is well.

    The card speaks first, since it is what lies on the counter. None stands for no card (found by phone) or no member
    (a card from stock, which is then ``card_stock``: it can be given to a new member).

    >>> refusal("replaced", "active"), refusal("active", "blocked"), refusal(None, "active")
    ('card_replaced', 'member_blocked', None)
    """
    if card_state not in (None, "active"):
        return f"card_{card_state}"
    return f"member_{member_state}" if member_state not in (None, "active") else None
