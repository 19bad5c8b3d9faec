"""Buying on credit by sale order: above the member's limit a manager has to say why."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class LoyaltyClubCustomerAccount(models.Model):
    _inherit = "loyalty.club.customer.account"

    @api.model
    def _club_parts(self):
        """What confirmed orders will still be invoiced, delivered or not: the shop has promised it."""
        return super()._club_parts() + [
            SQL(
                """SELECT c.commercial_partner_id, o.company_id,
                          l.price_total * GREATEST(0, 1 - COALESCE(l.untaxed_amount_invoiced, 0)
                                                          / NULLIF(l.price_subtotal, 0))
                                        / COALESCE(NULLIF(o.currency_rate, 0), 1)
                     FROM sale_order o
                     JOIN sale_order_line l ON l.order_id = o.id AND l.display_type IS NULL AND l.price_total <> 0
                     JOIN res_partner c ON c.id = o.partner_invoice_id
                    WHERE o.state = 'sale' AND l.untaxed_amount_invoiced IS DISTINCT FROM l.price_subtotal"""
            )
        ]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    club_limit_reason = fields.Char(
        string="Why above the credit limit",
        copy=False,
        help="With a reason of a club manager the order is confirmed although the customer owes more than he may.",
    )
    club_limit_user_id = fields.Many2one(comodel_name="res.users", string="Allowed by", copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered("club_limit_reason")._club_sign_limit()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if "club_limit_reason" in vals:
            self._club_sign_limit()
        return result

    def _club_sign_limit(self):
        """Only a manager goes above the limit, under their own name."""
        if self.env.su:
            return
        reasoned = self.filtered("club_limit_reason")
        if reasoned and not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager allows an order above the credit limit."))
        # who signs is the server's
        reasoned.sudo().write({"club_limit_user_id": self.env.uid})
        (self - reasoned).sudo().write({"club_limit_user_id": False})

    def action_confirm(self):
        self._club_check_account()
        return super().action_confirm()

    def _club_check_account(self):
        """Refuse orders that bring a member above his limit. Who has no limit at all pays in another way.

        :raises UserError: too much, and no manager has given a reason
        """
        for order in self.filtered(lambda order: order.state in ("draft", "sent") and not order.club_limit_user_id):
            club = order.sudo().club_branch_id.club_id  # a seller need not read clubs to obey their settings
            if not club.account_limits:
                continue
            member = self.env["loyalty.club.member"].sudo()._club_of_partner(club, order.partner_invoice_id)  # as above
            more = (order.amount_total - order.amount_paid) / (order.currency_rate or 1)
            if not member or not member._club_account_limit(order.company_id) or more <= 0:
                continue
            message = member._club_account_refusal(order.company_id, more)
            if message:
                raise UserError(
                    self.env._("%(message)s A club manager can write a reason on the order.", message=message)
                )
