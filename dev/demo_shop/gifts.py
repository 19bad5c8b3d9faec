"""Gift, prepaid and discount cards of the sample club: sold, given, spent, waiting, refunded; and where they pay."""

from datetime import timedelta
from decimal import Decimal


def fill(place, users, now):
    """Cards in every state, by the writers that tills and offices use.

    :param place: what ``setup.make_club`` returns, or the club itself
    :param users: {login: user}
    :param now: the instant that counts as now
    """
    club = getattr(place, "club", place)
    env = club.env
    manager = users["manager"]
    branches = club.branch_ids
    gift_program, prepaid_program = club._club_ensure_program("gift"), club._club_ensure_program("prepaid")
    lines = [
        (0, 0, {"branch_id": branch.id, "share": share}) for branch, share in zip(branches, (30, 50, 20), strict=False)
    ]
    scope = env["loyalty.club.scope"].create({"name": "Contracted branches", "club_id": club.id, "line_ids": lines})
    club.prepaid_scope_id = scope
    Gift = env["loyalty.club.gift"].with_user(manager)
    for number, paid in enumerate((25, 50, 50, 100, 200)):
        _sell(Gift, gift_program, paid, number, branches, now)
    for number in range(3):
        Gift._club_sell(prepaid_program, Decimal(20), key=f"demo:prepaid:{number}", branch=branches[:1])
    Batch = env["loyalty.club.gift.batch"].with_user(manager)
    values = {"club_id": club.id, "validity": "period", "valid_number": 12}
    Batch.create({**values, "name": "New Year", "quantity": 50, "value": 50})._club_hand_out()
    given = {"activation": "now", "branch_id": branches[:1].id, "value": 10}
    Batch.create({**values, **given, "name": "Opening of the new shop", "quantity": 20})._club_hand_out()
    percent = {"kind": "discount", "percent": 15, "uses": 3, "max_amount": 30, "activation": "now"}
    drawn = Batch.create({**values, **percent, "name": "Neighbours, 15 %", "quantity": 10})._club_hand_out()
    for number, (card, _code, _pin) in enumerate(drawn[:4]):
        card._club_discount_use(f"demo:discount:{number}", Decimal("4.50"), branch=branches[:1])


def _sell(Gift, program, paid, number, branches, now):
    """One card: sold some weeks ago, partly spent, disabled or refunded by its number."""
    branch = branches[number % len(branches)]
    at = now - timedelta(days=7 * (number + 1))
    gift, _code = Gift._club_sell(program, Decimal(paid), key=f"demo:gift:{number}", branch=branch, occurred_at=at)
    gift.write({"recipient_name": ("Sara", "Ali", "Mina", "Reza", "Nika")[number]})
    if number in (0, 1):
        hold = gift.account_id._club_authorise(Decimal(paid * (2 - number)) / 2, f"demo:pay:{number}", branch=branch)
        hold._club_capture(branch_id=branch.id)
    elif number == 2:
        gift._club_unsell("demo:refund", branch=branch, reason="Returned unused")
    elif number == 3:
        gift._club_disable("Reported stolen by the buyer")
