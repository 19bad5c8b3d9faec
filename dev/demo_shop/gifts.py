"""Gift, prepaid and discount cards of the sample club: sold, given, spent, waiting, refunded; and where they pay."""

from decimal import Decimal


def fill(place, users, now):
    """Cards in every state, by the writers that tills and offices use.

    :param place: what ``setup.make_club`` returns, or the club itself
    :param users: {login: user}
    :param now: the instant that counts as now
    """
    club = getattr(place, "club", place)
    env = club.env
    branches = club.branch_ids
    club.gift_valid_months = 24
    club._club_ensure_program("prepaid")
    lines = [
        (0, 0, {"branch_id": branch.id, "share": share}) for branch, share in zip(branches, (30, 50, 20), strict=False)
    ]
    scope = env["loyalty.club.scope"].create({"name": "Contracted branches", "club_id": club.id, "line_ids": lines})
    club.prepaid_scope_id = scope
    cards(place, users["manager"], branches)
    Batch = env["loyalty.club.gift.batch"].with_user(users["manager"])
    values = {"club_id": club.id, "validity": "period", "valid_number": 12}
    # who tries the demo has no plastic in his hands: the code of one card is told
    place.plastic = Batch.create({**values, "name": "New Year", "quantity": 50, "value": 50})._club_hand_out()[0][1]
    given = {"activation": "now", "branch_id": branches[:1].id, "value": 10}
    Batch.create({**values, **given, "name": "Opening of the new shop", "quantity": 20})._club_hand_out()
    staff = {"name": "Prepaid, for the staff", "kind": "prepaid", "quantity": 3, "value": 200}
    Batch.create({**values, **given, **staff})._club_hand_out()
    percent = {"kind": "discount", "percent": 15, "uses": 3, "max_amount": 30, "activation": "now"}
    drawn = Batch.create({**values, **percent, "name": "Neighbours, 15 %", "quantity": 10})._club_hand_out()
    for number, (card, _code, _pin) in enumerate(drawn[:4]):
        card._club_discount_use(f"demo:discount:{number}", Decimal("4.50"), branch=branches[:1])
    place.discount = drawn[6][1]
    quotation(place, branches[:1], drawn[5][1])


def cards(place, manager, branches):
    """Single cards from the office: two sold with an invoice, two given; one of them was stolen."""
    env = place.env(user=manager)
    people = [env["loyalty.club.member"].browse(place.members[number].id).partner_id for number in (3, 6)]
    for number, partner in enumerate(people):
        # who sells with an invoice has the right to make invoices too
        give(place.env, branches[:1], 50 * (number + 1), "Sara", way="sell", partner_id=partner.id)
    for name in ("Reza", "Nika"):
        give(env, branches[-1:], 30, name, reason="Sorry for the long wait")
    stolen = env["loyalty.club.gift"].search([("recipient_name", "=", "Nika")], limit=1)
    stolen._club_disable("Reported stolen")


def quotation(place, branch, code):
    """A quotation with a discount card, which waits for the customer's yes."""
    env = place.env
    if "sale.order" not in env:
        return
    goods = env["product.product"].browse([place.goods[number][0] for number in (1, 3)])
    order = env["sale.order"].create(
        {
            "partner_id": place.members[3].partner_id,
            "club_branch_id": branch.id,
            "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3}) for product in goods],
        }
    )
    problem = order._club_apply_discount_card(code)
    assert not problem, problem
    order.action_quotation_sent()  # now the customer sees it


def give(env, branch, value, name, **values):
    wizard = {"club_id": branch.club_id.id, "branch_id": branch.id, "value": value, "recipient_name": name, **values}
    env["loyalty.club.gift.give"].create(wizard).action_give()
