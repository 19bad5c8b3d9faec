"""Occasions: days on which a club writes to everybody, and the table in which moon-sighted ones are corrected."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.occasions import occasion_day, occasion_year
from odoo.exceptions import ValidationError

from ..rules.holiday_dates import feast_year, feasts_near, feasts_of, is_known

CALENDARS = [("gregorian", "Gregorian"), ("jalali", "Jalali"), ("holidays", "Public holidays of a country")]


class LoyaltyClubOccasion(models.Model):
    _name = "loyalty.club.occasion"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Occasion"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    calendar = fields.Selection(
        selection=CALENDARS,
        required=True,
        default="gregorian",
        help="Feasts by the moon (Eids, Mother's Day in Iran …) come from the public holidays of a country.",
    )
    month = fields.Integer(required=True, default=1)
    day = fields.Integer(required=True, default=1)
    country_id = fields.Many2one(
        comodel_name="res.country",
        default=lambda self: self.env.company.country_id,
        help="Whose public holidays. A club in another country that has the holiday too takes its own country's date.",
    )
    holiday = fields.Char(string="Public holiday", help="Its English name, as in the list.")
    days_after = fields.Integer(
        string="Days after",
        help="So many days after that holiday; before it, if negative. Mother's Day in Iran, which is no public "
        "holiday, is 17 days after the martyrdom of Fatima.",
    )
    known_holidays = fields.Text(compute="_compute_known_holidays")
    date_ids = fields.One2many(
        comodel_name="loyalty.club.occasion.date", inverse_name="occasion_id", string="Corrected dates"
    )
    next_date = fields.Date(string="Next", compute="_compute_next_date")
    next_source = fields.Selection(
        selection=[
            ("fixed", "Fixed"),
            ("table", "Corrected"),
            ("holidays", "Calendar of holidays"),
            ("estimated", "Estimated"),
        ],
        string="Known from",
        compute="_compute_next_date",
        help="Estimated: may differ by a day or two; write the announced date into the table of corrections.",
    )

    @api.constrains("calendar", "month", "day")
    def _check_day(self):
        for occasion in self.filtered(lambda one: one.calendar != "holidays"):
            if not (1 <= occasion.month <= 12 and 1 <= occasion.day <= 31):
                raise ValidationError(
                    self.env._("“%s” needs a month from 1 to 12 and a day that it has.", occasion.name)
                )

    @api.constrains("calendar", "country_id", "holiday")
    def _check_holiday(self):
        for occasion in self.filtered(lambda one: one.calendar == "holidays"):
            if not occasion.country_id:
                raise ValidationError(self.env._("“%s” needs a country whose holiday it is.", occasion.name))
            if not is_known(occasion.country_id.code, occasion.holiday):
                raise ValidationError(
                    self.env._(
                        "%(country)s has no public holiday “%(holiday)s”. Choose one of: %(known)s",
                        country=occasion.country_id.name,
                        holiday=occasion.holiday or "",
                        known=occasion.known_holidays or self.env._("(its holidays are not known)"),
                    )
                )

    @api.depends("country_id")
    def _compute_known_holidays(self):
        year = fields.Date.context_today(self).year
        for occasion in self:
            code = occasion.country_id.code
            occasion.known_holidays = ", ".join(sorted(feasts_of(code, year))) if code else False

    @api.depends("calendar", "month", "day", "holiday", "days_after", "country_id", "date_ids.date", "date_ids.year")
    @api.depends_context("company")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for occasion in self:
            coming = [pair for _year, *pair in occasion._club_dates(today, self.env.company.country_id)]
            coming = [pair for pair in coming if pair[0] >= today]
            occasion.next_date, occasion.next_source = min(coming, default=(False, False))

    def _club_dates(self, day, country=None):
        """[(year, date, where it is known from)] of the years around ``day``, for a club in ``country``."""
        self.ensure_one()
        corrected = {row.year: row.date for row in self.date_ids if row.date}
        if self.calendar == "holidays":
            dates = self._club_holiday_dates(day, country)
        else:
            this = occasion_year(self.calendar, day)
            dates = [
                (year, occasion_day(self.calendar, year, self.month, self.day), "fixed")
                for year in (this - 1, this, this + 1)
            ]
        return [
            (year, corrected[year], "table") if year in corrected else (year, date, source)
            for year, date, source in dates
        ]

    def _club_holiday_dates(self, day, country):
        code = self._club_country_code(country)
        if not code:
            return []
        after = timedelta(days=self.days_after)
        return [
            (
                feast_year(code, self.holiday, feast.day),
                feast.day + after,
                "estimated" if feast.is_estimated else "holidays",
            )
            for feast in feasts_near(code, self.holiday, day - after)
        ]

    def _club_country_code(self, country=None):
        """The country whose calendar counts: the club's own if it has the holiday, else the occasion's; or None."""
        codes = [one.code for one in (country, self.country_id) if one]
        return next((code for code in codes if is_known(code, self.holiday)), None)

    def _club_year_of(self, day, country=None):
        """The year to which an occasion on ``day`` belongs, if it has one about then."""
        if self.calendar != "holidays":
            return occasion_year(self.calendar, day)
        code = self._club_country_code(country)
        return feast_year(code, self.holiday, day - timedelta(days=self.days_after)) if code else day.year

    def _club_year_on(self, day, country=None):
        """The year whose occasion is on ``day`` for a club in ``country``; None when it is on another day."""
        self.ensure_one()
        corrected = next((row.year for row in self.date_ids if row.date == day), None)
        dates = self._club_dates(day, country)
        return corrected or next((year for year, date, _source in dates if date == day), None)


class LoyaltyClubOccasionDate(models.Model):
    _name = "loyalty.club.occasion.date"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Corrected Date of an Occasion"
    _order = "date desc"

    occasion_id = fields.Many2one(comodel_name="loyalty.club.occasion", required=True, index=True, ondelete="cascade")
    date = fields.Date(required=True)
    year = fields.Integer(
        compute="_compute_year",
        store=True,
        readonly=False,
        precompute=True,
        help="In the occasion's own calendar; of a feast by the moon the lunar year.",
    )
    note = fields.Char()

    _year_once = models.Constraint("UNIQUE (occasion_id, year)", "This year of the occasion has a date already.")

    @api.depends("date", "occasion_id.calendar", "occasion_id.month", "occasion_id.day", "occasion_id.holiday")
    def _compute_year(self):
        for row in self.filtered(lambda one: one.date and one.occasion_id):
            row.year = row._club_nearest_year()

    def _club_nearest_year(self):
        """The year whose date, as the calendars have it, is nearest to this one."""
        occasion = self.occasion_id
        if occasion.calendar == "holidays":
            return occasion._club_year_of(self.date)
        this = occasion_year(occasion.calendar, self.date)
        return min(
            (this - 1, this, this + 1),
            key=lambda year: abs(occasion_day(occasion.calendar, year, occasion.month, occasion.day) - self.date),
        )
