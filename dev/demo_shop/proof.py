"""Proof for spending, buying on credit and signals in the sample club."""

from datetime import timedelta
from decimal import Decimal


def fill(place, users, now) -> None:
    """Ask for codes above 500 points, let three members buy on credit, and look for signals of the last week."""
    env, club = place.env, place.club
    members = {number: env["loyalty.club.member"].browse(member.id) for number, member in place.members.items()}
    club.write(
        {
            "proof_points": True,
            "proof_limit_points": 500,
            "proof_credit": True,
            "proof_limit_credit": 200,
            "account_limits": True,
            # a return of more to credit waits for the manager, and without network a little credit is let go
            "refund_limit": 100,
            "offline_credit": 20,
            # a small shop: little is much
            "signal_same_member": 2,
            "signal_refunds": 2,
        }
    )
    proofs(env, members)
    for number, limit in ((2, 200), (3, 500), (5, 1000)):
        members[number].club_credit_limit = limit
    orders(env, members)
    today = club._club_today()
    for back in range(7, 0, -1):
        club._club_scan(today - timedelta(days=back))
    club.signal_day = today - timedelta(days=1)


def proofs(env, members) -> None:
    """A member with a PIN, and one whose code was guessed in vain."""
    members[2]._club_set_pin("2580")
    env["loyalty.club.proof"]._club_new(members[3], "points", Decimal(800), "demo:order", till="Till 1")
    for _try in range(5):
        env["loyalty.club.proof"]._club_confirm("demo:order", "no code")


def orders(env, members) -> None:
    """Two orders on credit, one of them confirmed."""
    if "sale.order" not in env:
        return
    product = env["product.product"].search([("sale_ok", "=", True), ("list_price", ">", 0)], limit=1)
    for number, quantity in ((2, 2), (3, 3)):
        order = env["sale.order"].create(
            {
                "partner_id": members[number].partner_id.id,
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 40})],
            }
        )
        order.action_confirm()
