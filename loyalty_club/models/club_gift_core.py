"""Core's side of cards: the code of Odoo's own card is a serial number that opens nothing."""

from uuid import uuid4

from odoo import api, models
from odoo.exceptions import UserError

#: Kinds whose cards are bearers': core's code would be money in clear text.
BEARER = ("gift", "prepaid")


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model_create_multi
    def create(self, vals_list):
        programs = self.env["loyalty.program"].browse({vals.get("program_id") for vals in vals_list} - {None, False})
        bearer = set(programs.sudo().filtered(lambda program: program.club_id and program.club_kind in BEARER).ids)
        return super().create(
            [{**vals, "code": f"X{uuid4().hex}"} if vals.get("program_id") in bearer else vals for vals in vals_list]
        )

    def write(self, vals):
        if "code" in vals and self.sudo().filtered(
            lambda card: card.program_id.club_id and card.program_id.club_kind in BEARER
        ):
            raise UserError(self.env._("The code of a club's gift card is kept secret; its serial number stays."))
        return super().write(vals)
