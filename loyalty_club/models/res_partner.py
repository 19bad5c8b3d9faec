"""Personal data of members, kept on the partner so that every Odoo app sees it."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_member_ids = fields.One2many(comodel_name="loyalty.club.member", inverse_name="partner_id", string="Memberships")
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

    # The club looks people up by their number in international form.
    _club_phone_sanitized = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
