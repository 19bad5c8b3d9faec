"""Orders, invoices and payments with stored value in the books: entries as tables, and the tie-out at each step."""

from odoo.addons.loyalty_club.tests.books import BooksCase
from odoo.fields import Command
from odoo.tests import tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleBooks(BooksCase, ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.sale_earn_state = "invoiced"
        cls.book = cls._book()
        cls.credit = cls.club.credit_program_id
        cls.top_up = cls.book._club_products()
        cls.account = cls._account(cls.member, cls.credit)
        cls.receivable = cls.company_data["default_account_receivable"].name

    def _register_credit(self, invoice, **values):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        payment = wizard.create({"journal_id": self.book.payment_journal_id.id, **values})._create_payments()
        self._commit()
        return payment

    def _sold(self, price=100):
        order = self._order([(self.top_up, 1, price)])
        order.action_confirm()
        return order, self._invoice(order)

    def test_credit_sold_on_an_order_is_owed_and_no_income(self):
        order, invoice = self._sold()
        self.assertBooks(invoice, [("liability", 0, 100), (self.receivable, 100, 0)])
        self.assertTie(orders=-100)
        self.assertEqual(self.account.balance, 0)
        self._pay(invoice)
        self.assertEqual(self.account.balance, 100)
        self.assertTie()
        self.assertEqual(self._entries(order).mapped("documented"), [True])

    def test_credit_note_of_sold_credit(self):
        _order, invoice = self._sold()
        self._pay(invoice)
        note = self._credit(invoice)
        self.assertBooks(note, [("liability", 100, 0), (self.receivable, 0, 100)])
        self.assertTie()
        self.assertEqual(self.account.balance, 0)

    def test_invoice_paid_with_credit_and_given_back(self):
        _order, top_up = self._sold(70)
        self._pay(top_up)
        order = self._order([(self.goods, 1, 100)])
        order.action_confirm()
        invoice = self._invoice(order)
        payment = self._register_credit(invoice, amount=70)
        self.assertBooks(payment.move_id, [("liability", 70, 0), (self.receivable, 0, 70)])
        self.assertTie()
        self.assertEqual((self.account.balance, invoice.amount_residual), (0, 30))
        payment.action_draft()
        self._commit()
        self.assertTie()
        self.assertEqual(self.account.balance, 70)

    def test_credit_granted_by_an_order_is_charged_by_the_club(self):
        self.credit.rule_ids = [
            Command.create({"club_grants": True, "reward_point_mode": "money", "reward_point_amount": 0.05})
        ]
        order = self._order([(self.goods, 1, 100)])
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertTie(unwritten=5)
        self.book.action_club_post()
        self.assertBooks(self.book.move_ids, [("granted", 5, 0), ("liability", 0, 5)])
        self._credit(invoice)
        self.assertTie(unwritten=-5)
        self.book.action_club_post()
        self.assertTie()
        self.assertEqual(self.book._club_tie()["general"], 0)

    def test_invoice_without_an_order_that_sells_credit_is_found(self):
        """Nobody loads it, so it must not pass unseen."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [Command.create({"product_id": self.top_up.id, "price_unit": 40})],
            }
        )
        invoice.action_post()
        self.assertEqual(self.book._club_tie()["difference"], 40)
        invoice.button_draft()
