"""How a club writes figures, money and dates in its messages."""

from odoo import fields, models
from odoo.addons.loyalty_club.rules.wording import Style, is_persian, unit_word


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    message_calendar = fields.Selection(
        selection=[("language", "By the member's language"), ("jalali", "Jalali"), ("gregorian", "Gregorian")],
        string="Dates in messages",
        required=True,
        default="language",
        help="By the member's language: Jalali in Persian, Gregorian in every other language.",
    )
    message_unit = fields.Selection(
        selection=[("toman", "Toman"), ("currency", "The currency as it is")],
        string="Rials in messages",
        required=True,
        default="toman",
        help="Only for clubs whose currency is the rial.",
    )
    message_toman = fields.Integer(
        string="Rials in a toman", required=True, default=10, help="Changes when the currency is redenominated."
    )
    message_digits = fields.Selection(
        selection=[("language", "By the member's language"), ("latin", "Latin (123)")],
        string="Digits in messages",
        required=True,
        default="language",
        help="Codes, card numbers and links always have Latin digits, as people type them.",
    )

    _message_toman_positive = models.Constraint("CHECK (message_toman > 0)", "A toman has one rial at least.")

    def _club_style(self, code):
        """How values are written for a reader of the language ``code``; see ``rules/wording.py``."""
        self.ensure_one()
        club = self.sudo()  # currency and zone of a company that the reader of a preview may not open
        lang = self.env["res.lang"]._get_data(code=code)
        persian = is_persian(code)
        digits = persian and club.message_digits == "language"
        calendar = club.message_calendar
        if calendar == "language":
            calendar = "jalali" if persian else "gregorian"
        return Style(
            lang=code,
            calendar=calendar,
            persian_digits=digits,
            thousands="٬" if digits else lang.thousands_sep or ",",
            point="٫" if digits else lang.decimal_point or ".",
            date_format=lang.date_format or "%Y-%m-%d",
            zone=club._club_zone(),
            **club._club_style_unit(code),
        )

    def _club_style_unit(self, code):
        currency = self.currency_id
        if currency.name != "IRR":
            return {
                "unit": currency.symbol or currency.name or "",
                "unit_first": currency.position == "before",
                "decimals": currency.decimal_places,
            }
        toman = self.message_unit == "toman"
        return {
            "unit": unit_word("toman" if toman else "rial", code),
            "divisor": self.message_toman if toman else 1,
            "decimals": currency.decimal_places,
        }
