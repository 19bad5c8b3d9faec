"""Campaigns by e-mail: Odoo's mailing does the writing and sending, the campaign says to whom."""

from odoo import fields, models
from odoo.tools import SQL


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    mailing_ids = fields.One2many(
        comodel_name="mailing.mailing",
        inverse_name="club_campaign_id",
        string="E-mails",
        readonly=True,
        groups="mass_mailing.group_mass_mailing_user",
    )
    mailing_count = fields.Integer(compute="_compute_mailing_count", string="Number of e-mails")
    mail_reach_count = fields.Integer(
        compute="_compute_mail_reach_count",
        string="Agree to e-mail",
        help="Members of the audience with an e-mail address who agreed to this by e-mail.",
    )

    def _compute_mailing_count(self):
        Mailing = self.env["mailing.mailing"].sudo()  # how many there are is no secret
        counts = dict(Mailing._read_group([("club_campaign_id", "in", self.ids)], ["club_campaign_id"], ["__count"]))
        for campaign in self:
            campaign.mailing_count = counts.get(campaign, 0)

    def _compute_mail_reach_count(self):
        for campaign in self:
            query = campaign._club_mail_partners() if campaign.id else False
            rows = self.env.execute_query(SQL("SELECT count(*) FROM (%s) p", query)) if query else [(0,)]
            campaign.mail_reach_count = rows[0][0]

    def _club_mail_partners(self):
        """The partners who may get the campaign by e-mail, as a query: of those it was sent to when it has started, of
        the audience of today before; those held out get no e-mail either."""
        self.ensure_one()
        people = SQL(
            "SELECT member_id AS id FROM loyalty_club_campaign_recipient WHERE campaign_id = %s AND NOT control",
            self.id,
        )
        if not self.frozen_at:
            people = self.with_user(self.confirmed_by_id or self.create_uid)._club_people()
        return SQL(
            """SELECT m.partner_id AS id FROM (%s) a
                 JOIN loyalty_club_member m ON m.id = a.id AND m.state = 'active' AND m.merged_into_id IS NULL
                 JOIN res_partner p ON p.id = m.partner_id AND p.active AND p.email > ''
                WHERE m.id IN (%s)""",
            people,
            self.env["loyalty.club.consent"].sudo()._club_given_query(self.purpose, "email"),  # who is asked about
        )

    def action_make_mailing(self):
        """A mailing of Odoo's with this audience, to be written, tested and sent there."""
        self.ensure_one()
        self.check_access("write")
        utm = self.sudo()._club_utm()  # marks of Odoo's own statistics, made for the campaign
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": self.name,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("club_mail_campaign_ids", "in", [self.id])]),
                "club_campaign_id": self.id,
                "campaign_id": utm.id,
            }
        )
        return {**self._club_mailing_action(), "res_id": mailing.id, "views": [(False, "form")], "view_mode": "form"}

    def action_open_mailings(self):
        self.ensure_one()
        return {**self._club_mailing_action(), "domain": [("club_campaign_id", "=", self.id)]}

    def _club_mailing_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("mass_mailing.mailing_mailing_action_mail")
        action["context"] = {"default_club_campaign_id": self.id}
        return action
