"""Ways to members in the order in which they are tried: of whatever sends something."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.ways import ways


class LoyaltyClubWays(models.AbstractModel):
    _name = "loyalty.club.ways"
    _description = "Ways to Members"

    channels = fields.Char(
        string="Ways",
        default="sms",
        required=True,
        help="In this order: who cannot be reached the first way gets the message the next way.",
    )
    channel_names = fields.Json(compute="_compute_channel_names")  # what the field's widget offers

    @api.depends("club_id")
    @api.depends_context("lang")
    def _compute_channel_names(self):
        Channel = self.env["loyalty.club.channel"]
        names = Channel._club_names()
        for record in self:
            record.channel_names = [
                {"code": code, "name": name, "ready": Channel._club_channel(code)._club_is_ready(record.club_id)}
                for code, name in names
            ]

    def _club_channels(self):
        """Codes of the channels in the order in which they are tried."""
        return ways(self.channels)

    @api.constrains("channels")
    def _check_channels(self):
        names = dict(self.env["loyalty.club.channel"]._club_names())
        for record in self:
            codes = record._club_channels()
            if not codes or set(codes) - set(names):
                raise ValidationError(
                    self.env._("These ways to members are known: %(known)s.", known=", ".join(names.values()))
                )
