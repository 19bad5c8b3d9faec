"""Giving and withdrawing a consent at the office, with what shows it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.club_consent import CHANNELS, PURPOSES


class LoyaltyClubConsentChange(models.TransientModel):
    _name = "loyalty.club.consent.change"
    _description = "Change a Consent"

    member_id = fields.Many2one(comodel_name="loyalty.club.member", required=True)
    club_id = fields.Many2one(related="member_id.club_id")
    change = fields.Selection(
        selection=[("give", "The member agrees"), ("withdraw", "The member withdraws")], required=True, default="give"
    )
    purpose = fields.Selection(selection=[*PURPOSES, ("all", "News and offers")], string="About", required=True)
    channel = fields.Selection(selection=[*CHANNELS, ("all", "All channels")], required=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", domain="[('club_id', '=', club_id)]")
    note = fields.Char(string="Proof", help="How the member said it, and where that can be read.")
    text_id = fields.Many2one(comodel_name="loyalty.club.consent.text", compute="_compute_text_id")
    text = fields.Text(related="text_id.body", string="What the member agrees to")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if values.get("change") == "withdraw":
            return {"purpose": "all", "channel": "all", **values}
        return {"purpose": "offers", "channel": "sms", **values}

    @api.depends("purpose", "member_id")
    def _compute_text_id(self):
        Text = self.env["loyalty.club.consent.text"]
        for wizard in self:
            known = wizard.purpose in dict(PURPOSES) and wizard.club_id
            wizard.text_id = Text._club_text(wizard.club_id, wizard.purpose) if known else Text

    def action_apply(self):
        """Write it down.

        :raises UserError: a consent without its proof, or for everything at once
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers note what members agree to."))
        self.member_id.check_access("write")
        proof = {"note": (self.note or "").strip() or False, "branch_id": self.branch_id.id}
        purposes = list(dict(PURPOSES)) if self.purpose == "all" else [self.purpose]
        channels = list(dict(CHANNELS)) if self.channel == "all" else [self.channel]
        if self.change == "withdraw":
            self.member_id._club_withdraw_consent(purposes, channels, "office", **proof)
        elif "all" in (self.purpose, self.channel):
            raise UserError(self.env._("A member agrees to one thing on one channel at a time. Choose which."))
        elif not proof["note"]:
            raise UserError(self.env._("A consent needs its proof: write how the member said it and where that is."))
        else:
            self.member_id._club_give_consent(
                self.purpose, self.channel, "office", text_id=self.text_id.id or False, **proof
            )
        return {"type": "ir.actions.act_window_close"}
