"""Orders as honest tills send them: random baskets whose figures Odoo's own JavaScript computes."""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import odoo
from odoo import fields
from odoo.addons.loyalty_club_pos.tests.common_pay import ClubPayCommon
from odoo.tools import float_round

ADDONS = Path(odoo.addons.point_of_sale.__file__).parents[1]
SCRIPT = Path(__file__).with_name("till_figures.mjs")


class HonestTill(ClubPayCommon):
    """A shop with taxes of every kind; its till computes like a browser."""

    #: Rounding of the shop's currency and its decimals.
    rounding, decimals = 0.01, 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = Random(int(os.environ.get("CLUB_ATTACK_SEED", "1")))
        cls._set_currency()
        cls.taxes = cls._make_taxes()
        cls.goods = [
            cls.create_product(f"Goods {number}", cls.categ_basic, 10, tax_ids=taxes.ids)
            for number, taxes in enumerate(cls._tax_mixes())
        ]
        cls.other = cls._member(name="Other")
        cls.partners = cls.member.partner_id | cls.other.partner_id

    @classmethod
    def _set_currency(cls):
        """A shop whose money has other decimals."""
        cls.env.cr.execute(
            "UPDATE res_currency SET rounding = %s, decimal_places = %s WHERE id = %s",
            [cls.rounding, cls.decimals, cls.company_currency.id],
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    @classmethod
    def _make_taxes(cls):
        Tax = cls.env["account.tax"]
        kinds = {
            "excluded": {"amount": 9},
            "included": {"amount": 21, "price_include_override": "tax_included"},
            "odd": {"amount": 7.7, "price_include_override": "tax_included"},
            "fixed": {"amount": 0.3, "amount_type": "fixed"},
            "division": {"amount": 10, "amount_type": "division"},
        }
        return {name: Tax.create({"name": name, **values}) for name, values in kinds.items()}

    @classmethod
    def _tax_mixes(cls):
        taxes = cls.taxes
        none = cls.env["account.tax"]
        two = taxes["excluded"] | taxes["fixed"]
        return [none, *(taxes[name] for name in taxes), two, taxes["included"] | taxes["odd"]]

    # -- baskets -------------------------------------------------------------------------------------------------------

    def _price(self):
        return round(self.random.choice((1, 10, 100)) * self.random.uniform(0.1, 12), self.decimals)

    def _random_lines(self):
        """Plain values of the goods of a basket."""
        lines = []
        for _number in range(self.random.randint(1, 5)):
            product = self.random.choice(self.goods)
            quantity = self.random.choice((1, 1, 2, 3, 0.35, 1.75))
            discount = self.random.choice((0, 0, 0, 5, 12.5, 33))
            lines.append(
                {
                    "uuid": str(uuid4()),
                    "product_id": product.id,
                    "qty": quantity,
                    "price_unit": self._price(),
                    "discount": discount,
                    "tax_ids": product.taxes_id.ids,
                }
            )
        if self.random.random() < 0.15:  # a global discount of the cashier
            lines.append(self._plain_line(self.bread, 1, -min(1, lines[0]["price_unit"])))
        if self.random.random() < 0.2:
            lines.append(self._plain_line(self.sold["credit"], 1, self._price()))
        return lines

    def _plain_line(self, product, quantity, price, **values):
        return {
            "uuid": str(uuid4()),
            "product_id": product.id,
            "qty": quantity,
            "price_unit": price,
            "discount": 0,
            "tax_ids": [],
            **values,
        }

    def _figures(self, orders):
        """What a browser computes for orders of plain lines: [{lines: [{incl, excl}], total, tax}]."""
        Tax = self.env["account.tax"]
        taxes = Tax.search([("company_id", "=", self.company.id)])
        currency = {"id": self.company_currency.id, "rounding": self.rounding, "decimal_places": self.decimals}
        given = {
            "taxes": taxes.read(Tax._load_pos_data_fields(self.till), load=False),
            "currency": currency,
            "company": {
                "id": self.company.id,
                "currency_id": currency,
                "tax_calculation_rounding_method": self.company.tax_calculation_rounding_method,
            },
            "orders": orders,
        }
        command = ["node", str(SCRIPT), str(ADDONS)]
        answer = subprocess.run(
            command, input=json.dumps(given, default=str), capture_output=True, text=True, check=True, timeout=120
        )
        return json.loads(answer.stdout)

    def _till_order(self, lines, figures, partner, payments=None, **values):
        """The dict that a till sends for plain lines."""
        commands = [
            [0, 0, {
                **line,
                "tax_ids": [(6, 0, line["tax_ids"])],
                "price_subtotal": amounts["excl"],
                "price_subtotal_incl": amounts["incl"],
                "pack_lot_ids": [],
                "full_product_name": "Goods",
            }]
            for line, amounts in zip(lines, figures["lines"], strict=True)
        ]  # fmt: skip
        total = figures["total"]
        if payments is None:
            payments = [self._cash(self._coins(total))] if total else []
        return {
            "uuid": str(uuid4()),
            "access_token": str(uuid4()),
            "session_id": self.till.current_session_id.id,
            "partner_id": partner.id,
            "user_id": self.cashier.id,
            "date_order": fields.Datetime.to_string(
                fields.Datetime.now() - timedelta(minutes=self.random.randint(0, 9))
            ),
            "pricelist_id": self.till.pricelist_id.id,
            "fiscal_position_id": False,
            "lines": commands,
            "payment_ids": payments,
            "amount_total": total,
            "amount_tax": figures["tax"],
            "amount_paid": sum(payment[2]["amount"] for payment in payments),
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "state": "paid",
            "to_invoice": False,
            **values,
        }

    def _coins(self, total):
        """What is paid in cash: the total, or in coins where the till rounds."""
        if not self.till.cash_rounding:
            return total
        method = self.till.rounding_method
        return float_round(total, precision_rounding=method.rounding, rounding_method=method.rounding_method)

    def _change_for(self, order):
        """The customer pays with a note; the till writes what it gives back."""
        if order["payment_ids"] and order["amount_total"] > 0 and not self.till.cash_rounding:
            note = self.company_currency.round(order["amount_total"] + 20)
            order["payment_ids"][0][2]["amount"] = note
            order.update(amount_paid=note, amount_return=self.company_currency.round(order["amount_total"] - note))
        return order
