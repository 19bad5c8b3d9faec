"""A club that sells stored value and is paid with it: books, products that sell it, payments by short calls."""

from decimal import Decimal

from odoo.addons.loyalty_club.tests.books import BooksCase
from odoo.fields import Command

from .common import ClubSaleCommon


class ClubValueCommon(BooksCase, ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.sale_earn_state = "invoiced"
        cls.books, cls.journals, cls.liabilities = {}, {}, {}
        cls.credit = cls._value_program("credit")
        cls.top_up = cls._sells(cls.credit, "Top-up")

    @classmethod
    def _value_program(cls, kind):
        cls.books[kind] = book = cls._book(kind)
        cls.journals[kind], cls.liabilities[kind] = book.payment_journal_id, book.liability_account_id
        return cls.club._club_program(kind)

    @classmethod
    def _sells(cls, program, name, price=100):
        """A product that sells value of ``program``, without tax, on the liability account."""
        product = cls._goods(name, price, property_account_income_id=cls.liabilities[program.club_kind].id)
        program.trigger_product_ids = [Command.set(product.ids)]
        return product

    def _register(self, invoices, amount=None, kind="credit", **values):
        """Register a payment of ``invoices`` in the club's journal, as the button does."""
        values = {"journal_id": self.journals[kind].id, **({"amount": amount} if amount else {}), **values}
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(values)
        )
        payments = wizard._create_payments()
        self._commit()
        return payments

    def _billed(self, lines=None, partner=None):
        """A posted invoice of a confirmed order of one piece of goods for 100, or of ``lines``."""
        order = self._order(lines or [(self.goods, 1, 100)], partner=partner)
        order.action_confirm()
        return self._invoice(order)

    def _credit_balance(self, member=None):
        return self._balance(member, self.credit)

    def _owed(self, kind="credit"):
        """What the general ledger owes on the liability account of a kind (Decimal, above zero)."""
        items = self.env["account.move.line"].search(
            [("account_id", "=", self.liabilities[kind].id), ("parent_state", "=", "posted")]
        )
        return -sum((Decimal(str(item.balance)) for item in items), Decimal(0))

    def _assert_books(self, payment, expected, kind="credit"):
        """The entry of a payment as an accountant reads it: [(account, debit, credit)] in any order."""
        self.assertBooks(payment.move_id, expected, self.books[kind])
