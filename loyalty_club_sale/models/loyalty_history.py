"""Core's history of a card stays out of managed programs: their history is the ledger."""

from odoo import api, models


class LoyaltyHistory(models.Model):
    _inherit = "loyalty.history"

    @api.model_create_multi
    def create(self, vals_list):
        cards = self.env["loyalty.card"].browse(
            {vals.get("card_id") for vals in vals_list if vals.get("order_model") == "sale.order"} - {None, False}
        )
        managed = set(cards.sudo().filtered("program_id.club_id").ids)
        kept = [
            vals for vals in vals_list if vals.get("order_model") != "sale.order" or vals.get("card_id") not in managed
        ]
        return super().create(kept)
