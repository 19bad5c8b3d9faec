"""A till that lies in every field of its orders, and a cashier who calls the methods behind it in any order."""

from uuid import uuid4

FACTORS = (0, -1, 0.5, 2, 10, 1_000, -1_000)


class Liar:
    """Takes an order that an honest till would send, and lies about it.

    :param case: the test, for its records
    :param random: ``random.Random``, so that a run can be repeated
    """

    def __init__(self, case, random):
        self.case, self.random = case, random
        self.paid = []  # orders that were accepted
        self.lies = {
            name.removeprefix("_lie_"): getattr(self, name) for name in sorted(dir(self)) if name.startswith("_lie_")
        }

    def spoil(self, order):
        """Lie up to four times; the names of the lies."""
        told = []
        for name in self.random.sample(sorted(self.lies), self.random.randint(1, 4)):
            self.lies[name](order)
            told.append(name)
        return told

    def _line(self, order):
        return self.random.choice(order["lines"])[2]

    def _factor(self):
        return self.random.choice(FACTORS)

    def _old_line(self):
        lines = [line for order in self.paid for line in order.lines]
        return self.random.choice(lines) if lines else None

    # -- figures -------------------------------------------------------------------------------------------------------

    def _lie_line_amounts(self, order):
        line, factor = self._line(order), self._factor()
        line["price_subtotal"] *= factor
        line["price_subtotal_incl"] *= factor

    def _lie_line_and_total(self, order):
        line, factor = self._line(order), self._factor()
        before = line["price_subtotal_incl"]
        line["price_subtotal_incl"] *= factor
        order["amount_total"] += line["price_subtotal_incl"] - before

    def _lie_all_but_the_price(self, order):
        """Lines, total and payments agree, and none of it is what the goods cost."""
        line, factor = self._line(order), self._factor()
        more = line["price_subtotal_incl"] * (factor - 1)
        line["price_subtotal_incl"] += more
        order["amount_total"] += more
        if order["payment_ids"]:
            order["payment_ids"][0][2]["amount"] += more
            order["amount_paid"] += more

    def _lie_total(self, order):
        order["amount_total"] *= self._factor()

    def _lie_paid(self, order):
        order["amount_paid"] = order["amount_total"]
        order["payment_ids"] = []

    def _lie_return(self, order):
        order["amount_return"] = self.random.choice((-50, 50, order["amount_total"]))

    def _lie_price(self, order):
        self._line(order)["price_unit"] *= self._factor()

    def _lie_quantity(self, order):
        self._line(order)["qty"] *= self._factor()

    def _lie_discount(self, order):
        self._line(order)["discount"] = self.random.choice((-100, 50, 100, 250))

    def _lie_taxes(self, order):
        self._line(order)["tax_ids"] = [(6, 0, self.case.env["account.tax"].search([], limit=3).ids)]

    def _lie_tax_data(self, order):
        self._line(order)["extra_tax_data"] = self.random.choice(
            ({"manual_tax_amounts": {"1": {"tax_amount_currency": 5000}}}, {"computation_key": "x"}, [], "x", 7)
        )

    def _lie_refund_mode(self, order):
        order["is_refund"] = not order.get("is_refund")

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _lie_back_and_forth(self, order):
        """Something comes back for as much as is bought."""
        total = sum(line[2]["price_subtotal_incl"] for line in order["lines"])
        back = {"qty": -1, "price_unit": total, "price_subtotal": -total, "price_subtotal_incl": -total}
        self._add(order, self.case.tea, **back)
        order.update(amount_total=0, amount_paid=0, payment_ids=[])

    def _add(self, order, product, **values):
        line = {
            "uuid": str(uuid4()),
            "product_id": product.id,
            "qty": 1,
            "discount": 0,
            "tax_ids": [(6, 0, [])],
            "full_product_name": product.name,
            **values,
        }
        order["lines"].append([0, 0, line])
        return line

    def _lie_link(self, order):
        old = self._old_line()
        if old:
            self._line(order)["refunded_orderline_id"] = old.id

    def _lie_free_return(self, order):
        """A line of an earlier order comes back, at a price of the cashier's."""
        old = self._old_line()
        if old:
            price = old.price_unit * self._factor()
            quantity = -old.qty * self.random.choice((1, 1, 3))
            amount = price * quantity
            self._add(
                order,
                old.product_id,
                qty=quantity,
                price_unit=price,
                price_subtotal=amount,
                price_subtotal_incl=amount,
                refunded_orderline_id=old.id,
                reward_id=old.reward_id.id,
            )
            order["amount_total"] += amount
            order["amount_paid"] += amount
            order["payment_ids"].append(self.case._cash(amount))

    def _lie_combo(self, order):
        old = self._old_line()
        if old:
            self._line(order)["combo_parent_id"] = old.id

    def _lie_same_line(self, order):
        old = self._old_line()
        if old:
            self._line(order)["uuid"] = old.uuid

    # -- rewards -------------------------------------------------------------------------------------------------------

    def _lie_reward(self, order):
        """A claim that costs what the till likes."""
        rewards = self.case.env["loyalty.reward"].search([])
        reward = self.random.choice(rewards)
        amount = self.random.choice((1, 5, 20, 500))
        quantity = self.random.choice((1, 1, -1))
        self._add(
            order,
            reward.discount_line_product_id,
            qty=quantity,
            price_unit=-amount * quantity,
            price_subtotal=-amount,
            price_subtotal_incl=-amount,
            is_reward_line=self.random.choice((True, False)),
            reward_id=reward.id,
            coupon_id=self.random.choice(self.case.env["loyalty.card"].search([])).id,
            points_cost=self.random.choice((0, -100, amount, amount * 10)),
            reward_identifier_code=uuid4().hex,
        )
        order["amount_total"] -= amount
        order["amount_paid"] -= amount
        order["payment_ids"].append(self.case._cash(-amount))

    def _lie_reward_name(self, order):
        line = self._line(order)
        line["reward_id"] = self.case.reward.id
        line["points_cost"] = self._factor()

    # -- stored value --------------------------------------------------------------------------------------------------

    def _lie_sells_value(self, order):
        line = self._line(order)
        kind = self.random.choice(("credit", "gift", "prepaid"))
        line["product_id"] = self.case.sold[kind].id
        codes = ["3333-3333-3333-3333", uuid4().hex[:16].upper()]
        order["club_codes"] = {line["uuid"]: [self.random.choice(codes) for _piece in range(3)]}

    def _lie_names_cards(self, order):
        cards = self.case.env["loyalty.club.gift"].search([], limit=5)
        self._line(order).update(club_gift_ids=[(6, 0, cards.ids)], club_cards="1234", club_discount_token=uuid4().hex)

    # -- payments ------------------------------------------------------------------------------------------------------

    def _lie_method(self, order):
        if order["payment_ids"]:
            method = self.random.choice([*self.case.methods.values(), self.case.pay_later_pm])
            self.random.choice(order["payment_ids"])[2]["payment_method_id"] = method.id

    def _lie_change(self, order):
        if order["payment_ids"]:
            self.random.choice(order["payment_ids"])[2]["is_change"] = True

    def _lie_value_back(self, order):
        """Credit is given back, and cash is said to have paid for it."""
        amount = self.random.choice((5, 100, 5_000))
        kind = self.random.choice(("credit", "gift", "prepaid"))
        order["payment_ids"] += [self.case._payment(kind, -amount), self.case._cash(amount)]

    def _lie_somebody_s_hold(self, order):
        holds = self.case.env["loyalty.club.hold"].search([("key", "like", "pos.payment:%")])
        if order["payment_ids"] and holds:
            uuid = self.random.choice(holds).key.partition(":")[2]
            payment = self.random.choice(order["payment_ids"])[2]
            payment.update(uuid=uuid, payment_method_id=self.case.methods["credit"].id)

    # -- the order -----------------------------------------------------------------------------------------------------

    def _lie_state(self, order):
        order["state"] = self.random.choice(("done", "draft", "cancel", "paid"))

    def _lie_customer(self, order):
        order["partner_id"] = self.random.choice((False, self.case.other.partner_id.id, self.case.stranger.id))

    def _lie_key(self, order):
        if self.paid:
            order["uuid"] = self.random.choice(self.paid).uuid

    def _lie_day(self, order):
        order["date_order"] = self.random.choice(("1999-01-01 00:00:00", "2099-01-01 00:00:00", "2026-01-01 12:00:00"))

    def _lie_offline(self, order):
        order["club_offline"] = True

    def _lie_receipt(self, order):
        order.update(
            club_points_earned=9_999,
            club_credit_balance=9_999,
            club_refund_allowed_by_id=self.case.env.uid,
            club_member_number="1",
        )

    # -- calls ---------------------------------------------------------------------------------------------------------

    def context(self):
        """What a caller writes into the context of a request."""
        return self.random.choice(
            (
                {},
                {"default_state": "paid", "default_club_offline": True},
                {"default_points": 500, "default_balance": 500},
                {"default_club_refund_allowed_by_id": self.case.cashier.id, "default_club_gift_ids": [1, 2]},
                {"active_test": False, "tracking_disable": True, "loyalty_no_mail": True},
            )
        )

    def calls(self, order):
        """What a cashier may try with an order that was accepted: (name, function)."""
        line, payment = order.lines[:1], order.payment_ids[:1]
        claim = {
            str(self.case._account(self.case.member).card_id.id): {
                "points": 5_000,
                "program_id": self.case.program.id,
                "partner_id": self.case.member.partner_id.id,
            }
        }
        return [
            ("paid again", order.action_pos_order_paid),
            ("another key", lambda: order.write({"uuid": str(uuid4())})),
            ("another day", lambda: order.write({"date_order": "2026-01-01 12:00:00"})),
            ("another customer", lambda: order.write({"partner_id": self.case.other.partner_id.id})),
            ("another total", lambda: order.write({"amount_total": 5_000, "amount_paid": 5_000})),
            ("draft", lambda: order.write({"state": "draft"})),
            ("cancel", order.action_pos_order_cancel),
            ("done", lambda: order.write({"state": "done"})),
            ("dear line", lambda: line.write({"price_unit": 5_000, "price_subtotal_incl": 5_000})),
            ("no line", line.unlink),
            ("other method", lambda: payment.write({"payment_method_id": self.case.methods["gift"].id})),
            ("no payment", payment.unlink),
            (
                "more payment",
                lambda: order.add_payment(self.case._payment("credit", 5)[2] | {"pos_order_id": order.id}),
            ),
            ("points by core", lambda: order.confirm_coupon_programs(claim)),
            ("refund", order.refund),
            ("allow refund", order.action_club_allow_refund),
        ]
