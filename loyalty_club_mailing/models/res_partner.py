"""Partners by campaign: who may get it by e-mail, asked anew each time, so that who withdrew gets nothing."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_mail_campaign_ids = fields.Many2many(
        comodel_name="loyalty.club.campaign",
        string="Gets by e-mail the club's campaign",
        compute="_compute_club_mail_campaign_ids",
        search="_search_club_mail_campaign_ids",
        groups="loyalty_club.group_club_officer,mass_mailing.group_mass_mailing_user",
    )

    @api.depends_context("uid")
    def _compute_club_mail_campaign_ids(self):
        self.club_mail_campaign_ids = False  # only for searching

    def _search_club_mail_campaign_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        # a mailing's user may read the campaign, or finds nobody
        campaigns = self.env["loyalty.club.campaign"].search([("id", "in", list(value))])
        queries = [campaign.sudo()._club_mail_partners() for campaign in campaigns]
        if not queries:
            return Domain.FALSE
        return Domain("id", "in", SQL("(%s)", SQL(" UNION ").join(queries)))
