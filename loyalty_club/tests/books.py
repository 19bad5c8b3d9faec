"""Tests that look at the accounts: entries as tables that an accountant can read."""

from datetime import date, datetime

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command

from .common import ClubCase


class BooksCase(ClubCase):
    """A mixin: the books of a club, short names of their accounts, and journal items as (account, debit, credit)."""

    @classmethod
    def _book(cls, kind="credit", club=None, company=None):
        """The ready book of a kind of value of the club."""
        cls.env.user.group_ids |= cls.env.ref("loyalty_club.group_club_accountant")
        club = club or cls.club
        club._club_ensure_program(kind)
        return cls.env["loyalty.club.book"]._club_set_up(club, kind, company)

    def _names(self, book):
        """{account: the short name that tests use}."""
        return {
            book.liability_account_id: "liability",
            book.granted_account_id: "granted",
            book.breakage_account_id: "expired",
            book.adjust_account_id: "adjustments",
            book.fee_account_id: "fees",
            book.opening_account_id: "opening",
        }

    def assertBooks(self, moves, expected, book=None):
        """``moves`` have exactly these items: (account, debit, credit); the account by the short name of the book's
        accounts, or by its own name."""
        self.env.flush_all()
        names = self._names(book or self.book)
        found = [
            (names.get(item.account_id, item.account_id.name), round(item.debit, 3), round(item.credit, 3))
            for item in moves.line_ids
        ]
        self.assertEqual(
            sorted(found),
            sorted(expected),
            "\n".join(f"{name:40} {debit:12} {credit:12}" for name, debit, credit in found),
        )

    def assertTie(self, book=None, **parts):
        """Ledger and accounts agree; ``parts`` are what explains that they are not the same, by code."""
        tie = (book or self.book)._club_tie()
        self.assertEqual({part.code: float(part.amount) for part in tie["parts"] if part.amount}, parts)
        self.assertEqual(float(tie["difference"]), 0, tie)
        return tie


class BooksCommon(BooksCase, AccountTestInvoicingCommon):
    """A club in a company with a chart of accounts, its book of credit, and one member."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("loyalty_club.group_club_manager")
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.company_data["company"]
        cls.club = cls._make_club(company_id=cls.company.id, currency_id=cls.company.currency_id.id)
        cls.branch = cls.env["loyalty.club.branch"].create(
            {"club_id": cls.club.id, "name": "Main", "code": "M", "company_id": cls.company.id}
        )
        cls.book = cls._book()
        cls.program = cls.club.credit_program_id
        cls.member = cls._member()
        cls.account = cls._account(cls.member, cls.program)

    def _at(self, day, hour=12):
        return datetime.combine(date.fromisoformat(day), datetime.min.time()).replace(hour=hour)

    def _write(self):
        """Press “Write now”; the new entries."""
        before = self.book.move_ids
        self.book.action_club_post()
        self.book.invalidate_recordset()
        return self.book.move_ids - before

    def _by_hand(self, amount):
        """An entry on the liability account that no club knows of."""
        other = self.company_data["default_account_expense"]
        move = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create({"account_id": other.id, "debit": amount, "credit": 0}),
                    Command.create({"account_id": self.book.liability_account_id.id, "debit": 0, "credit": amount}),
                ]
            }
        )
        move.action_post()
        return move
