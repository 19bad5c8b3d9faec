"""The till: baskets and returns as the dictionaries that a browser sends, through ``sync_from_ui``, as a cashier."""

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import count
from uuid import NAMESPACE_OID, UUID, uuid5

from .data import Basket
from .pay import Desk
from .plan import CENTS_PER_POINT, GIFT_CENTS, TOP_UP_CENTS, Event, GiftSale, Return, TopUp, Visit, points_to_spend
from .shop import TAX_PERCENT, Shop
from .value import gift_code


class Till:
    """Sends orders to the shop's tills."""

    def __init__(self, shop: Shop):
        from odoo.addons.loyalty_club_pos.models import pos_order

        pos_order.BEGUN = dict.fromkeys(pos_order.BEGUN, 100 * 365)  # a year of the past is sent in an hour
        self.shop = shop
        self.orders = shop.env(user=shop.cashier)["pos.order"].with_context({})
        self.desk = Desk(shop, self.orders.env)
        self.lines_sent = self.spending = 0

    def send(self, event: Event) -> None:
        makers = {
            Visit: self.order_of_visit,
            Return: self.order_of_return,
            TopUp: self.order_of_top_up,
            GiftSale: self.order_of_gift,
        }
        order = makers[type(event)](event)
        self.lines_sent += len(order["lines"])
        self.orders.sync_from_ui([order])

    def order_of_visit(self, event: Visit) -> dict:
        basket = event.basket
        numbers = count()
        identity = order_uuid(basket, 0)
        lines = [
            self.line(identity, next(numbers), *self.shop.goods[item.product], item.quantity, item.cents)
            for item in basket.items
        ]
        for coupon in basket.coupons:
            name = f"Coupon {coupon.upc}" if coupon.upc else False
            lines.append(
                self.line(
                    identity, next(numbers), self.shop.coupon_product.id, False, 1, -coupon.cents, customer_note=name
                )
            )
        if event.spends:
            lines += self.reward_lines(basket, identity, numbers)
        return self.paid(self.order(basket, event.at, identity, lines), self.desk.pay(event, identity, lines))

    def order_of_top_up(self, event: TopUp) -> dict:
        return self.order_of_value(event, 8, "credit", TOP_UP_CENTS)

    def order_of_gift(self, event: GiftSale) -> dict:
        order = self.order_of_value(event, 9, "gift", GIFT_CENTS)
        return {**order, "club_codes": {order["lines"][0][2]["uuid"]: [gift_code(event.basket.id)]}}

    def order_of_value(self, event: TopUp | GiftSale, number: int, kind: str, cents: int) -> dict:
        """Stored value is sold by an order of its own."""
        identity = order_uuid(event.basket, number)
        lines = [self.line(identity, 0, self.shop.value.products[kind].id, False, 1, cents)]
        return self.paid(self.order(event.basket, event.at, identity, lines), [])

    def reward_lines(self, basket: Basket, identity: UUID, numbers: Iterator[int]) -> list[dict]:
        """The points that this customer spends, once his card has been scanned; a line per tax, as at the till."""
        _session, config_id, _branch = self.shop.tills[basket.store]
        member = self.shop.members[basket.household]
        answer = self.orders.env["pos.config"].browse(config_id).club_identify(member.card)
        accounts = [a for a in answer["members"][0]["accounts"] if a["kind"] == "points"]
        if not accounts:
            return []
        account = accounts[0]
        points = points_to_spend(int(account["balance"]), basket.goods - basket.off)
        if not points:
            return []
        self.spending += 1
        reward = self.shop.reward
        rest = self.amounts_by_tax(basket, points * CENTS_PER_POINT)
        code = str(identity)[:8]
        return [
            self.line(
                identity, next(numbers), reward.discount_line_product_id.id, taxed, 1, -cents,
                is_reward_line=True, reward_id=reward.id, coupon_id=account["card_id"],
                reward_identifier_code=code, points_cost=0 if index else points,
            )
            for index, (taxed, cents) in enumerate(rest)
        ]  # fmt: skip

    def amounts_by_tax(self, basket: Basket, cents: int) -> list[tuple[bool, int]]:
        """A discount split between goods with tax and goods without, by their amounts."""
        taxed = sum(item.cents for item in basket.items if self.shop.goods[item.product][1])
        share = rounded(Fraction(cents * taxed, basket.goods))
        return [(kind, part) for kind, part in ((True, share), (False, cents - share)) if part]

    def order_of_return(self, event: Return) -> dict:
        """What comes back, line by line, as the till's ticket screen makes it."""
        basket = event.basket
        sold = self.orders.env["pos.order.line"].search_read(
            [("order_id.uuid", "=", str(order_uuid(basket, 0)))],
            ["product_id", "qty", "refunded_qty", "price_unit", "tax_ids"], order="id",
        )  # fmt: skip
        if event.pieces is None:
            chosen = [(line, line["qty"] - line["refunded_qty"]) for line in sold]
        else:
            chosen = [(sold[index], pieces) for index, pieces in event.pieces]
        identity = order_uuid(basket, event.number)
        lines = [
            self.line(
                identity, index, line["product_id"][0], bool(line["tax_ids"]), -int(pieces),
                -rounded(Fraction(str(line["price_unit"])) * 100 * int(pieces)),
                price_unit=line["price_unit"], refunded_orderline_id=line["id"],
            )
            for index, (line, pieces) in enumerate(chosen)
            if pieces
        ]  # fmt: skip
        order = {**self.order(basket, event.at, identity, lines), "is_refund": True}
        whole = event.pieces is None and event.number == 1
        return self.paid(order, self.desk.give_back(order_uuid(basket, 0), identity) if whole else [])

    def paid(self, order: dict, payments: list[dict]) -> dict:
        """The order with these payments, and the rest by card."""
        rest = to_cents(order["amount_total"]) - sum(to_cents(payment["amount"]) for payment in payments)
        if rest:
            payments = [*payments, {"amount": rest / 100, "payment_method_id": self.shop.payment_method.id}]
        name = order["date_order"]
        return {**order, "payment_ids": [[0, 0, {"name": name, **payment}] for payment in payments]}

    def line(
        self, identity: UUID, number: int, product_id: int, taxed: bool, quantity: int, cents: int, **values
    ) -> list:
        """A command that makes an order line of ``cents`` in all, tax included."""
        without_tax = rounded(Fraction(cents * 100, 100 + TAX_PERCENT)) if taxed else cents
        return [0, 0, {
            "uuid": str(uuid5(identity, str(number))),
            "product_id": product_id,
            "qty": quantity,
            "price_unit": cents / 100 / quantity,
            "discount": 0,
            "tax_ids": [[6, False, self.shop.tax.ids if taxed else []]],
            "price_subtotal": without_tax / 100,
            "price_subtotal_incl": cents / 100,
            "pack_lot_ids": [],
            **values,
        }]  # fmt: skip

    def order(self, basket: Basket, at: datetime, identity: UUID, lines: list[list]) -> dict:
        session_id, _config_id, _branch_id = self.shop.tills[basket.store]
        total = sum(to_cents(line[2]["price_subtotal_incl"]) for line in lines)
        net = sum(to_cents(line[2]["price_subtotal"]) for line in lines)
        when = at.strftime("%Y-%m-%d %H:%M:%S")
        return {
            "uuid": str(identity),
            "name": f"Basket {basket.id}",
            "session_id": session_id,
            "partner_id": self.shop.members[basket.household].partner_id,
            "user_id": self.shop.cashier.id,
            "date_order": when,
            "pricelist_id": False,
            "fiscal_position_id": False,
            "lines": lines,
            "amount_total": total / 100,
            "amount_tax": (total - net) / 100,
            "amount_paid": total / 100,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "state": "paid",
            "to_invoice": False,
        }


def order_uuid(basket: Basket, number: int) -> UUID:
    """The order's own number: the same in every run, so that sending twice is seen as what it is."""
    return uuid5(NAMESPACE_OID, f"basket:{basket.id}:{number}")


def to_cents(amount: float) -> int:
    return round(amount * 100)


def rounded(value: Fraction) -> int:
    """Halves away from zero, as Odoo rounds money.

    >>> rounded(Fraction(5, 2)), rounded(Fraction(-5, 2))
    (3, -3)
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
