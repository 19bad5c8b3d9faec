"""A statement on paper: opening, every posting with the balance after it, closing. All of it from ledger rows."""

from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..tools.text import runs


class ReportClubStatement(models.AbstractModel):
    _name = "report.loyalty_club.report_statement"
    _description = "Statement of a Club Balance"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        accounts = self.env["loyalty.club.account"].browse(docids or data.get("account_ids") or [])
        date_from = fields.Date.to_date(data.get("date_from"))
        date_to = fields.Date.to_date(data.get("date_to"))
        return {
            "doc_ids": accounts.ids,
            "doc_model": accounts._name,
            "docs": accounts,
            "date_from": date_from,
            "date_to": date_to,
            "sheets": self._club_sheets(accounts, date_from, date_to),
            "open_lots": self._club_open_lots(accounts),
            "number": self._club_number,
            "unit": self._club_unit,
            "runs": runs,
        }

    def _club_number(self, account, amount):
        """An amount in the language of the statement, with the decimals of its program."""
        return formatLang(account.env, amount, digits=account.program_id._club_decimals())

    def _club_open_lots(self, accounts):
        """{account id: what is left of its lots, the first to die first}."""
        lots = self.env["loyalty.club.lot"].search([("account_id", "in", accounts.ids), ("remaining", ">", 0)])
        return {account.id: theirs for account, theirs in lots.grouped("account_id").items()}

    def _club_unit(self, account):
        program = account.program_id
        return program.currency_id.name if program.is_payment_program else program.portal_point_name

    @api.model
    def _club_sheets(self, accounts, date_from=None, date_to=None):
        """{account id: {opening, closing, came_in, went_out, postings}}; the period is that of booking.

        Booking days never run backwards along an account's chain, so the running balance always fits; what an offline
        till sends later is listed where it was booked, with the day on which it happened.
        """
        domain = [("account_id", "in", accounts.ids)]
        if date_from:
            domain.append(("entry_id.posted_at", ">=", self._club_instant(date_from)))
        if date_to:
            domain.append(("entry_id.posted_at", "<", self._club_instant(date_to + timedelta(days=1))))
        Posting = self.env["loyalty.club.posting"]
        postings = defaultdict(Posting.browse)
        for posting in Posting.search(domain, order="account_id, seq"):
            postings[posting.account_id.id] |= posting
        openings = self._club_openings(accounts, date_from)
        return {
            account.id: self._club_sheet(openings.get(account.id, 0.0), postings[account.id]) for account in accounts
        }

    def _club_sheet(self, opening, postings):
        changes = postings.mapped("signed_amount")
        return {
            "opening": opening,
            "postings": postings,
            "came_in": sum(change for change in changes if change > 0),
            "went_out": -sum(change for change in changes if change < 0),
            "closing": postings[-1].balance_after if postings else opening,
        }

    def _club_openings(self, accounts, date_from):
        """{account id: balance before the first day}; without one every statement opens at zero."""
        if not date_from:
            return {}
        before = [("account_id", "in", accounts.ids), ("entry_id.posted_at", "<", self._club_instant(date_from))]
        last = self.env["loyalty.club.posting"]._read_group(before, ["account_id"], ["seq:max"])
        wanted = {(account.id, seq) for account, seq in last}
        found = self.env["loyalty.club.posting"].search(
            [
                ("account_id", "in", [account for account, _seq in wanted]),
                ("seq", "in", [seq for _account, seq in wanted]),
            ]
        )
        return {p.account_id.id: p.balance_after for p in found if (p.account_id.id, p.seq) in wanted}

    def _club_instant(self, day):
        """The UTC instant at which ``day`` begins for the reader."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        return zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
