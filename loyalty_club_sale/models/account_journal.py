"""Payment journals of a club: what is paid through one is taken from a balance in the ledger."""

from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    club_id = fields.Many2one("loyalty.club")
    club_kind = fields.Char()

    def _club_pays(self):
        """{journal: (club, kind of value)} of those journals here that pay with a club's stored value."""
        return {journal: (journal.club_id.sudo(), journal.club_kind) for journal in self if journal.club_id}


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_payment_book(self, kind, company):
        """(payment journal, liability account) of a kind of value in ``company``; empty ones when there are none."""
        journals = self.env["account.journal"].sudo()
        journal = journals.search(
            [("club_id", "=", self.id), ("club_kind", "=", kind), ("company_id", "=", company.id)], limit=1
        )
        return journal, journal.inbound_payment_method_line_ids[:1].payment_account_id
