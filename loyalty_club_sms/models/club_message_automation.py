"""Which text a message has, and which automation caused it."""

from odoo import fields, models


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    template_id = fields.Many2one(comodel_name="loyalty.club.template", readonly=True, ondelete="set null")
    automation_id = fields.Many2one(
        comodel_name="loyalty.club.automation", readonly=True, index="btree_not_null", ondelete="set null"
    )
