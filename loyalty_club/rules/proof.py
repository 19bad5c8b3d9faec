"""When a member has to prove himself before he spends."""

from decimal import Decimal

#: What was spent without proof in the last hours counts together: many small payments are no way around the limit.
WINDOW_HOURS = 24


def needs_proof(amount: Decimal, unproved: Decimal, limit: Decimal | None) -> bool:
    """Whether ``amount`` needs a proof when ``unproved`` was spent without one; ``limit`` None asks for none.

    >>> needs_proof(Decimal(50), Decimal(0), Decimal(50)), needs_proof(Decimal(1), Decimal(50), Decimal(50))
    (False, True)
    >>> needs_proof(Decimal(1), Decimal(0), Decimal(0)), needs_proof(Decimal(10**6), Decimal(0), None)
    (True, False)
    """
    return limit is not None and amount + unproved > limit


def covers(proved: Decimal, used: Decimal, amount: Decimal) -> bool:
    """Whether a proof for ``proved``, of which ``used`` is gone, is good for ``amount`` more.

    >>> covers(Decimal(50), Decimal(20), Decimal(30)), covers(Decimal(50), Decimal(20), Decimal("30.01"))
    (True, False)
    """
    return used + amount <= proved
