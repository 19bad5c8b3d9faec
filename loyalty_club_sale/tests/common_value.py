"""A club that sells stored value and is paid with it: books, products that sell it, payments by short calls."""

from decimal import Decimal

from odoo.fields import Command

from .common import ClubSaleCommon


class ClubValueCommon(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.sale_earn_state = "invoiced"
        cls.journals, cls.liabilities = {}, {}
        cls.credit = cls._value_program("credit")
        cls.top_up = cls._sells(cls.credit, "Top-up")

    @classmethod
    def _value_program(cls, kind):
        program = cls.club._club_ensure_program(kind)
        cls.liabilities[kind] = cls.env["account.account"].create(
            {"name": f"Owed: {kind}", "code": f"2199{len(cls.liabilities)}", "account_type": "liability_current"}
        )
        journal = cls.env["account.journal"].create(
            {
                "name": f"Club {kind}",
                "code": f"CL{len(cls.liabilities)}",
                "type": "bank",
                "company_id": cls.company.id,
                "club_id": cls.club.id,
                "club_kind": kind,
            }
        )
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        lines.payment_account_id = cls.liabilities[kind]
        cls.journals[kind] = journal
        return program

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

    def _assert_books(self, invoice_or_payment, expected):
        """The entry of a document as an accountant reads it: [(account, debit, credit)] in any order."""
        move = invoice_or_payment if invoice_or_payment._name == "account.move" else invoice_or_payment.move_id
        rows = [(line.account_id, line.debit, line.credit) for line in move.line_ids]
        self.assertCountEqual(rows, expected)
