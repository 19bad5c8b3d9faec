"""Settings of cards: on the club how long they live and how many wrong codes it takes, on the company what law asks."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    club_gift_min_days = fields.Integer(
        string="Gift cards live at least (days)",
        default=0,
        help="What law asks for where the company is. No gift or prepaid card is made with a shorter life. 0: no rule.",
    )

    _club_gift_min_days_range = models.Constraint(
        "CHECK (club_gift_min_days >= 0)", "The least life of gift cards is not below zero."
    )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    gift_valid_months = fields.Integer(
        string="Gift cards live (months)", default=24, tracking=True, help="From the sale on. 0: for ever."
    )
    gift_scope_id = fields.Many2one(
        comodel_name="loyalty.club.scope",
        string="Gift cards pay for",
        domain="[('club_id', '=', id)]",
        ondelete="restrict",
        help="For cards sold without a batch. Empty: everything in every branch.",
    )
    prepaid_valid_months = fields.Integer(
        string="Prepaid cards live (months)", default=12, tracking=True, help="From the sale on. 0: for ever."
    )
    prepaid_factor = fields.Float(
        string="A prepaid card carries its price times",
        default=10.0,
        digits=(8, 3),
        tracking=True,
        help="A card sold for 10 carries 100 when this is 10.",
    )
    prepaid_scope_id = fields.Many2one(
        comodel_name="loyalty.club.scope",
        string="Prepaid cards pay for",
        domain="[('club_id', '=', id)]",
        ondelete="restrict",
        help="Contracted branches and the share of the ticket that is paid there. Empty: everything in every branch.",
    )
    club_gift_min_days = fields.Integer(related="company_id.club_gift_min_days", readonly=False)
    code_tries = fields.Integer(
        string="Wrong codes per till and user",
        default=5,
        tracking=True,
        help="After so many wrong gift card codes, no code is looked at for a while.",
    )
    code_tries_address = fields.Integer(string="Wrong codes per network address", default=20, tracking=True)
    code_minutes = fields.Integer(string="Within (minutes)", default=15, tracking=True)

    _gift_lives = models.Constraint(
        "CHECK (gift_valid_months >= 0 AND prepaid_valid_months >= 0)", "A card's life is not below zero."
    )
    _prepaid_factor_range = models.Constraint(
        "CHECK (prepaid_factor >= 1)", "A prepaid card carries at least what was paid for it."
    )
    _code_tries_range = models.Constraint(
        "CHECK (code_tries > 0 AND code_tries_address > 0 AND code_minutes > 0)",
        "Wrong codes need a limit above zero.",
    )

    def action_club_make_gift_programs(self):
        for club in self:
            club._club_ensure_program("gift")
            club._club_ensure_program("prepaid")

    def _club_make_program(self, kind):
        """Odoo's preset names one product for all gift card programs; each of the club's programs sells its own."""
        program = super()._club_make_program(kind)
        if kind in ("gift", "prepaid"):
            # who makes a club may make what it sells
            product = (
                self.env["product.product"]
                .sudo()
                .create(
                    {
                        "name": self._club_card_name(kind),
                        "type": "service",
                        "list_price": 50,
                        "taxes_id": [(5, 0, 0)],
                        "supplier_taxes_id": [(5, 0, 0)],
                        "purchase_ok": False,
                    }
                )
            )
            self._club_name_in_languages(product, lambda club: club._club_card_name(kind))
            program.trigger_product_ids = product
            # core would mail its own card, whose code opens nothing
            program.communication_plan_ids.unlink()
        return program

    def _club_card_name(self, kind):
        return {"gift": self.env._("Gift card"), "prepaid": self.env._("Prepaid card")}[kind]

    @api.constrains("gift_valid_months", "prepaid_valid_months", "company_id")
    def _check_club_gift_life(self):
        today = fields.Date.today()
        for club in self:
            for months in (club.gift_valid_months, club.prepaid_valid_months):
                if months:
                    club._club_check_life(today, fields.Date.add(today, months=months))

    def _club_check_life(self, start, end, company=None):
        """Refuse a life of cards from ``start`` up to, not including, ``end`` that the company must not offer."""
        company = (company or self.company_id).sudo()  # its one setting
        least = company.club_gift_min_days
        if least and (end - start).days < least:
            raise ValidationError(
                self.env._(
                    "%(company)s must give gift cards a life of at least %(least)s days; these would live %(days)s. "
                    "Choose a later last day.",
                    company=company.name,
                    least=least,
                    days=(end - start).days,
                )
            )
