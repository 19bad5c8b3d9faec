"""New member: mobile and name are enough; somebody who is known already is found first, and the form says so."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.phone import is_mobile, to_e164
from ..tools.text import normalise


class LoyaltyClubEnrol(models.TransientModel):
    _name = "loyalty.club.enrol"
    _description = "New Member"

    club_id = fields.Many2one(
        comodel_name="loyalty.club", required=True, default=lambda self: self.env["loyalty.club"]._club_default()
    )
    mobile = fields.Char(help="In any form; Persian digits are fine.")
    name = fields.Char()
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        domain="[('is_company', '=', False)]",
        help="Only when the customer is known already but has no mobile number.",
    )
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch", string="Joins at", domain="[('club_id', '=', club_id)]"
    )
    referrer_id = fields.Many2one(
        comodel_name="loyalty.club.member",
        string="Invited by",
        domain="[('club_id', '=', club_id), ('state', '=', 'active')]",
    )
    referrer = fields.Char(
        string="Invitation",
        help="Invitation code, membership number or mobile of the member who invited, as the customer says it.",
    )
    birth_date = fields.Date()
    card_number = fields.Char(
        help="Scan or type the plastic card that the member gets. Empty: only a card on the phone."
    )
    found = fields.Selection(
        selection=[
            ("bad", "No mobile number"),
            ("new", "New"),
            ("contact", "Known contact"),
            ("member", "Member already"),
        ],
        compute="_compute_found",
    )
    found_partner_id = fields.Many2one(comodel_name="res.partner", compute="_compute_found")
    found_member_id = fields.Many2one(comodel_name="loyalty.club.member", compute="_compute_found")

    @api.depends("club_id", "mobile", "partner_id")
    def _compute_found(self):
        Member = self.env["loyalty.club.member"]
        for wizard in self:
            number = (
                to_e164(wizard.mobile, wizard.club_id.country_id.code) if wizard.mobile and wizard.club_id else None
            )
            member = Member._club_find(wizard.club_id, number, wizard.partner_id) if wizard.club_id else Member
            partner = member.partner_id or wizard.partner_id or Member._club_find_partner(wizard.club_id, number)
            wizard.found_member_id = member
            wizard.found_partner_id = partner
            if wizard.mobile and not (number and is_mobile(number)):
                wizard.found = "bad"
            elif member:
                wizard.found = "member"
            elif partner:
                wizard.found = "contact"
            else:
                wizard.found = "new" if number else False

    def action_enrol(self):
        """Join the person and open the member."""
        self.ensure_one()
        if not self.mobile and not self.partner_id:
            raise UserError(self.env._("Type a mobile number, or choose the contact."))
        values = {
            "joined_branch_id": self.branch_id.id,
            "joined_channel": "backoffice",
            "referrer_id": self.referrer_id.id,
            "referrer": self.referrer,
        }
        Member = self.env["loyalty.club.member"]
        member, created = Member._club_enrol(
            self.club_id,
            mobile=self.mobile,
            name=normalise(self.name or "") or None,
            partner=self.partner_id or None,
            **values,
        )
        if self.birth_date and not member.birth_date:
            member.birth_date = self.birth_date
        if self.card_number:
            card = self.env["loyalty.club.card"]._club_find_number(self.club_id, self.card_number)
            card._club_activate(member)
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club.member",
            "res_id": member.id,
            "views": [(False, "form")],
        }
