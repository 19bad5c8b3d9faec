"""A till with a club, and orders as the till sends them."""

from uuid import uuid4

from odoo import fields
from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.addons.point_of_sale.tests.common import TestPoSCommon
from odoo.tests import new_test_user


def set_rules(program, worth, opens):
    """One point for each paid currency unit; ``opens`` points open a discount of ``worth`` for each point spent."""
    reward = {
        "reward_type": "discount",
        "discount_mode": "per_point",
        "discount": worth,
        "discount_applicability": "order",
        "required_points": opens,
    }
    rule = {"reward_point_mode": "money", "reward_point_amount": 1}
    program.write(
        {
            "rule_ids": [fields.Command.clear(), fields.Command.create(rule)],
            "reward_ids": [fields.Command.clear(), fields.Command.create(reward)],
        }
    )


class ClubPosCommon(ClubCase, TestPoSCommon):
    """One point for each paid currency unit; 100 points open a discount of 0.1 for each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("loyalty_club.group_club_manager")
        cls.env["loyalty.program"].search([]).active = False
        cls.club = cls._make_club(currency_id=cls.company_currency.id, company_id=cls.company.id)
        cls.program = cls.club.points_program_id
        set_rules(cls.program, worth=0.1, opens=100)
        cls.reward = cls.program.reward_ids
        cls.till = cls.basic_config
        cls.till.club_id = cls.club
        cls.branch = cls.till.club_branch_id
        cls.bread = cls.create_product("Bread", cls.categ_basic, 10)
        cls.tea = cls.create_product("Tea", cls.categ_basic, 25.5)
        cls.tax_ten = cls.env["account.tax"].create({"name": "Ten", "amount": 10})
        cls.cheese = cls.create_product("Cheese", cls.categ_basic, 40, tax_ids=cls.tax_ten.ids)
        cls.cashier = new_test_user(cls.env, "till_user", groups="base.group_user,point_of_sale.group_pos_user")
        cls.member = cls._member()

    def setUp(self):
        super().setUp()
        self.config = self.till
        self.open_new_session()

    def _give(self, points, member=None):
        """Points that the member had before."""
        return self._post(
            self._account(member or self.member), points, kind="opening", counter="opening", incoming=True
        )

    def _make_combo(self, product):
        """Make ``product`` a combo of bread and tea."""
        choices = [{"combo_item_ids": [(0, 0, {"product_id": part.id})]} for part in (self.bread, self.tea)]
        combos = self.env["product.combo"].create(
            [{"name": "Choice", "company_id": self.company.id, **choice} for choice in choices]
        )
        product.product_tmpl_id.write({"type": "combo", "combo_ids": [(6, 0, combos.ids)]})

    def _reward_line(self, amount, points, reward=None, **values):
        """A claimed reward as the till sends it: a negative line."""
        reward = reward or self.reward
        card = self._account(self.member).card_id
        return {
            "product": reward.discount_line_product_id,
            "quantity": 1,
            "price_unit": -amount,
            "price_subtotal": -amount,
            "price_subtotal_incl": -amount,
            "tax_ids": [(6, 0, [])],
            "is_reward_line": True,
            "reward_id": reward.id,
            "coupon_id": card.id,
            "points_cost": points,
            "reward_identifier_code": uuid4().hex,
            **values,
        }

    def _order(self, lines, member=None, partner=None, **values):
        """The till's dict of a paid order. ``lines``: (product, quantity) or dicts."""
        lines = [
            {"uuid": str(uuid4()), **(line if isinstance(line, dict) else {"product": line[0], "quantity": line[1]})}
            for line in lines
        ]
        partner = partner if partner is not None else (member or self.member).partner_id
        return {
            **self.create_ui_order_data(lines, customer=partner, uuid=str(uuid4())),
            "access_token": str(uuid4()),
            **values,
        }

    def _send(self, *orders, user=None):
        """Send orders as a cashier's till does; returns them as saved."""
        self.env["pos.order"].with_user(user or self.cashier).sync_from_ui(list(orders))
        return self.env["pos.order"].search([("uuid", "in", [order["uuid"] for order in orders])], order="id")

    def _sell(self, lines, **values):
        return self._send(self._order(lines, **values))

    def _refund(self, order, quantities=None, user=None, **values):
        """Return ``quantities`` ({line: quantity}, default everything) of an order at the till.

        A till in its refund mode writes totals and payments below zero, and the amounts of its lines without that sign.
        """
        quantities = quantities or {line: line.qty for line in order.lines}
        lines = [
            {
                "product": line.product_id,
                "quantity": -quantity,
                "price_unit": line.price_unit,
                "price_subtotal": line.price_subtotal * quantity / line.qty,
                "price_subtotal_incl": line.price_subtotal_incl * quantity / line.qty,
                "tax_ids": [(6, 0, line.tax_ids.ids)],
                "refunded_orderline_id": line.id,
                "is_reward_line": line.is_reward_line,
                "reward_id": line.reward_id.id,
                "coupon_id": line.coupon_id.id,
                "points_cost": 0,
            }
            for line, quantity in quantities.items()
        ]
        total = -round(sum(line["price_subtotal_incl"] for line in lines), 2)
        how = {"payments": values.pop("payments")} if "payments" in values else {}
        data = self._order(lines, partner=order.partner_id, is_refund=True, **how)
        data["payment_ids"][0][2]["amount"] = total
        data.update(amount_total=total, amount_paid=total, amount_return=0)
        return self._send({**data, **values}, user=user)

    def _date_back(self, order, at):
        """Give a paid order another day, which nobody can at a till."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE pos_order SET date_order = %s WHERE id = %s", [at, order.id])
        order.invalidate_recordset(["date_order"])

    def _points(self, member=None):
        account = (member or self.member)._club_account(self.program, create=False)
        return account.balance if account else 0.0

    def _entries(self, order):
        return self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)], order="id"
        )
