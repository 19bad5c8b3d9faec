"""Things that are called as their trigger, in the reader's language, until somebody gives them a name of their own."""

from odoo import api, fields, models
from odoo.fields import Domain


class LoyaltyClubNamed(models.AbstractModel):
    _name = "loyalty.club.named"
    _description = "Named after a Trigger"

    trigger_id = fields.Many2one(comodel_name="loyalty.club.trigger")
    name = fields.Char(compute="_compute_name", inverse="_inverse_name", search="_search_name")
    own_name = fields.Char(translate=True)

    @api.depends("own_name", "trigger_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for record in self:
            record.name = record.own_name or record.trigger_id.name

    def _inverse_name(self):
        for record in self:
            if record.name != record.trigger_id.name:
                record.own_name = record.name

    def _search_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain("own_name", operator, value) | (
            Domain("own_name", "=", False) & Domain("trigger_id.name", operator, value)
        )
