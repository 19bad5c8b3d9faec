"""Card batches: numbers made at once for the printer."""

from odoo import fields, models


class LoyaltyClubCardBatch(models.Model):
    _name = "loyalty.club.card.batch"
    _description = "Card Batch"
    _order = "id desc"

    name = fields.Char(required=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, index=True, ondelete="restrict")
    quantity = fields.Integer(required=True, default=100)
    card_ids = fields.One2many(comodel_name="loyalty.club.card", inverse_name="batch_id", readonly=True)
