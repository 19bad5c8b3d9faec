"""What of invoices decides what is booked: Odoo works it out, and links to orders stay as they were when posted."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .server_side import computed_only, without_defaults

#: Worked out by Odoo from lines and reconciled entries.
AMOUNTS = frozenset(("amount_total", "amount_untaxed", "amount_tax", "amount_residual"))
LINE_AMOUNTS = frozenset(("price_total", "price_subtotal", "amount_residual", "amount_residual_currency", "reconciled"))
#: What somebody may say of an invoice's payment; Odoo says the rest.
SAID = ("not_paid", "blocked", False)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = without_defaults(self, AMOUNTS | {"payment_state"})
        moves = super(AccountMove, moves).create([self._club_computed(vals) for vals in vals_list])
        return moves.with_env(self.env)

    def write(self, vals):
        return super().write(self._club_computed(vals))

    def _club_computed(self, vals):
        names = AMOUNTS | ({"payment_state"} if vals.get("payment_state", False) not in SAID else set())
        return computed_only(vals, names)

    def _post(self, soft=True):
        self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))._club_refuse_odd_sales()
        return super()._post(soft=soft)

    def _club_refuse_odd_sales(self):
        """Say before the posting what would sell stored value for less than its price, or take back what was not sold.

        :raises UserError: a tax on it, more taken off than the goods cost, a credit note that is for no sale
        """
        sold = self.env["loyalty.program"]._club_sold_anywhere()
        for move in self if sold else ():
            items = move.invoice_line_ids.filtered(lambda item: item.display_type == "product")
            value = items.filtered(lambda item: item.product_id.id in sold)
            if not value or ("pos_order_ids" in move._fields and move.sudo().pos_order_ids):
                continue  # the till has looked at its own orders
            problem = move._club_odd_sale(items, value)
            if problem:
                raise UserError(problem)

    def _club_odd_sale(self, items, value):
        """Why these lines can't be posted as they are; False when they can."""
        self.ensure_one()
        product = value[:1].product_id.display_name
        if any(float_compare(item.price_total, item.price_subtotal, 6) for item in value):
            return self.env._("%s is money that is kept for the customer; take the tax off.", product)
        rest = sum((items - value).filtered(lambda item: not item.sale_line_ids.is_downpayment).mapped("price_total"))
        if self.move_type == "out_invoice" and self.currency_id.compare_amounts(rest, 0) < 0:
            return self.env._(
                "More is taken off here than the goods cost, so %s would be sold below its price. Correct the lines.",
                product,
            )
        if self.move_type == "out_refund":
            for item in value:
                refusal = item._club_odd_return()
                if refusal:
                    return refusal
        return False


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        items = without_defaults(self, LINE_AMOUNTS)
        items = super(AccountMoveLine, items).create([computed_only(vals, LINE_AMOUNTS) for vals in vals_list])
        return items.with_env(self.env)

    def write(self, vals):
        vals = computed_only(vals, LINE_AMOUNTS)
        if "sale_line_ids" not in vals or self.env.su:
            return super().write(vals)
        posted = self.filtered(lambda item: item.move_id.posted_before and item.move_id.state == "posted")
        before = {item: item.sale_line_ids for item in posted}
        result = super().write(vals)
        for item, lines in before.items():
            if item.sale_line_ids != lines:
                raise UserError(
                    self.env._(
                        "%s is posted: the order of a line stays. Make a credit note, and invoice the order.",
                        item.move_id.name,
                    )
                )
        return result

    def _club_odd_return(self):
        """Why this line of a credit note can't take back what it sold; False when it can."""
        self.ensure_one()
        lines = self.sale_line_ids
        if not lines:
            return self.env._(
                "%s is taken back with a credit note on the invoice that sold it: open the invoice and press "
                "“Credit Note”.",
                self.product_id.display_name,
            )
        posted = lines.sudo().invoice_lines.filtered(  # what was sold, for whoever credits it
            lambda item: item.parent_state == "posted" and item.move_id != self.move_id
        )
        left = sum(item.price_total * (1 if item.move_id.move_type == "out_invoice" else -1) for item in posted)
        if self.currency_id.compare_amounts(self.price_total, left) > 0:
            return self.env._(
                "Only %(left)s of %(product)s is left to credit on this sale.",
                left=self.currency_id.format(max(left, 0)),
                product=self.product_id.display_name,
            )
        return False
