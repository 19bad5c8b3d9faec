"""What a club says about messages: quiet hours, how much advertising a member gets in a day, the price of a part."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    message_quiet_from = fields.Float(
        string="Quiet from",
        default=22.0,
        tracking=True,
        help="Campaigns rest from this hour on, on the club's clock. Codes and messages about a purchase always go.",
    )
    message_quiet_to = fields.Float(
        string="Quiet until", default=8.0, tracking=True, help="The same hour as the first one: no quiet hours."
    )
    message_day_cap = fields.Integer(
        string="Advertising per member and day",
        default=2,
        tracking=True,
        help="News and offers that a member gets in one day at most; the rest goes the next day. 0: no limit.",
    )
    message_part_cost = fields.Float(
        string="Price of a part",
        digits=(16, 3),
        help="What one part of an SMS costs where neither the line nor the gateway's answer says it.",
    )

    _message_hours = models.Constraint(
        "CHECK (message_quiet_from >= 0 AND message_quiet_from < 24"
        " AND message_quiet_to >= 0 AND message_quiet_to < 24)",
        "Quiet hours are hours of a day, from 0:00 to 23:59.",
    )

    @api.constrains("message_day_cap", "message_part_cost")
    def _check_message_numbers(self):
        for club in self:
            if club.message_day_cap < 0 or club.message_part_cost < 0:
                raise ValidationError(self.env._("The advertising of a day and the price of a part can't be negative."))

    def _club_quiet_hours(self):
        """((from, until) hours, time zone) of the quiet hours."""
        self.ensure_one()
        return (self.message_quiet_from, self.message_quiet_to), self._club_zone()

    def _club_quiet(self):
        """(from, until, time zone)"""
        hours, zone = self._club_quiet_hours()
        return *hours, zone
