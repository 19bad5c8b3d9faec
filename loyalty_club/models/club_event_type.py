"""Points for behaviour: a table per club that says which event gives how much, how often, and for how long."""

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..rules.behaviour import Cap
from ..tools.amount import to_amount

#: Events that a club has from the beginning, switched off: code, amount, how often within which period.
SHIPPED = (
    ("profile_complete", 50, 1, "ever"),
    ("survey", 20, 1, "week"),
    ("visit", 5, 1, "day"),
    ("birthday", 100, 1, "year"),
    ("social", 10, 1, "day"),
)
#: What a complete profile may need: the switch on the type, and the field of the contact.
PROFILE = {
    "profile_name": "name",
    "profile_mobile": "phone",
    "profile_email": "email",
    "profile_birth_date": "club_birth_date",
    "profile_gender": "club_gender",
    "profile_education": "club_education",
    "profile_city": "city",
    "profile_street": "street",
    "profile_district": "club_district",
}


class LoyaltyClubEventType(models.Model):
    _name = "loyalty.club.event.type"
    _inherit = ["loyalty.club.limits.mixin", "loyalty.club.guarded.mixin"]
    _description = "Kind of Behaviour"
    _order = "club_id, sequence, id"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True,
        help="By this word other parts of Odoo name the event: letters, digits and underscores. "
        "profile_complete, visit and birthday are noticed by the club itself.",
    )
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, help="Switched off, the event gives nothing.")
    value = fields.Selection(
        selection=[("points", "Points"), ("credit", "Credit")], string="Gives", required=True, default="points"
    )
    amount = fields.Float(digits=(16, 3), required=True, default=10, help="What one event gives.")
    cap_period = fields.Selection(
        selection=[
            ("day", "a day"),
            ("week", "a week"),
            ("month", "a month"),
            ("year", "a year"),
            ("ever", "for ever"),
        ],
        string="Counted within",
        required=True,
        default="day",
        help="Days, weeks, months and years as the calendar of the club's time zone has them.",
    )
    calendar = fields.Selection(
        selection=[("gregorian", "Gregorian"), ("jalali", "Jalali (Solar Hijri)")],
        required=True,
        compute="_compute_calendar",
        store=True,
        readonly=False,
        precompute=True,
        help="In which calendar months, years and birthdays are counted.",
    )
    cap_count = fields.Integer(string="At most, times", default=1, help="0: no limit.")
    cap_amount = fields.Float(string="At most, altogether", digits=(16, 3), help="0: no limit.")
    life_days = fields.Integer(
        string="Ends after (days)",
        help="What the event gives can be spent through this many days after it. 0: as the program says.",
    )
    by_hand = fields.Boolean(string="May be given by hand", help="Officers give it on the member.")
    event_ids = fields.One2many(comodel_name="loyalty.club.event", inverse_name="type_id", readonly=True)
    done_through = fields.Date(
        string="Greeted through", readonly=True, copy=False, help="The last birthday that was looked at."
    )
    profile_name = fields.Boolean(string="Own name", default=True)
    profile_mobile = fields.Boolean(string="Mobile", default=True)
    profile_email = fields.Boolean(string="E-mail")
    profile_birth_date = fields.Boolean(string="Birth date", default=True)
    profile_gender = fields.Boolean(string="Gender")
    profile_education = fields.Boolean(string="Education")
    profile_city = fields.Boolean(string="City", default=True)
    profile_street = fields.Boolean(string="Street")
    profile_district = fields.Boolean(string="District")

    _code_unique = models.Constraint("UNIQUE (club_id, code)", "The club has an event of this code already.")
    _code_form = models.Constraint(
        "CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$')",
        "A code is made of small letters, digits and underscores, and begins with a letter.",
    )
    _amount_positive = models.Constraint("CHECK (amount > 0)", "An event gives more than nothing.")
    _caps = models.Constraint(
        "CHECK (cap_count >= 0 AND cap_amount >= 0 AND life_days >= 0)", "Limits and days are not below zero."
    )

    @api.depends("club_id")
    def _compute_calendar(self):
        for kind in self:
            jalali = kind.club_id.country_id.code in ("IR", "AF")
            kind.calendar = kind.calendar or ("jalali" if jalali else "gregorian")

    @api.constrains("code", *PROFILE)
    def _check_profile(self):
        for kind in self:
            if kind.code == "profile_complete" and not kind._club_profile_fields():
                raise ValidationError(self.env._("Choose at least one field that a complete profile has."))

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        kinds._club_need_program()
        self.env.registry.clear_cache()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if {"value", "active"} & set(vals):
            self._club_need_program()
        if set(vals) - {"done_through"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _club_need_program(self):
        """What is given in credit needs the club's credit program."""
        for kind in self.filtered(lambda kind: kind.active and kind.value == "credit"):
            kind.club_id._club_ensure_program("credit")

    def _club_limits(self):
        return super()._club_limits() | {"cap_count": True, "cap_amount": True}

    def _club_limit_club(self):
        return self.club_id

    def _club_cap(self):
        """The limits as ``rules.behaviour.Cap``."""
        self.ensure_one()
        count, amount = self._club_limit("cap_count"), self._club_limit("cap_amount")
        return Cap(count or None, to_amount(amount, 3) if amount else None)

    def _club_profile_fields(self):
        """Names of the contact's fields that a complete profile of this club has."""
        self.ensure_one()
        return tuple(field for switch, field in PROFILE.items() if self[switch])

    @api.model
    @tools.ormcache()
    def _club_kinds_on(self):
        """{(club id, code): type id} of all events that are switched on; looked at with every sale."""
        return {(kind.club_id.id, kind.code): kind.id for kind in self.sudo().search([])}

    @api.model
    def _club_kind(self, club, code):
        """The event of this code in the club, empty when it has none or it is switched off."""
        return self.sudo().browse(self._club_kinds_on().get((club.id, code), ()))

    @api.model
    def _club_ship(self, clubs):
        """Give new clubs the events that all clubs know, switched off, with their names in every language."""
        names = self._club_shipped_names()
        made = self.create(
            [
                {
                    "club_id": club.id,
                    "sequence": 10 * (rank + 1),
                    "code": code,
                    "name": names[code],
                    "active": False,
                    "amount": amount,
                    "cap_count": count,
                    "cap_period": period,
                    "by_hand": code == "social",
                }
                for club in clubs
                for rank, (code, amount, count, period) in enumerate(SHIPPED)
            ]
        )
        for lang, _name in self.env["res.lang"].get_installed():
            if lang != self.env.lang:
                names = self.with_context(lang=lang)._club_shipped_names()
                for kind in made.with_context(lang=lang):
                    kind.name = names[kind.code]

    def _club_shipped_names(self):
        return {
            "profile_complete": self.env._("Profile completed"),
            "survey": self.env._("Survey answered"),
            "visit": self.env._("Visit"),
            "birthday": self.env._("Birthday"),
            "social": self.env._("Social media"),
        }


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    event_type_ids = fields.One2many(
        comodel_name="loyalty.club.event.type",
        inverse_name="club_id",
        string="Points for behaviour",
        context={"active_test": False},
    )
    event_give_limit = fields.Float(
        string="Giving by hand needs a manager above",
        default=100.0,
        help="What an officer may give a member for his behaviour, in one step.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        self.env["loyalty.club.event.type"].sudo()._club_ship(clubs)  # whoever opens a club gets its settings
        return clubs
