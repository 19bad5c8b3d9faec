"""The terms of order lines that decide what is booked: the server sets them, and nobody changes them afterwards.

Rewards are claimed with Odoo's buttons, which end in private methods; those and the lines of a discount card are
written inside ``by_server``. Everything that a caller sends is compared with what was there (decision 076).
"""

from odoo import api, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.order_due import kept_share
from odoo.exceptions import UserError

from .sale_order_core import managed
from .server_side import by_server, computed_only, server_does, without_defaults

#: Which reward it is, and what it costs.
REWARD = ("reward_id", "coupon_id", "points_cost", "reward_identifier_code")
#: What it takes off, and of which order.
PRICED = (
    "order_id",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "extra_tax_data",
    "is_downpayment",
    "linked_line_id",
    "combo_item_id",
    "club_discount",
)
#: Worked out from the others by Odoo.
AMOUNTS = frozenset(
    (
        "price_subtotal",
        "price_tax",
        "price_total",
        "price_reduce_taxexcl",
        "price_reduce_taxinc",
        "qty_invoiced",
        "qty_to_invoice",
        "untaxed_amount_invoiced",
        "untaxed_amount_to_invoice",
        "is_reward_line",
    )
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = without_defaults(self, AMOUNTS)
        lines = super(SaleOrderLine, lines).create([computed_only(vals, AMOUNTS) for vals in vals_list])
        lines = lines.with_env(self.env)
        if not (server_does("rewards") or server_does("discount")):
            lines._club_refuse_made_by_hand()
        return lines

    def write(self, vals):
        vals = computed_only(vals, AMOUNTS)
        reward = [name for name in REWARD if name in vals]
        priced = [name for name in PRICED if name in vals]
        links = "invoice_lines" in vals and not self.env.su
        if server_does("rewards") or server_does("discount") or not (reward or priced or links):
            return super().write(vals)
        before = self._club_terms(reward, priced, links)
        result = super().write(vals)
        if before:
            self._club_refuse_changes(before)
        return result

    def unlink(self):
        # what an invoice still says was given is paid for until the invoice is credited
        kept = self._club_billed_terms() if server_does("cancel") else self.browse()
        return super(SaleOrderLine, self - kept).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed_terms(self):
        for line in self._club_billed_terms()[:1]:
            raise UserError(
                self.env._(
                    "%(order)s: “%(line)s” is on an invoice and stays. Credit the invoice instead.",
                    order=line.order_id.name,
                    line=line.name,
                )
            )

    def _reset_loyalty(self, complete=False):
        with by_server("rewards"):
            return super()._reset_loyalty(complete=complete)

    # -- what is compared ----------------------------------------------------------------------------------------------

    def _club_is_reward(self):
        """Whether the line is a reward that is paid with a club's points."""
        self.ensure_one()
        return managed(self.coupon_id) or managed(self.reward_id.program_id)

    def _club_is_hard(self):
        """Whether what the line takes off, or sells, is decided: confirmed, or on an invoice."""
        self.ensure_one()
        if self.state != "sale" and not self._club_billed_terms():
            return False
        return self.club_discount or self._club_is_reward()

    def _club_terms(self, reward, priced, links):
        """{(line, field): value} of the terms among these fields that no caller may change; None: it is no reward."""
        terms = {}
        for line in self:
            club, names = line._club_is_reward(), []
            if priced and line._club_is_hard():
                names = priced
            elif "order_id" in priced and (club or (line.invoice_lines and line._club_sold_program())):
                names = ["order_id"]
            terms |= {(line, name): line._club_term(name) for name in names}
            if "club_discount" in priced and line.state == "sale":
                terms[line, "club_discount"] = line.club_discount
            terms |= {(line, name): line._club_term(name) if club else None for name in reward}
            if links:
                terms[line, "invoice_lines"] = line._club_term("invoice_lines")
        return terms

    def _club_term(self, name):
        value = self[name]
        if name == "invoice_lines":
            value = self.sudo().invoice_lines.filtered(lambda item: item.move_id.posted_before)  # their state only
        if isinstance(value, models.BaseModel):
            return frozenset(value.ids)
        return round(value, 6) if isinstance(value, float) else value

    def _club_refuse_changes(self, before):
        for (line, name), value in before.items():
            # what was no reward may have become one
            now = line._club_term(name) if value is not None or line._club_is_reward() else None
            if now != value:
                raise UserError(line._club_hard_terms(name))

    def _club_hard_terms(self, name):
        field = self._fields[name]._description_string(self.env)
        if name in REWARD:
            return self.env._(
                "%(order)s: “%(field)s” of a reward is worked out here. Take the reward off the quotation and claim it "
                "again with “Reward”.",
                order=self.order_id.name,
                field=field,
            )
        return self.env._(
            "%(order)s: “%(field)s” of this line is fixed, because points, credit or a card were booked with it. "
            "Cancel the order, or make a credit note.",
            order=self.order_id.name,
            field=field,
        )

    def _club_refuse_made_by_hand(self):
        for line in self:
            if line._club_is_reward():
                raise UserError(line._club_hard_terms("points_cost"))
            if line.club_discount and line.state == "sale":
                raise UserError(line._club_hard_terms("club_discount"))
            if line.invoice_lines and not self.env.su:
                raise UserError(line._club_hard_terms("invoice_lines"))

    # -- what an invoice says ------------------------------------------------------------------------------------------

    def _club_billed_terms(self):
        """Those of these lines that are rewards or discounts on an invoice and not credited, whole rewards at once."""
        lines = self.filtered(
            lambda line: (
                line.invoice_lines and (line._club_is_reward() or (line.club_discount and line.state != "sale"))
            )
        )
        if not lines:
            return lines
        bills = lines._club_bills()
        billed = lines.filtered(lambda line: kept_share("invoiced", ZERO, bills[line.id]) > 0)
        codes = set(billed.filtered("reward_id").mapped("reward_identifier_code")) - {False}
        return self.filtered(lambda line: line in billed or line.reward_identifier_code in codes)
