"""The lines of a discount card: they come and go with the card, and other lines that change have it looked at."""

from odoo import api, fields, models
from odoo.addons.loyalty_club.models.club_payment import TicketLine
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.fields import Command, Domain

from .server_side import by_server, server_does

#: What of a line the discount depends on, or is.
PRICED = {
    "order_id",
    "display_type",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "extra_tax_data",
    "club_discount",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    club_discount = fields.Boolean(
        string="Of a discount card", readonly=True, help="Made by the order's discount card and kept in step with it."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._club_mark_discounts()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if PRICED & set(vals):
            self._club_mark_discounts()
        return result

    def unlink(self):
        orders = self.order_id
        if not server_does("discount"):
            # who deletes a line of the discount takes the card off; on a confirmed order core refuses it
            self.filtered("club_discount").order_id.filtered(
                lambda order: order.state in ("draft", "sent") and not order._club_discount_billed()
            ).sudo().club_discount_gift_id = False
        result = super().unlink()
        orders.exists().order_line._club_mark_discounts()
        return result

    def _club_mark_discounts(self):
        """Have the discounts of these lines' orders looked at before the commit, or before the order is read again."""
        if server_does("discount"):
            return
        orders = self.order_id.sudo()  # whether there is a card
        self.env["sale.order"]._club_mark(
            "discounts", orders.filtered(lambda order: order.club_discount_gift_id or order._club_discount_lines())
        )

    def _club_differs(self, vals):
        """Whether this line of a discount is another one than ``vals`` make."""
        self.ensure_one()
        return (
            (self.extra_tax_data or {}) != vals["extra_tax_data"]
            or self.product_id.id != vals["product_id"]
            or self.product_uom_qty != vals["product_uom_qty"]
            or bool(self.discount)
            or self.currency_id.compare_amounts(self.price_unit, vals["price_unit"]) != 0
        )

    # -- core's questions ----------------------------------------------------------------------------------------------

    def _can_be_invoiced_alone(self):
        return super()._can_be_invoiced_alone() and not self.club_discount

    def _is_discount_line(self):
        return super()._is_discount_line() or self.club_discount

    def _sellable_lines_domain(self):
        return Domain(super()._sellable_lines_domain()) & Domain("club_discount", "=", False)

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self.club_discount


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_discount_lines(self):
        return self.order_line.filtered("club_discount")

    def _club_discount_goods(self):
        """The lines that a card may reduce, with the discounts and rewards on them."""
        aside = self._get_no_effect_on_threshold_lines()
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.club_discount
                and not line.is_downpayment
                and not line._is_delivery()
                and line not in aside
                and not line.reward_id.program_id.is_payment_program
            )
        )

    def _club_discount_amount(self, gift):
        """What ``gift`` takes off this order (Decimal, >= 0)."""
        if self.currency_id != gift.currency_id:
            return ZERO
        return gift._club_discount_amount(self._club_branch_of(gift.club_id), self._club_discount_ticket())

    def _club_discount_ticket(self):
        """What the goods cost, incl. tax: lines of a ticket, rounded together as the order's total is."""
        digits = self.currency_id.decimal_places
        lines = self._club_discount_goods()
        ticket = []
        for line, base_line in zip(lines, self._club_base_lines(lines), strict=True):
            details = base_line["tax_details"]
            untaxed = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
            taxes = sum(tax["tax_amount_currency"] for tax in details["taxes_data"])
            ticket.append(TicketLine(line.product_id.id, to_amount(untaxed + taxes, digits)))
        return ticket

    def _club_base_lines(self, lines):
        """These lines of the order for core's taxes, computed and rounded."""
        Tax = self.env["account.tax"]
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
        Tax._add_tax_details_in_base_lines(base_lines, self.company_id)
        Tax._round_base_lines_tax_details(base_lines, self.company_id)
        return base_lines

    def _club_discount_given(self):
        """What the lines of the card take off (Decimal, >= 0)."""
        return to_amount(-sum(self._club_discount_lines().mapped("price_total")), self.currency_id.decimal_places)

    def _club_refresh_discounts(self):
        """Bring the lines of the discount cards to what the orders are now; lines without their card go."""
        for order in self.sudo():  # lines follow a card that sellers don't read
            order._club_unmark("discounts")
            if order.club_discount_gift_id or order._club_discount_lines():
                order._club_refresh_discount()

    def _club_refresh_discount(self):
        if self.locked or not self._club_discount_follows():
            return
        wanted = {frozenset(vals["tax_ids"][0][2]): vals for vals in self._club_discount_values()}
        with by_server("discount"):
            self.with_context(sale_no_log_for_new_lines=True)._club_write_discount(wanted)
        self._club_unmark("discounts")

    def _club_write_discount(self, wanted):
        """Bring the lines to ``wanted``: {ids of taxes: values}."""
        spare = self.env["sale.order.line"]
        for line in self._club_discount_lines():
            vals = wanted.pop(frozenset(line.tax_ids.ids), None)
            if vals is None:
                spare |= line
            elif line._club_differs(vals):
                line.write(vals)
        self.env["sale.order.line"].create([{"order_id": self.id, **vals} for vals in wanted.values()])
        if self.state == "sale":
            spare.write({"price_unit": 0, "extra_tax_data": False})  # Odoo keeps all lines of a confirmed order
        else:
            spare.unlink()

    def _club_discount_follows(self):
        """Whether the lines may be changed: on quotations, and on confirmed orders until the discount is billed."""
        if self.state in ("draft", "sent"):
            return not self._club_discount_billed()
        return self.state == "sale" and bool(self._club_discount_use()) and not self._club_discount_billed()

    def _club_discount_billed(self):
        """Whether the discount is on an invoice, also one in draft."""
        return bool(self._club_discount_lines().invoice_lines.filtered(lambda item: item.parent_state != "cancel"))

    def _club_discount_values(self):
        """Values of the lines that the card puts on this order: one for each group of taxes."""
        gift = self.club_discount_gift_id
        amount = gift and self._club_discount_amount(gift)
        if not amount:
            return []
        product = gift.club_id._club_ensure_discount_product()
        goods = self._club_discount_goods()
        left_out = gift._club_discount_left_out(set(goods.product_id.ids))
        parts = self.env["account.tax"]._prepare_global_discount_lines(
            self._club_base_lines(goods.filtered(lambda line: line.product_id.id not in left_out)),
            self.company_id,
            "fixed",
            float(amount),
            computation_key=f"global_discount,loyalty_club_{self.id}",  # core asks for its first word
            grouping_function=lambda _base_line: {"product_id": product},
        )
        return [self._club_discount_line(gift, part, len(parts) > 1) for part in parts]

    def _club_discount_line(self, gift, part, of_many):
        texts = self.with_context(lang=self._get_lang()).env
        name = texts._(
            "Discount card …%(last_four)s, %(percent)s %%", last_four=gift.last_four, percent=f"{gift.percent:g}"
        )
        taxes = part["tax_ids"].with_env(texts)
        if of_many and taxes:
            name = texts._("%(card)s, on products with %(taxes)s", card=name, taxes=", ".join(taxes.mapped("name")))
        return {
            "product_id": part["product_id"].id,
            "name": name,
            "product_uom_qty": part["quantity"],
            "price_unit": part["price_unit"],
            "technical_price_unit": 0,
            "discount": 0,
            "tax_ids": [Command.set(part["tax_ids"].ids)],
            "extra_tax_data": self.env["account.tax"]._export_base_line_extra_tax_data(part),
            "club_discount": True,
            "sequence": 999,
        }
