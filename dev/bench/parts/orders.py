"""Whole orders: what a till waits for, from ``sync_from_ui`` until the points are booked."""

import statistics
from collections import defaultdict
from uuid import UUID

from common import at_most, summary

LINES = 5
WARM_UP = 5
PRODUCT_CHOICES = 10_000


def run(worlds, args, chance, bars, figures):
    taken = measure(worlds, args.orders, chance)
    for core, ours in zip(worlds[::2], worlds[1::2], strict=True):
        if not same_points(core, ours):
            raise SystemExit("the customers have other points with our addons than on Odoo alone: nothing to compare")
    if not check(worlds[1]):
        raise SystemExit("the ledger's check fails after the orders")
    middle = medians(taken)
    for (ours, count, member), measured in sorted(taken.items()):
        name = f"order {'with member' if member else 'without customer'}, {'ours' if ours else 'core'}, {count:,} cards"
        figures[name] = {
            **summary([seconds for seconds, _queries in measured]),
            "queries": middle[ours, count, member][1],
        }
    bar_orders(middle, args, bars, figures)


def bar_orders(middle, args, bars, figures):
    parts = {}
    for size, count, limit in (("small", args.small, 1.0), ("large", args.large, 0.4)):
        whole = {ours: middle[ours, count, True] for ours in (False, True)}
        parts = {ours: whole[ours][0] - middle[ours, count, False][0] for ours in (False, True)}
        figures[f"loyalty part, {count:,} cards"] = {
            "core_ms": round(parts[False] * 1000, 2), "ours_ms": round(parts[True] * 1000, 2)
        }  # fmt: skip
        bars[f"whole order, ours / core, {size}"] = at_most(whole[True][0] / whole[False][0], 1.0)
        bars[f"loyalty part, ours / core, {size}"] = at_most(parts[True] / parts[False], limit)
        bars[f"queries, ours - core, {size}"] = at_most(whole[True][1] - whole[False][1], 0)
    grown = middle[True, args.large, True][0] / middle[True, args.small, True][0]
    bars["whole order of ours, large / small"] = at_most(grown, 1.1)


def check(world):
    """The ledger's own check."""
    with world.cursor() as cr:
        return world.environment(cr)["loyalty.club.check"]._club_check()["ok"]


def measure(worlds, rounds, chance):
    """Send the same orders to all worlds, with and without a customer.

    :return: {(ours, count, with a member): [(seconds, queries), …]}
    """
    taken = defaultdict(list)
    for number in range(WARM_UP + rounds):
        plans = {
            with_member: [
                (chance.randrange(PRODUCT_CHOICES), chance.randrange(1, 4), chance.getrandbits(128))
                for _line in range(LINES)
            ]
            for with_member in (True, False)
        }
        share = chance.random()
        sides = [(world, with_member) for world in worlds for with_member in (True, False)]
        for world, with_member in chance.sample(sides, len(sides)):
            customer = int(share * world.count) if with_member else None
            figures = send(world, plans[with_member], customer, chance.getrandbits(128))
            if number >= WARM_UP:
                taken[world.ours, world.count, with_member].append(figures)
    return taken


def send(world, plan, customer, number):
    """One order; for Odoo alone also the second call that books the points. (seconds, queries)."""
    order, total = order_data(world, plan, customer, number)
    seconds, queries, answer = world.call("pos.order", "sync_from_ui", [order])
    if customer is not None and not world.ours:
        order_id = answer["pos.order"][0]["id"]
        more = world.call("pos.order", "confirm_coupon_programs", [order_id], coupon_data(world, customer, total))
        seconds, queries = seconds + more[0], queries + more[1]
    return seconds, queries


def coupon_data(world, customer, total):
    """What the browser says that the order earned (``postProcessLoyalty``)."""
    card = world.row("loyalty_card", customer)
    return {
        str(card): {
            "points": total,
            "program_id": world.ids["program"],
            "coupon_id": card,
            "barcode": False,
            "partner_id": world.row("res_partner", customer),
        }
    }


def order_data(world, plan, customer, number):
    """The till's dictionary of a paid order, and its total."""
    lines = [line_data(world, choice, quantity, uuid) for choice, quantity, uuid in plan]
    total = sum(line["price_subtotal_incl"] for line in lines)
    net = sum(line["price_subtotal"] for line in lines)
    order = {
        "uuid": str(UUID(int=number)),
        "name": "Order",
        "session_id": world.ids["session"],
        "partner_id": False if customer is None else world.row("res_partner", customer),
        "user_id": world.ids["cashier"],
        "date_order": "2026-06-01 12:00:00",
        "pricelist_id": False,
        "fiscal_position_id": False,
        "lines": [[0, 0, line] for line in lines],
        "payment_ids": [[0, 0, {"amount": total, "name": "paid", "payment_method_id": world.ids["method"]}]],
        "amount_total": total,
        "amount_tax": total - net,
        "amount_paid": total,
        "amount_return": 0,
        "last_order_preparation_change": "{}",
        "state": "paid",
        "to_invoice": False,
    }
    return order, total


def line_data(world, choice, quantity, number):
    product, price = world.products[choice % len(world.products)]
    return {
        "uuid": str(UUID(int=number)),
        "product_id": product,
        "qty": quantity,
        "price_unit": price,
        "discount": 0,
        "tax_ids": [[6, False, [world.ids["tax"]]]],
        "price_subtotal": round(price * quantity / 1.1),
        "price_subtotal_incl": price * quantity,
        "pack_lot_ids": [],
    }


def medians(taken):
    """{(ours, count, with a member): (median seconds, median queries)}."""
    return {
        side: (
            statistics.median(seconds for seconds, _queries in figures),
            statistics.median(queries for _seconds, queries in figures),
        )
        for side, figures in taken.items()
    }


def same_points(first, second):
    """Whether every customer has the same points in both worlds: wrong results at any speed are worth nothing."""
    return _points(first) == _points(second)


def _points(world):
    with world.cursor() as cr:
        cr.execute(
            "SELECT id - %s, points FROM loyalty_card WHERE program_id = %s ORDER BY id",
            (world.ids["loyalty_card"], world.ids["program"]),
        )
        return cr.fetchall()
