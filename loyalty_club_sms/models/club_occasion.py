"""Occasions: days on which a club writes to everybody, and the table in which moon-sighted ones are corrected."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.occasions import occasion_day, years_near
from odoo.addons.loyalty_club.tools.holiday_dates import dates_of
from odoo.exceptions import ValidationError

CALENDARS = [("gregorian", "Gregorian"), ("jalali", "Jalali"), ("lunar", "Lunar (Hijri)")]
LONGEST = {"gregorian": 31, "jalali": 31, "lunar": 30}


class LoyaltyClubOccasion(models.Model):
    _name = "loyalty.club.occasion"
    _description = "Occasion"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    calendar = fields.Selection(selection=CALENDARS, required=True, default="gregorian")
    month = fields.Integer(required=True, default=1)
    day = fields.Integer(required=True, default=1)
    country_id = fields.Many2one(
        comodel_name="res.country", help="Whose calendar of holidays knows the announced dates of a lunar occasion."
    )
    holiday = fields.Char(
        string="Name in that calendar", help="The English name in the Python package “holidays”, where it is installed."
    )
    date_ids = fields.One2many(
        comodel_name="loyalty.club.occasion.date", inverse_name="occasion_id", string="Corrected dates"
    )
    next_date = fields.Date(string="Next", compute="_compute_next_date")
    next_source = fields.Selection(
        selection=[
            ("fixed", "Fixed"),
            ("table", "Corrected"),
            ("holidays", "Calendar of holidays"),
            ("sum", "Estimated"),
        ],
        string="Known from",
        compute="_compute_next_date",
        help="Estimated: may differ by a day or two; write the announced date into the table of corrections.",
    )

    @api.constrains("calendar", "month", "day")
    def _check_day(self):
        for occasion in self:
            if not (1 <= occasion.month <= 12 and 1 <= occasion.day <= LONGEST[occasion.calendar]):
                raise ValidationError(
                    self.env._("“%s” needs a month from 1 to 12 and a day that it has.", occasion.name)
                )

    @api.depends("calendar", "month", "day", "holiday", "country_id", "date_ids.date", "date_ids.year")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for occasion in self:
            dates = [occasion._club_date(year) for year in occasion._club_years(today)]
            coming = [pair for pair in dates if pair[0] >= today]
            occasion.next_date, occasion.next_source = min(coming, default=(False, False))

    def _club_years(self, day):
        """Years of the occasion's calendar from the one around ``day`` on, enough to find the next date."""
        years = years_near(self.calendar, day)
        return [*years, years[-1] + 1]

    def _club_date(self, year):
        """(date in ``year`` of the occasion's calendar, where it is known from)."""
        self.ensure_one()
        corrected = self.date_ids.filtered(lambda row: row.year == year and row.date)[:1]
        if corrected:
            return corrected.date, "table"
        estimate = occasion_day(self.calendar, year, self.month, self.day)
        if self.calendar != "lunar":
            return estimate, "fixed"
        known = self._club_known_dates(estimate)
        day = occasion_day(self.calendar, year, self.month, self.day, known)
        return day, "holidays" if day in known else "sum"

    def _club_known_dates(self, near):
        if not self.holiday or not self.country_id:
            return []
        years = {(near - timedelta(days=7)).year, (near + timedelta(days=7)).year}
        return [day for year in years for day in dates_of(self.country_id.code, year).get(self.holiday, ())]

    def _club_year_on(self, day):
        """The year (in the occasion's calendar) whose occasion is on ``day``; None when it is on another day."""
        self.ensure_one()
        years = years_near(self.calendar, day)
        years += [row.year for row in self.date_ids if row.date == day and row.year not in years]
        return next((year for year in years if self._club_date(year)[0] == day), None)


class LoyaltyClubOccasionDate(models.Model):
    _name = "loyalty.club.occasion.date"
    _description = "Corrected Date of an Occasion"
    _order = "date desc"

    occasion_id = fields.Many2one(comodel_name="loyalty.club.occasion", required=True, index=True, ondelete="cascade")
    date = fields.Date(required=True)
    year = fields.Integer(
        compute="_compute_year", store=True, readonly=False, precompute=True, help="In the occasion's own calendar."
    )
    note = fields.Char()

    _year_once = models.Constraint("UNIQUE (occasion_id, year)", "This year of the occasion has a date already.")

    @api.depends("date", "occasion_id.calendar", "occasion_id.month", "occasion_id.day")
    def _compute_year(self):
        for row in self:
            occasion = row.occasion_id
            if row.date and occasion:
                years = years_near(occasion.calendar, row.date)
                row.year = min(
                    years,
                    key=lambda year, row=row, occasion=occasion: abs(
                        occasion_day(occasion.calendar, year, occasion.month, occasion.day) - row.date
                    ),
                )
