"""The gateway of a company, beside core's own choice of a provider."""

from odoo import fields, models
from odoo.addons.loyalty_club.tools.phone import to_e164

from .sms_api import SmsApiClub


class ResCompany(models.Model):
    _inherit = "res.company"

    club_gateway_id = fields.Many2one(
        comodel_name="loyalty.club.gateway",
        string="SMS gateway",
        domain="[('company_id', '=', id)]",
        ondelete="set null",
        help="All SMS of the company, and of its branches without one, go through it. Empty: through what is chosen in "
        "Odoo's own settings.",
    )

    def _get_sms_api_class(self):
        # PORT-20: core asks this for every sending
        self.ensure_one()
        if self._club_gateway():
            return SmsApiClub
        return super()._get_sms_api_class()

    def _club_sms_number(self, raw):
        """A typed number as E.164, or None. Without a country it is of the company's, or of the vendors', Iran."""
        return to_e164(raw, self.country_id.code or None) or to_e164(raw, "IR")

    def _club_gateway(self):
        """The gateway in use, or an empty one: the company's own, or that of the company it is a branch of."""
        for company in reversed(self.sudo().parent_ids):  # whoever sends need not see gateways
            gateway = company.club_gateway_id.filtered("active")
            if gateway:
                return gateway
        return self.env["loyalty.club.gateway"]
