"""Selling stored value by sale order: credit is loaded when it is paid, by what its invoices and credit notes say."""

from collections import defaultdict

from odoo import models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.order_due import kept_share
from odoo.addons.loyalty_club.tools.amount import exact, to_amount
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _club_sold_program(self):
        """The program whose value this line sells; empty for goods."""
        self.ensure_one()
        programs = self.order_id._club_managed_programs()
        if self.display_type or not self.product_id or self.reward_id:
            return programs.browse()
        return programs.filtered(
            lambda program: (
                self.product_id.id in program._club_sold_products()
                and program.club_id._club_serves(self.company_id.sudo())
            )
        )[:1]

    def _club_paid_share(self, bills):
        """The part of this line that is on settled invoices and was not credited."""
        self.ensure_one()
        return kept_share("paid", ZERO, bills[self.id])

    def _club_units(self):
        """Pieces of this line in the unit of its product (Fraction)."""
        self.ensure_one()
        quantity = exact(self.product_uom_qty)
        if self.product_uom_id and self.product_uom_id != self.product_id.uom_id:
            quantity = exact(
                self.product_uom_id._compute_quantity(self.product_uom_qty, self.product_id.uom_id, round=False)
            )
        return quantity


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_value_lines(self):
        """{line: program} of the lines that sell stored value."""
        sold = frozenset().union(*(program._club_sold_products() for program in self._club_managed_programs()))
        lines = self.order_line.filtered(lambda line: line.product_id.id in sold)
        pairs = ((line, line._club_sold_program()) for line in lines)
        return {line: program for line, program in pairs if program}

    def _club_loads(self, bills):
        """{(order, account): Decimal} of credit that was sold on these orders and is paid."""
        paid = {}
        for line, program in self._club_value_lines().items():
            share = line._club_paid_share(bills)
            if program.club_kind == "credit" and share > 0 and line.order_id._club_follows(program):
                key = line.order_id, program
                paid[key] = paid.get(key, 0) + exact(line.price_total) * share
        if not paid:
            return {}
        members = self._club_members(self.env["loyalty.program"].union(*(program for _order, program in paid)).club_id)
        loads = {
            (order, members[order][program.club_id], program): to_amount(amount, program._club_decimals())
            for (order, program), amount in paid.items()
            if program.club_id in members[order]
        }
        accounts = self._club_member_accounts({key[1:] for key, amount in loads.items() if amount > 0})
        totals = defaultdict(lambda: to_amount(0, 0))
        for (order, member, program), amount in loads.items():
            if amount > 0:
                account = self.env["loyalty.club.account"].sudo().browse(accounts[member, program])
                totals[order, account] += amount
        return totals

    def _club_taken_off_beyond_goods(self):
        """Whether discounts and lines below zero take off more than the goods cost, so value would be sold for less."""
        self.ensure_one()
        value = self._club_value_lines()
        rest = self.order_line.filtered(lambda line: line not in value and not line.is_downpayment)
        return self.currency_id.compare_amounts(sum(rest.mapped("price_total")), 0) < 0

    def _club_refuse_odd_sales(self):
        """Say before the confirmation what could never become credit or a card.

        Long because it is one chain of questions, each with its sentence.

        :raises UserError: another currency, part of a card, a tax, a price that is below zero or taken off again, or
            credit for somebody who is no member
        """
        for line, program in self._club_value_lines().items():
            order, club = line.order_id, program.club_id
            if order.currency_id != program.currency_id:
                problem = self.env._(
                    "%(product)s is sold in %(ours)s, the currency of %(club)s. Choose a pricelist in %(ours)s.",
                    product=line.product_id.display_name,
                    ours=program.currency_id.name,
                    club=club.name,
                )
            elif line.price_total < 0 or line.product_uom_qty < 0:
                problem = self.env._(
                    "%s: take credit or cards back with a credit note on the invoice they were sold with.",
                    line.product_id.display_name,
                )
            elif line.currency_id.compare_amounts(line.price_total, line.price_subtotal):
                problem = self.env._(
                    "%s is money that is kept for the customer; take the tax off.", line.product_id.display_name
                )
            elif order._club_taken_off_beyond_goods():
                problem = self.env._(
                    "More is taken off here than the goods cost, so %s would be sold below its price. "
                    "Correct the lines.",
                    line.product_id.display_name,
                )
            elif program.club_kind != "credit" and line._club_units().denominator != 1:
                problem = self.env._("%s is sold in whole pieces.", line.product_id.display_name)
            elif (
                program.club_kind == "credit"
                and not order._club_members(club)[order]
                # who has paid online already is not turned away; the club tells somebody to join him
                and not order.sudo().transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done"))
            ):
                problem = self.env._(
                    "%(customer)s is not a member of %(club)s and cannot hold credit. "
                    "Press “Join the club” first, or sell a gift card.",
                    customer=order.partner_id.display_name,
                    club=club.name,
                )
            else:
                continue
            raise UserError(self.env._("%(order)s: %(problem)s", order=order.name, problem=problem))
