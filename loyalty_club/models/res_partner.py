"""Personal data of members, kept on the partner so that every Odoo app sees it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_member_ids = fields.One2many(
        comodel_name="loyalty.club.member", inverse_name="partner_id", string="Memberships"
    )
    club_birth_date = fields.Date(string="Birth date")
    club_wedding_date = fields.Date(string="Wedding anniversary")
    club_gender = fields.Selection(
        selection=[("female", "Female"), ("male", "Male"), ("other", "Other")], string="Gender"
    )
    club_education = fields.Selection(
        selection=[
            ("school", "School"),
            ("diploma", "Diploma"),
            ("bachelor", "Bachelor"),
            ("master", "Master"),
            ("doctor", "Doctorate"),
        ],
        string="Education",
    )
    club_district = fields.Char(string="District")
    club_member_count = fields.Integer(compute="_compute_club_member_count")

    # The club looks people up by their number in international form.
    _club_phone_sanitized = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.depends("club_member_ids")
    def _compute_club_member_count(self):
        for partner in self:
            partner.club_member_count = len(partner.club_member_ids)

    @api.constrains("club_birth_date", "club_wedding_date")
    def _check_club_dates(self):
        today = fields.Date.context_today(self)
        for partner in self:
            if (partner.club_birth_date or today) > today or (partner.club_wedding_date or today) > today:
                raise ValidationError(
                    self.env._("Birth date and wedding day of %s cannot be in the future.", partner.display_name)
                )

    def action_club_members(self):
        """Open the membership; with several clubs, the list of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.loyalty_club_member_action")
        action.update(domain=[("partner_id", "=", self.id)], context={"create": False})
        if len(self.club_member_ids) == 1:
            action.update(res_id=self.club_member_ids.id, view_mode="form", views=[(False, "form")])
        return action
