"""Paying at the till of the replay: gift cards and credit are set aside by the server, as for a cashier."""

from uuid import UUID, uuid5

from .plan import Visit, credit_to_spend
from .shop import Shop
from .value import gift_code


class Desk:
    """Pays orders with stored value, and gives it back."""

    def __init__(self, shop: Shop, env):
        self.shop = shop
        self.env = env
        self.payments = 0

    def pay(self, event: Visit, identity: UUID, lines: list) -> list[dict]:
        """The payments with stored value of a visit; what is left is paid by card."""
        config = self.env["pos.config"].browse(self.shop.tills[event.basket.store][1])
        ticket = [
            {"product_id": values["product_id"], "amount": values["price_subtotal_incl"]} for _c, _i, values in lines
        ]
        payable = sum(cents(line["amount"]) for line in ticket)
        found = []
        for kind, who in self.offered(event):
            look = config.club_pay_look(kind, lines=ticket, **who)
            balance = cents(look.get("available", 0))
            amount = min(balance, payable) if kind == "gift" else credit_to_spend(balance, payable)
            if amount <= 0:
                continue
            payable -= amount
            found.append(self.hold(config, kind, who, identity, amount, ticket))
        return found

    def offered(self, event: Visit):
        """(kind, who pays) of what the customer shows."""
        if event.gift is not None:
            yield "gift", {"code": gift_code(event.gift)}
        if event.pays_credit:
            yield "credit", {"partner_id": self.shop.members[event.basket.household].partner_id}

    def hold(self, config, kind: str, who: dict, identity: UUID, amount: int, ticket: list[dict]) -> dict:
        payment_uuid = str(uuid5(identity, kind))
        answer = config.club_pay_start(payment_uuid, str(identity), kind, amount / 100, lines=ticket, **who)
        if answer["status"] != "held":
            raise SystemExit(f"the till could not take {amount} cents of {kind}: {answer}")
        self.payments += 1
        return {"amount": amount / 100, "uuid": payment_uuid, "payment_method_id": self.shop.value.methods[kind].id}

    def give_back(self, sold: UUID, identity: UUID) -> list[dict]:
        """What paid a basket with stored value goes back to it when the basket comes back whole."""
        methods = {method.id: kind for kind, method in self.shop.value.methods.items()}
        paid = self.env["pos.payment"].search_read(
            [("pos_order_id.uuid", "=", str(sold)), ("payment_method_id", "in", list(methods))],
            ["amount", "payment_method_id"],
        )
        return [
            {
                "amount": -payment["amount"],
                "uuid": str(uuid5(identity, methods[payment["payment_method_id"][0]])),
                "payment_method_id": payment["payment_method_id"][0],
            }
            for payment in paid
        ]


def cents(amount: float) -> int:
    return round(amount * 100)
