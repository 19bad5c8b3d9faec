"""Discount card: its code is typed or scanned here, read once and not kept."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubSaleDiscount(models.TransientModel):
    _name = "loyalty.club.sale.discount"
    _description = "Discount Card on an Order"

    order_id = fields.Many2one(comodel_name="sale.order", required=True, readonly=True, ondelete="cascade")
    code = fields.Char(
        compute="_compute_code",
        inverse="_inverse_code",
        help="Type it or scan the card. Small letters, dashes and Persian digits are fine.",
    )
    pin = fields.Char(
        string="PIN", compute="_compute_code", inverse="_inverse_code", help="Only for cards that have one."
    )

    @api.depends("order_id")
    def _compute_code(self):
        self.code = False
        self.pin = False

    def _inverse_code(self):
        """Put the discount on the order.

        :raises UserError: no card has this code, or it gives nothing here; the try is counted all the same
        """
        for wizard in self.filtered("code"):
            wizard.order_id.check_access("write")
            problem = wizard.order_id._club_apply_discount_card(wizard.code, wizard.pin)
            if problem:
                raise UserError(problem)

    def action_apply(self):
        """The code was read when the window was saved.

        :raises UserError: none was typed
        """
        self.ensure_one()
        if not self.order_id.club_discount_card:
            raise UserError(self.env._("Type the code of the card, or scan it."))
        return {"type": "ir.actions.act_window_close"}


class SaleLoyaltyCouponWizard(models.TransientModel):
    _inherit = "sale.loyalty.coupon.wizard"

    def action_apply(self):
        before = self.order_id.club_discount_card
        action = super().action_apply()
        # a discount card has no reward to choose
        return action if self.order_id.club_discount_card == before else {"type": "ir.actions.act_window_close"}
