"""The tie-out: the liability in the general ledger is what the club's ledger says it owes, part by part."""

from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .club_book_job import SIGNED


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is in the club's ledger (+) and not in the accounts yet, or the other way round (-).

    ``model`` and ``ids`` are the records to look at.
    """

    code: str
    label: str
    amount: Decimal
    model: str
    ids: tuple[int, ...]


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    def _club_tie(self):
        """How the accounts and the ledger agree, in the club's currency.

        :return: {"general": liability in the accounts, "ledger": what the club owes, "parts": [Part],
            "difference": what nothing explains; all Decimal and positive when the club owes more}
        """
        self.ensure_one()
        self.env.flush_all()
        general = self._club_general_liability()
        ledger = self._club_ledger_liability()
        parts = [part for part in self._club_tie_parts() if part.amount or part.ids]
        difference = general - (ledger - sum((part.amount for part in parts), Decimal(0)))
        return {"general": general, "ledger": ledger, "parts": parts, "difference": difference}

    def _club_tie_parts(self):
        """What explains a difference between ledger and accounts; channels add their open documents."""
        return [self._club_unwritten_part(), self._club_payment_part(), self._club_invoice_part()]

    def _club_general_liability(self):
        """The liability in the accounts, up to now, in the club's currency."""
        rows = self.env.execute_query(
            SQL(
                """SELECT (-COALESCE(SUM(%(amount)s), 0))::text FROM account_move_line item
                    WHERE item.account_id = %(account)s AND item.company_id = %(company)s
                      AND item.parent_state = 'posted'""",
                amount=self._club_item_amount(),
                account=self.liability_account_id.id,
                company=self.company_id.id,
            )
        )
        return Decimal(rows[0][0])

    def _club_item_amount(self):
        """What a journal item (``item``) carries in the club's currency, debit positive."""
        if self.currency_id == self.company_id.currency_id:
            return SQL("item.balance")
        return SQL("CASE WHEN item.currency_id = %s THEN item.amount_currency ELSE 0 END", self.currency_id.id)

    def _club_ledger_liability(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(%(signed)s), 0)::text
                     FROM loyalty_club_account account
                     JOIN loyalty_club_posting posting ON posting.account_id = account.id
                     JOIN loyalty_club_entry entry ON entry.id = posting.entry_id
                    WHERE account.club_id = %(club)s AND account.kind = %(kind)s AND %(company)s""",
                signed=SIGNED,
                club=self.club_id.id,
                kind=self.kind,
                company=self._club_company_sql(),
            )
        )
        return Decimal(rows[0][0])

    def _club_unwritten_part(self):
        rows = self.env.execute_query(SQL("SELECT entry_id, amount::text FROM (%s) waiting", self._club_waiting()))
        return Part(
            "unwritten",
            self.env._("Entries that the club has not written into the accounts yet"),
            sum((Decimal(amount) for _entry, amount in rows), Decimal(0)),
            "loyalty.club.entry",
            tuple(entry for entry, _amount in rows),
        )

    def _club_documented(self, join, origin, columns=None):
        """Entries whose document writes the accounts, grouped by that document, as a query.

        :param join: SQL that joins the document of ``entry`` and says which ones are meant
        :param origin: model of the documents
        :param columns: SQL of the document that a reader wants (default: its id)
        """
        return SQL(
            """SELECT %(columns)s, SUM(%(signed)s)::text
                 FROM loyalty_club_account account
                 JOIN loyalty_club_posting posting ON posting.account_id = account.id
                 JOIN loyalty_club_entry entry ON entry.id = posting.entry_id
            LEFT JOIN loyalty_club_entry undone ON undone.id = entry.reversal_of_id
                 %(join)s
                WHERE account.club_id = %(club)s AND account.kind = %(kind)s AND %(company)s
                  AND entry.documented AND entry.id > %(first)s AND entry.origin_model = %(origin)s
             GROUP BY %(columns)s ORDER BY %(columns)s""",
            columns=columns or SQL("entry.origin_id"),
            signed=SIGNED,
            join=join,
            club=self.club_id.id,
            kind=self.kind,
            company=self._club_company_sql(),
            first=self.first_entry,
            origin=origin,
        )

    def _club_part_of(self, code, label, model, rows):
        """A part of (record id, signed amount as text) rows."""
        amounts = [(record, Decimal(amount)) for record, amount in rows]
        return Part(
            code,
            label,
            sum((amount for _record, amount in amounts), Decimal(0)),
            model,
            tuple(record for record, amount in amounts if amount),
        )

    def _club_payment_part(self):
        """Payments with stored value that are not posted."""
        join = SQL(
            """JOIN account_payment payment ON payment.id = entry.origin_id AND NOT EXISTS (
                      SELECT FROM account_move move WHERE move.id = payment.move_id AND move.state = 'posted')"""
        )
        return self._club_part_of(
            "payments",
            self.env._("Payments that are not posted yet"),
            "account.payment",
            self.env.execute_query(self._club_documented(join, "account.payment")),
        )

    def _club_invoice_part(self):
        """Invoices that sold cards by themselves and were set back to draft."""
        join = SQL("JOIN account_move move ON move.id = entry.origin_id AND move.state <> 'posted'")
        return self._club_part_of(
            "invoices",
            self.env._("Invoices that are not posted any more"),
            "account.move",
            self.env.execute_query(self._club_documented(join, "account.move")),
        )


class LoyaltyClubCheck(models.AbstractModel):
    _inherit = "loyalty.club.check"

    @api.model
    def _club_check_books(self):
        """The accounts and the ledger agree on what the clubs owe."""
        rows = []
        for book in self.env["loyalty.club.book"].search([("ready", "=", True)]):
            tie = book._club_tie()
            if tie["difference"]:
                parts = ", ".join(f"{part.code} {part.amount}" for part in tie["parts"])
                rows.append(
                    (
                        book.id,
                        f"{book.display_name}: accounts {tie['general']}, ledger {tie['ledger']}, {parts or 'no parts'}"
                        f"; unexplained {tie['difference']}",
                    )
                )
        return "books", "The liability in the accounts is what the ledger says is owed.", rows

    @api.model
    def _club_check_booked(self):
        """Each entry that the club wrote is in a posted move of its book, with its own amount and sign."""
        rows = self.env.execute_query(
            SQL(
                """SELECT move.id, concat_ws(' ', 'move', move.name, 'of', move.date, '(' || move.state || ')',
                          'the club wrote',
                          COALESCE(written.amount::text, 'nothing') || ', the accounts have',
                          COALESCE(item.amount::text, 'nothing'))
                     FROM account_move move
                     JOIN loyalty_club_book book ON book.id = move.club_book_id
                LEFT JOIN (SELECT move_id, SUM(amount) AS amount FROM loyalty_club_booked GROUP BY 1) written
                       ON written.move_id = move.id
                LEFT JOIN (SELECT item.move_id, -SUM(item.amount_currency) AS amount
                             FROM account_move_line item JOIN account_move move ON move.id = item.move_id
                             JOIN loyalty_club_book book ON book.id = move.club_book_id
                            WHERE item.account_id = book.liability_account_id GROUP BY 1) item
                       ON item.move_id = move.id
                    WHERE move.state <> 'posted' OR (written.amount IS DISTINCT FROM item.amount
                          AND book.opening_account_id <> book.liability_account_id)"""
            )
        )
        return "booked", "The club's entries in the accounts are what they were written from.", rows

    def _club_figures(self):
        """Also the kinds of money that are not in the accounts, because they have no book there."""
        rows = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM (
                       SELECT DISTINCT account.club_id, account.kind,
                              COALESCE(entry.company_id, club.company_id) AS company
                         FROM loyalty_club_account account
                         JOIN loyalty_club club ON club.id = account.club_id
                         JOIN loyalty_club_posting posting ON posting.account_id = account.id
                         JOIN loyalty_club_entry entry ON entry.id = posting.entry_id
                        WHERE account.kind IN ('credit', 'gift', 'prepaid')) money
                    WHERE NOT EXISTS (SELECT FROM loyalty_club_book book WHERE book.ready AND book.kind = money.kind
                                         AND book.club_id = money.club_id AND book.company_id = money.company)"""
            )
        )
        return super()._club_figures() | {"kinds of money without a book": rows[0][0]}
