"""What a new member agrees to while he joins at the office, with what shows it."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubEnrol(models.TransientModel):
    _inherit = "loyalty.club.enrol"

    agree_news = fields.Boolean(string="News by SMS", help="Tick what the customer says yes to himself, nothing else.")
    agree_offers = fields.Boolean(
        string="Offers by SMS", help="Tick what the customer says yes to himself, nothing else."
    )
    news_text_id = fields.Many2one(comodel_name="loyalty.club.consent.text", compute="_compute_consent_texts")
    offers_text_id = fields.Many2one(comodel_name="loyalty.club.consent.text", compute="_compute_consent_texts")
    news_text = fields.Text(related="news_text_id.body", string="What the customer agrees to (news)")
    offers_text = fields.Text(related="offers_text_id.body", string="What the customer agrees to (offers)")
    consent_note = fields.Char(
        string="Proof",
        default=lambda self: self.env._("In person, while joining at the office"),
        help="How the customer said it, and where that can be read: a signed form, a letter, in person.",
    )

    @api.depends("club_id")
    def _compute_consent_texts(self):
        Text = self.env["loyalty.club.consent.text"]
        for wizard in self:
            wizard.news_text_id = wizard.club_id and Text._club_text(wizard.club_id, "news")
            wizard.offers_text_id = wizard.club_id and Text._club_text(wizard.club_id, "offers")

    def action_enrol(self):
        """Join the person, and note what he agreed to by SMS.

        :raises UserError: a tick without its proof
        """
        ticked = [purpose for purpose in ("news", "offers") if self[f"agree_{purpose}"]]
        note = (self.consent_note or "").strip()
        if ticked and not note:
            raise UserError(self.env._("A consent needs its proof: write how the customer said it and where that is."))
        action = super().action_enrol()
        member = self.env["loyalty.club.member"].browse(action["res_id"])
        for purpose in ticked:
            member._club_give_consent(
                purpose,
                "sms",
                "office",
                text_id=self[f"{purpose}_text_id"].id or False,
                branch_id=self.branch_id.id or False,
                note=note,
            )
        return action
