"""A paid order of a club's till is hard: what the ledger was written from does not change afterwards."""

from odoo import api, models
from odoo.exceptions import UserError

#: States of an order that was paid.
PAID = ("paid", "done")
#: What nobody changes on a paid order. The customer is hard as soon as something was booked.
ORDER = ("uuid", "date_order", "is_refund", "fiscal_position_id", "club_offline", "amount_tax")
LINE = (
    "order_id",
    "product_id",
    "qty",
    "price_unit",
    "discount",
    "price_subtotal",
    "price_subtotal_incl",
    "uuid",
    "tax_ids",
    "extra_tax_data",
    "reward_id",
    "points_cost",
    "reward_identifier_code",
    "is_reward_line",
    "refunded_orderline_id",
    "combo_parent_id",
    "sale_order_line_id",
    "sale_order_origin_id",
)


def changes(record, vals, names):
    """Those of ``names`` that ``vals`` would give another value on ``record``."""
    changed = []
    for name in names:
        if name in vals and name in record._fields:
            field = record._fields[name]
            if field.type == "many2many":
                differs = _left(record[name], vals[name]) != set(record[name].ids)
            else:
                new, old = (
                    field.convert_to_cache(value, record, validate=False) for value in (vals[name], record[name])
                )
                differs = new != old
            if differs:
                changed.append(name)
    return changed


def _left(records, commands):
    """The ids that ``commands`` on a list of records leave."""
    ids = set(records.ids)
    for command, *rest in commands or [(5,)]:
        if command in (5, 6):
            ids = set(rest[1]) if command == 6 else set()
        elif command == 4:
            ids.add(rest[0])
        elif command in (2, 3):
            ids.discard(rest[0])
    return ids


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_refuse_change(self, vals):
        """Refuse to change paid orders of clubs' tills.

        :raises UserError: says what it is and what to do instead
        """
        for order in self._club_hard():
            changed = changes(order, vals, ORDER)
            if "amount_total" in vals and not order._club_same_total(vals["amount_total"]):
                changed.append("amount_total")
            if changes(order, vals, ("partner_id",)) and order._club_entries_of():
                changed.append("partner_id")
            if changed:
                raise UserError(
                    self.env._(
                        "The order %(order)s is paid, and the club has booked it. %(what)s cannot be changed any more; "
                        "refund the order and make it again.",
                        order=order.name,
                        what=", ".join(order._fields[name]._description_string(self.env) for name in changed),
                    )
                )

    def _club_hard(self):
        """Those that are paid at a club's till."""
        # whether there is a club, nothing more
        return self.filtered(lambda order: order.state in PAID and order.config_id.sudo().club_id)

    def _club_refuse_line(self):
        raise UserError(
            self.env._(
                "The order %s is paid, and the club has booked it. Its lines cannot be changed any more; "
                "refund the order and make it again.",
                self[:1].name,
            )
        )

    def _club_same_total(self, amount):
        """Whether a total is this order's own, but for the rounding of coins that Odoo adds later."""
        unit = self.currency_id.rounding
        pairs = ((amount, self.amount_total), (self._get_rounded_amount(self.amount_total, force_round=True), amount))
        return any(abs(one - other) < unit for one, other in pairs)

    def _club_entries_of(self):
        entries = self.env["loyalty.club.entry"].sudo()  # whether something was booked
        return entries.search([("origin_model", "=", self._name), ("origin_id", "in", self.ids)], limit=1)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["pos.order"].browse({vals["order_id"] for vals in vals_list if vals.get("order_id")})
        hard = orders._club_hard()
        for vals in vals_list:
            order = hard.filtered(lambda order, vals=vals: order.id == vals.get("order_id"))
            # a tip may follow its order; it earns nothing
            if order and vals.get("product_id") != order.config_id.tip_product_id.id:
                order._club_refuse_line()
        return super().create(vals_list)

    def write(self, vals):
        if self.env["pos.order"].browse(vals.get("order_id") or ())._club_hard():
            self.order_id._club_refuse_line()
        for line in self:
            if line.order_id._club_hard() and changes(line, vals, line._club_hard_fields()):
                line.order_id._club_refuse_line()
        return super().write(vals)

    def _club_hard_fields(self):
        """What of this line is hard. Odoo itself names the card of its own programs after the order is paid."""
        managed = self.reward_id.program_id.sudo().club_id  # whose program it is
        return (*LINE, "coupon_id") if managed else LINE
