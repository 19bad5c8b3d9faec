"""Triggers: what can happen to a member that the club may write about. A feature brings one record each."""

from odoo import api, fields, models

from .club_message import LANES, PURPOSES

#: ``event``: the feature says so by ``_club_happened``; ``time``: the hourly job looks; ``code``: ``_club_text`` asks.
KINDS = [("event", "When it happens"), ("time", "By the calendar"), ("code", "Sent on the spot")]


class LoyaltyClubTrigger(models.Model):
    _name = "loyalty.club.trigger"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Message Trigger"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    help = fields.Char(translate=True)
    sequence = fields.Integer(default=50)
    kind = fields.Selection(selection=KINDS, required=True, default="event")
    lane = fields.Selection(selection=LANES, required=True, default="service")
    purpose = fields.Selection(selection=PURPOSES, required=True, default="service")
    placeholder_ids = fields.Many2many(
        comodel_name="loyalty.club.placeholder", string="Placeholders of its own", help="Besides those of every member."
    )
    texts = fields.Json(help="The text to begin with, by language: {'en_US': '…', 'fa_IR': '…'}.")
    expected = fields.Boolean(help="Switched on by itself as soon as the club can send messages.")
    days = fields.Integer(help="Days to begin with.")
    days_label = fields.Char(translate=True, help="What the days of an automation mean here. Empty: there are none.")
    hour = fields.Float(default=10.0, help="Hour of the day to begin with.")
    valid_hours = fields.Float(string="Hours it stays true", default=24.0, help="What is later than that is not sent.")

    _code_unique = models.Constraint("UNIQUE (code)", "There is a trigger of this name already.")

    def write(self, vals):
        result = super().write(vals)
        if {"lane", "name"} & set(vals):
            self.env.registry.clear_cache()  # plans of automations
        return result

    @api.model_create_multi
    def create(self, vals_list):
        triggers = super().create(vals_list)
        clubs = self.env["loyalty.club"].with_context(active_test=False).search([("id", "!=", False)])
        self.env["loyalty.club.automation"]._club_make(clubs, triggers)
        return triggers
