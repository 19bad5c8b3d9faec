"""Payment journals of a club: what is paid through one is taken from a balance in the ledger."""

from odoo import models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _club_pays(self):
        """{journal: (club, kind of value)} of those journals here that pay with a club's stored value."""
        # whoever posts payments need not see the club's set-up
        Book = self.env["loyalty.club.book"].sudo()
        books = Book.search([("payment_journal_id", "in", self.ids), ("ready", "=", True)])
        return {book.payment_journal_id: (book.club_id, book.kind) for book in books}
