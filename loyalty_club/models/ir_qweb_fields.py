"""Dates for members: on their pages and papers a Persian reader sees the Jalali calendar.

A template asks for it with the option ``reader_calendar``; dates without it stay as Odoo writes them.
"""

from odoo import api, fields, models

from ..rules.lives import written
from ..rules.wording import is_persian


def reads_jalali(converter, value, options):
    """Whether this date is for a reader whose calendar is Jalali."""
    return bool(value) and options.get("reader_calendar") and is_persian(converter.user_lang().code)


class IrQwebFieldDate(models.AbstractModel):
    _inherit = "ir.qweb.field.date"

    @api.model
    def value_to_html(self, value, options):
        if reads_jalali(self, value, options):
            return written(fields.Date.to_date(value), "jalali")
        return super().value_to_html(value, options)


class IrQwebFieldDatetime(models.AbstractModel):
    _inherit = "ir.qweb.field.datetime"

    @api.model
    def value_to_html(self, value, options):
        if not reads_jalali(self, value, options):
            return super().value_to_html(value, options)
        there = self.with_context(tz=options.get("tz_name") or self.env.context.get("tz"))
        moment = fields.Datetime.context_timestamp(there, fields.Datetime.to_datetime(value))
        day = written(moment.date(), "jalali")
        return day if options.get("date_only") else f"{day} {moment:%H:%M}"
