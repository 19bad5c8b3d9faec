"""Odoo's own way to make coupons is closed for a club's cards: their codes would be readable."""

from odoo import models
from odoo.exceptions import UserError

from ..models.club_gift_core import BEARER


class LoyaltyGenerateWizard(models.TransientModel):
    _inherit = "loyalty.generate.wizard"

    def generate_coupons(self):
        if self.program_id.sudo().filtered(lambda program: program.club_id and program.club_kind in BEARER):
            raise UserError(
                self.env._("Cards of this club are made under Loyalty Club › Gift cards: sell one, or make a batch.")
            )
        return super().generate_coupons()
