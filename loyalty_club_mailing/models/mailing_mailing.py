"""Mailings that were made for a campaign."""

from odoo import fields, models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    club_campaign_id = fields.Many2one(
        comodel_name="loyalty.club.campaign",
        string="Club campaign",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _get_default_mailing_domain(self):
        domain = super()._get_default_mailing_domain()
        if self.club_campaign_id and self.mailing_model_name == "res.partner":
            domain = [("club_mail_campaign_ids", "in", self.club_campaign_id.ids)]
        return domain
