"""Order lines: the ledger alone books their points, and looks at their changes when the transaction ends."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.addons.loyalty_club.rules.order_due import ZERO, Bill, kept_share, returned_share, share_of
from odoo.addons.loyalty_club.rules.scoring import Line
from odoo.addons.loyalty_club.tools.amount import exact
from odoo.tools import SQL

#: Rounding between the points of Odoo's own gift cards and prices.
CENT = exact(Decimal("0.01"))

SETTLED = ("paid", "in_payment", "reversed", "invoicing_legacy")


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "loyalty.club.guarded.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super(SaleOrderLine, self._club_without_points()).create(vals_list).with_env(self.env)
        self.env["sale.order"]._club_mark("orders", lines.order_id.filtered(lambda order: order.state == "sale"))
        return lines

    def write(self, vals):
        lines = self._club_without_points() if "points_cost" in vals else self
        result = super(SaleOrderLine, lines).write(vals)
        self.env["sale.order"]._club_mark("orders", self.order_id.filtered(lambda order: order.state == "sale"))
        return result

    def unlink(self):
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        result = super(SaleOrderLine, self._club_without_points()).unlink()
        self.env["sale.order"]._club_mark("orders", orders)
        return result

    def _compute_qty_delivered(self):
        result = super()._compute_qty_delivered()
        self.env["sale.order"]._club_mark("orders", self.order_id.filtered(lambda order: order.state == "sale"))
        return result

    def _club_without_points(self):
        """These lines such that core's own bookings leave managed cards alone; the ledger books them instead."""
        return self.with_context(loyalty_club_ignore_points=True)

    # -- shares --------------------------------------------------------------------------------------------------------

    def _club_bills(self):
        """{line id: [Bill]}: posted invoices and credit notes of these lines.

        An item of a document counts for one line, and for a line that sells value only when it sold the same product.
        Long because it is one statement and what is made of its rows.
        """
        bills = defaultdict(list)
        if not self.ids:
            return bills
        rows = self.env.execute_query(
            SQL(
                """SELECT rel.order_line_id, move.id, move.move_type, move.payment_state, move.reversed_entry_id,
                          item.product_id, item.quantity::text, item.product_uom_id, item.price_total::text,
                          item.currency_id, move.date
                     FROM sale_order_line_invoice_rel rel
                     JOIN account_move_line item ON item.id = rel.invoice_line_id
                     JOIN account_move move ON move.id = item.move_id
                    WHERE rel.order_line_id = ANY(%s) AND move.move_type IN ('out_invoice', 'out_refund')
                      AND (move.state = 'posted' OR move.payment_state = 'invoicing_legacy')
                      AND rel.order_line_id = (SELECT MIN(every.order_line_id) FROM sale_order_line_invoice_rel every
                                                WHERE every.invoice_line_id = item.id)
                 ORDER BY move.id, item.id""",
                self.ids,
            )
        )
        lines = {line.id: line for line in self}
        paid = self.env["account.move"].browse({row[1] for row in rows})._club_paid_parts()
        sold = self.env["loyalty.program"]._club_sold_anywhere()
        value = {line: line.product_id.id in sold and not line.reward_id for line in self}
        for line_id, move_id, move_type, payment_state, against, product_id, *amounts in rows:
            line, parts = lines[line_id], paid[move_id]
            share = line._club_billed_share(*amounts)
            if value[line] and product_id != line.product_id.id:
                continue
            if move_type == "out_refund":
                share *= parts.given_back(line.order_id.id) if line._club_takes_off() else 1
                bills[line_id].append(Bill(move_id, -share, payment_state in SETTLED, against))
                continue
            part = parts.of_value() if value[line] else parts.of_goods(payment_state == "invoicing_legacy")
            bills[line_id].append(Bill(move_id, share, payment_state in SETTLED, against, paid=part))
            if parts.loose and not value[line] and not line._club_takes_off():
                bills[line_id].append(Bill(0, -share * parts.loose, against=move_id))
        return bills

    def _club_takes_off(self):
        """Whether the line is a reward or the discount of a card."""
        self.ensure_one()
        return bool(self.reward_id or self.club_discount)

    def _club_billed_share(self, quantity, uom_id, amount, currency_id, date):
        """The signed part of this line that a document line covers."""
        self.ensure_one()
        quantity, amount = Decimal(quantity), Decimal(amount)
        if uom_id and uom_id != self.product_uom_id.id:
            uom = self.env["uom.uom"].browse(uom_id)
            quantity = exact(uom._compute_quantity(float(quantity), self.product_uom_id, round=False))
        if currency_id and currency_id != self.currency_id.id:
            currency = self.env["res.currency"].browse(currency_id)
            amount = exact(currency._convert(float(amount), self.currency_id, self.company_id, date, round=False))
        sign = -1 if quantity < 0 else 1
        return sign * share_of(sign * quantity, self.product_uom_qty, sign * amount, self.price_total)

    def _club_kept_shares(self, state, bills):
        """{line id: part that counts when orders earn at ``state``}; a combo counts as its priced parts do."""
        shares = {}
        at_till = self.union(*(line._get_lines_with_price() for line in self))._club_at_till()
        for line in self:
            parts = line._get_lines_with_price()
            weights = [abs(exact(part.price_total)) or ZERO for part in parts]
            if not any(weights):
                weights = [exact(1)] * len(parts)
            kept = [
                weight * kept_share(state, part._club_delivered_share(), bills[part.id] + at_till.bills[part.id])
                for weight, part in zip(weights, parts, strict=True)
            ]
            share = sum(kept, ZERO) / sum(weights, ZERO) if parts else ZERO
            shares[line.id] = max(ZERO, share - at_till.booked[line.id])
        return shares

    def _club_delivered_share(self):
        self.ensure_one()
        return exact(self.qty_delivered) / exact(self.product_uom_qty) if self.product_uom_qty else ZERO

    def _club_billed_part(self, bills):
        """The part of these lines (one claimed reward) that is on invoices and was not credited."""
        weights = {line: abs(exact(line.price_total)) for line in self}
        if not any(weights.values()):
            weights = dict.fromkeys(self, exact(1))
        parts = [weight * kept_share("invoiced", ZERO, bills[line.id]) for line, weight in weights.items()]
        return sum(parts, ZERO) / sum(weights.values(), ZERO)

    def _club_returned_share(self, bills):
        """The part of these lines (one claimed reward, split by tax) that was credited, or came back at a till."""
        at_till = self._club_at_till()
        weights = {line: abs(exact(line.price_total)) for line in self}
        if not any(weights.values()):
            weights = dict.fromkeys(self, exact(1))
        parts = [
            weight * min(line._club_not_with_customer(), returned_share(bills[line.id] + at_till.bills[line.id]))
            for line, weight in weights.items()
        ]
        return sum(parts, ZERO) / sum(weights.values(), ZERO)

    def _club_not_with_customer(self):
        """The part of this line that can have come back: of goods from the stock, what the customer has not got."""
        self.ensure_one()
        if self.reward_id.reward_type != "product" or self.qty_delivered_method != "stock_move":
            return exact(1)
        return max(ZERO, 1 - self._club_delivered_share())

    # -- scoring -------------------------------------------------------------------------------------------------------

    def _club_scoring_line(self, program, rate, ignore):
        """This line as ``rules.scoring.Line``: amounts times ``rate``, pieces in the product's own unit.

        What takes something off reduces what the order earns, whatever else it is marked as; pieces below zero are
        goods that come back without their invoice, and take off their own product first.
        """
        self.ensure_one()
        priced = self._get_lines_with_price()
        quantity = self.product_uom_qty
        if self.product_id and self.product_uom_id != self.product_id.uom_id:
            quantity = self.product_uom_id._compute_quantity(quantity, self.product_id.uom_id, round=False)
        amount = sum((exact(line.price_total) for line in priced), ZERO)
        takes_off = amount < 0
        reward = self.reward_id.sudo()
        kind = self._club_reward_kind(amount)
        back = takes_off and kind == "none" and quantity < 0 and bool(self.product_id)
        claimed = bool(reward) and self.coupon_id.sudo().program_id == reward.program_id
        return Line(
            key=str(self.id),
            product=self.product_id.id,
            quantity=abs(exact(quantity)) or exact(1) if takes_off else exact(quantity),
            amount_incl=amount * rate,
            amount_excl=sum((exact(line.price_subtotal) for line in priced), ZERO) * rate,
            reward="free_product" if back else kind,
            reward_product=self.product_id.id if back else None,
            own_program=claimed and reward.program_id == program,
            ignore=ignore and not takes_off,
            combo_child=bool(self.combo_item_id) and self.linked_line_id.product_type == "combo",
            automatic=claimed and kind == "discount" and reward.program_id.trigger == "auto",
        )

    def _club_reward_kind(self, amount):
        """What a reward on this line is for the scoring: none, discount, free_product or payment."""
        reward = self.reward_id.sudo()
        if not reward:
            return "none"
        if reward.program_id.is_payment_program:
            # Odoo's gift cards and eWallets pay as far as they are charged; the rest is a discount
            charged = exact(self.points_cost) * exact(reward.discount)
            own = self.coupon_id.sudo().program_id == reward.program_id
            return "payment" if own and charged + CENT >= -amount else "discount"
        return "free_product" if reward.reward_type == "product" else "discount"
