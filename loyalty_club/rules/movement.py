"""Movements: what a caller asks the ledger to do. Pure values; amounts are Decimals in units of the account."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

#: Smallest step the ledger can hold (three decimals cover every currency in use).
STEP = Decimal("0.001")

#: Account kinds that hold a balance of a member or bearer; all others are sources and sinks.
VALUE_KINDS = ("points", "credit", "gift", "prepaid")


@dataclass(frozen=True, slots=True)
class NewLot:
    """An amount that comes in together.

    ``usable_from`` and ``expires_at`` are UTC instants (naive, the second one exclusive); None: at once, never.
    ``idle_days``: each visit of the member lets it live that many days from then on.
    """

    amount: Decimal
    branch_id: int | None = None
    usable_from: datetime | None = None
    expires_at: datetime | None = None
    origin_lot_id: int | None = None
    idle_days: int | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: ``amount`` goes into (``incoming``) or out of the value account ``account_id``.

    ``counter`` names the system account on the other side. ``lots`` are (lot id, amount) pairs: an incoming movement
    gives back to them, an outgoing one takes from them first, usable or not. ``exact`` forbids an outgoing movement to
    touch any other lot. ``captures`` (a hold's id) spends what that hold set aside; the key names the hold's after
    ``hold:``, and the posting resolves it. ``allow_debt`` books what is not there as a debt instead of refusing.
    ``documented`` says that the document it comes from (till session, invoice, payment) writes the liability account in
    the general ledger; other movements of stored value are written there by the club's own journal.
    """

    key: str
    kind: str
    account_id: int
    amount: Decimal
    incoming: bool
    counter: str
    branch_id: int | None = None
    occurred_at: datetime | None = None
    new_lots: tuple[NewLot, ...] = ()
    lots: tuple[tuple[int, Decimal], ...] = ()
    exact: bool = False
    captures: int | None = None
    allow_debt: bool = False
    origin: tuple[str, int] | None = None
    reason: str = ""
    reversal_of: int | None = None
    documented: bool = False
    details: dict | None = None


def problem_of(movement: Movement) -> str | None:
    """Reason code why a movement can't be posted whatever the balance, or None.

    >>> problem_of(Movement("", "earn", 1, Decimal(5), True, "issue"))
    'no_key'
    >>> problem_of(Movement("k", "earn", 1, Decimal("0"), True, "issue"))
    'not_positive'
    """
    if not movement.key:
        return "no_key"
    if not isinstance(movement.amount, Decimal):
        return "not_decimal"
    if not movement.amount.is_finite() or movement.amount <= 0:
        return "not_positive"
    if movement.amount != movement.amount.quantize(STEP):
        return "too_fine"
    if movement.new_lots and sum(lot.amount for lot in movement.new_lots) != movement.amount:
        return "lots_do_not_sum"
    return None


def digest(movement: Movement) -> str:
    """Hex SHA-256 of the inputs that make a movement the same one when its key comes again.

    Time, free text and chosen lots are left out: a retry may come later and find other lots open.

    >>> a = Movement("k", "earn", 1, Decimal("5"), True, "issue")
    >>> digest(a) == digest(Movement("k", "earn", 1, Decimal("5.000"), True, "issue", reason="again"))
    True
    >>> digest(a) == digest(Movement("k", "earn", 1, Decimal("6"), True, "issue"))
    False
    """
    inputs = [
        movement.kind,
        movement.account_id,
        f"{movement.amount:.3f}",
        movement.incoming,
        movement.counter,
        movement.branch_id,
        movement.origin,
        movement.reversal_of,
    ]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
