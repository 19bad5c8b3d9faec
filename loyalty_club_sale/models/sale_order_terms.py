"""The terms of orders that decide what is booked: whose they are, and that an order is confirmed by confirming it."""

from odoo import api, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.exceptions import UserError

from .server_side import by_server, computed_only, server_does, without_defaults

#: Worked out from the lines and the pricelist by Odoo.
AMOUNTS = frozenset(("amount_untaxed", "amount_tax", "amount_total", "currency_rate"))
#: Whose order it is.
OWNER = ("partner_id", "company_id")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = without_defaults(self, AMOUNTS)
        orders = super(SaleOrder, orders).create([computed_only(vals, AMOUNTS) for vals in vals_list])
        return orders.with_env(self.env)

    def write(self, vals):
        vals = computed_only(vals, AMOUNTS)
        if vals.get("state") == "sale" and not server_does("confirm"):
            self._club_refuse_state()
        if any(name in vals for name in OWNER):
            self._club_refuse_owner(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        for order in self:
            if order._club_stands():
                raise UserError(
                    self.env._(
                        "%s has points, credit or cards in the club that still stand. Credit its invoices first; "
                        "then it can be deleted.",
                        order.name,
                    )
                )

    def action_confirm(self):
        with by_server("confirm"):
            return super().action_confirm()

    def _action_cancel(self):
        with by_server("cancel"):
            return super()._action_cancel()

    # -- core's own ways to lines of rewards, none of which a call can reach with values of its own --------------------

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        with by_server("rewards"):
            return super()._write_vals_from_reward_vals(reward_vals, old_lines, delete=delete)

    def _recompute_prices(self):
        with by_server("rewards"):
            return super()._recompute_prices()

    def _recompute_taxes(self):
        with by_server("rewards"):
            return super()._recompute_taxes()

    def _get_copiable_order_lines(self):
        # a reward is claimed anew; core takes these lines off the copy again
        return super()._get_copiable_order_lines().filtered(lambda line: not line._club_is_reward())

    # -- refusals ------------------------------------------------------------------------------------------------------

    def _club_refuse_state(self):
        """
        :raises UserError: an order with rewards, a discount card or stored value is made "confirmed" without confirming
        """
        for order in self.filtered(lambda order: order.state != "sale"):
            lines = order.order_line
            if order._club_value_lines() or lines.filtered(lambda line: line.club_discount or line._club_is_reward()):
                raise UserError(
                    self.env._(
                        "%s: press “Confirm”, so that the club books what the order costs and gives.", order.name
                    )
                )

    def _club_refuse_owner(self, vals):
        """
        :raises UserError: points, credit or cards were booked for the customer who is to be replaced
        """
        for order in self:
            changed = any(name in vals and order[name].id != vals[name] for name in OWNER)
            if changed and order._club_stands():
                raise UserError(
                    self.env._(
                        "%(order)s has moved points, credit or cards of %(customer)s, so its customer stays. "
                        "Cancel it, or credit its invoices, and make a new order.",
                        order=order.name,
                        customer=order.partner_id.display_name,
                    )
                )

    def _club_stands(self):
        """Whether anything that this order booked in the club is not undone: entries, cards sold, a card used."""
        self.ensure_one()
        order = self.sudo()  # whoever sells reads no ledger
        net = {}
        for row in order._club_booked().get(order.id, ()):
            key = row.side, row.account_id
            net[key] = net.get(key, ZERO) + row.amount
        cards = self.env["loyalty.club.gift"].sudo().union(*(line._club_cards() for line in order._club_card_lines()))
        alive = cards.filtered(lambda card: card.state in ("active", "disabled"))
        return any(net.values()) or bool(alive) or bool(order._club_discount_use())
