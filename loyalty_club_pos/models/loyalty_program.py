"""Programs at the till: the browser learns which ones the server keeps."""

from odoo import api, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    @api.model
    def _load_pos_data_fields(self, config):
        return super()._load_pos_data_fields(config) + ["club_id", "club_digits"]

    def _compute_total_order_count(self):
        """Core counts through the whole order history, at each start of a till and with each order, for a number that
        only limited programs need. Managed programs without a limit don't pay for it."""
        counted = self.filtered(lambda program: not program.sudo().club_id or program.limit_usage)
        (self - counted).total_order_count = 0
        return super(LoyaltyProgram, counted)._compute_total_order_count()
