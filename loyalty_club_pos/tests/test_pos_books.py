"""What a till session writes into the accounts when stored value is sold and paid with, and that it ties to the ledger.

Field bugs by name: no taxed payment, no cent left over, no sale and use on different accounts, signs of refunds.
"""

from odoo.addons.loyalty_club.tests.books import BooksCase
from odoo.addons.loyalty_club.tools.gift_code import new_code
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_pay import ClubPayCommon


@tagged("post_install", "-at_install")
class TestPosBooks(BooksCase, ClubPayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book = cls._book()
        cls.gift_book = cls._book("gift")
        cls.account = cls._account(cls.member, cls.credit)
        cls.by_credit = cls.methods["credit"]
        for method in cls.methods.values():
            method.receivable_account_id = cls.pos_receivable_bank
        for line in cls.tax_ten.repartition_line_ids.filtered(lambda line: line.repartition_type == "tax"):
            line.account_id = cls.tax_received_account

    def _have(self, amount):
        """Credit that was granted before, in the accounts."""
        self._post(self.account, amount, branch_id=self.branch.id)
        self.book.action_club_post()

    def _close_session(self):
        """Close the session; the entries that it made: (of the sales, of the credit payments)."""
        session = self.pos_session
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        payments = self.env["account.payment"].search([("pos_session_id", "=", session.id)])
        return session.move_id, payments.filtered(lambda pay: pay.pos_payment_method_id == self.by_credit).move_id

    # -- sessions --------------------------------------------------------------------------------------------------

    def test_part_credit_part_cash(self):
        self._have(30)
        self._pay([(self.bread, 5)], {"credit": 20, "cash": 30})
        self.assertTie(sessions=-20)
        sales, paid = self._close_session()
        self.assertBooks(
            sales,
            [
                ("Product Sales", 0, 50),
                ("POS Receivable Bank", 20, 0),
                ("POS Receivable Cash", 30, 0),
            ],
        )
        self.assertBooks(paid, [("liability", 20, 0), ("POS Receivable Bank", 0, 20)])
        self.assertTie()
        self.assertEqual(self.account.balance, 10)

    def test_top_up_is_owed_and_no_income(self):
        self._pay([(self.sold["credit"], 1)], {"cash": 50})
        self.assertTie(sessions=50)
        sales, _paid = self._close_session()
        self.assertBooks(sales, [("liability", 0, 50), ("POS Receivable Cash", 50, 0)])
        self.assertTie()

    def test_row_25_paying_with_credit_takes_nothing_off_the_tax(self):
        self._have(44)
        self._pay([(self.cheese, 1)], {"credit": 44})
        sales, paid = self._close_session()
        self.assertBooks(sales, [("Product Sales", 0, 40), ("Tax Received", 0, 4), ("POS Receivable Bank", 44, 0)])
        self.assertBooks(paid, [("liability", 44, 0), ("POS Receivable Bank", 0, 44)])

    def test_row_27_gift_card_is_sold_and_used_on_one_account(self):
        book = self.gift_book
        card = {"product": self.sold["gift"], "quantity": 1, "price_unit": 100}
        sale = self._pay_order([card | {"price_subtotal": 100, "price_subtotal_incl": 100}], [self._cash(100)])
        code = new_code()
        self._send({**sale, "club_codes": {sale["lines"][0][2]["uuid"]: [code]}})
        payment = self._payment("gift", 30)
        order = self._pay_order([(self.bread, 3)], [payment])
        self.assertEqual(self._start(payment, order, kind="gift", code=code)["status"], "held")
        self._send(order)
        self.assertTie(book, sessions=70)
        sales, _none = self._close_session()
        self.assertBooks(
            sales,
            [
                ("liability", 0, 100),
                ("Product Sales", 0, 30),
                ("POS Receivable Bank", 30, 0),
                ("POS Receivable Cash", 100, 0),
            ],
            book,
        )
        self.assertTie(book)
        self.assertEqual(book._club_tie()["general"], 70)
        self.assertTie(self.book)

    # -- refunds ---------------------------------------------------------------------------------------------------

    def test_refund_goes_back_to_the_liability(self):
        self._have(50)
        order = self._pay([(self.bread, 5)], {"credit": 50})
        self._refund_to(order, {"credit": 20}, {order.lines: 2})
        sales, paid = self._close_session()
        self.assertBooks(
            sales,
            [("Product Sales", 0, 50), ("Product Sales", 20, 0), ("POS Receivable Bank", 30, 0)],
        )
        self.assertBooks(paid, [("liability", 30, 0), ("POS Receivable Bank", 0, 30)])
        self.assertTie()
        self.assertEqual(self.account.balance, 20)

    def test_row_26_more_given_back_than_paid_in_one_session(self):
        self._have(50)
        order = self._pay([(self.bread, 5)], {"credit": 50})
        self._close_session()
        self.open_new_session()
        self._refund_to(order, {"credit": 50})
        self._pay([(self.bread, 1)], {"credit": 10})
        sales, paid = self._close_session()
        self.assertBooks(sales, [("Product Sales", 0, 10), ("Product Sales", 50, 0), ("POS Receivable Bank", 0, 40)])
        self.assertBooks(paid, [("liability", 0, 40), ("POS Receivable Bank", 40, 0)])
        self.assertTie()

    def test_row_26_given_back_and_paid_come_to_nothing(self):
        self._have(50)
        order = self._pay([(self.bread, 5)], {"credit": 50})
        self._refund_to(order, {"credit": 50})
        sales, paid = self._close_session()
        self.assertEqual(
            sum(
                abs(item.balance)
                for item in (sales | paid).line_ids
                if item.account_id == self.book.liability_account_id
            ),
            0,
        )
        self.assertTie()
        self.assertEqual(self.account.balance, 50)

    # -- invoices --------------------------------------------------------------------------------------------------

    def test_invoiced_order_paid_with_credit(self):
        self._have(100)
        order = self._pay([(self.bread, 5)], {"credit": 50}, to_invoice=True)
        self.assertEqual(order.account_move.state, "posted")
        self.assertTie(sessions=-50)
        _sales, paid = self._close_session()
        self.assertBooks(paid, [("liability", 50, 0), ("POS Receivable Bank", 0, 50)])
        self.assertIn(order.account_move.payment_state, ("paid", "in_payment"))
        self.assertTie()

    def test_invoiced_top_up_is_in_the_accounts_before_the_session_closes(self):
        order = self._pay([(self.sold["credit"], 1)], {"cash": 50}, to_invoice=True)
        self.assertEqual(order.account_move.state, "posted")
        self.assertTie()
        self._close_session()
        self.assertTie()

    def test_order_invoiced_after_the_session_was_closed(self):
        self._have(100)
        order = self._pay([(self.bread, 5)], {"credit": 50})
        sold = self._pay([(self.sold["credit"], 1)], {"cash": 50})
        self._close_session()
        order.action_pos_order_invoice()
        sold.action_pos_order_invoice()
        self.assertTie()

    # -- rounding --------------------------------------------------------------------------------------------------

    def test_row_23_no_cent_is_left_when_credit_pays_all(self):
        tax = self.env["account.tax"].create({"name": "Nine", "amount": 9})
        prices = (0.99, 3.33, 7.77, 13.13)
        goods = [self.create_product(f"P{price}", self.categ_basic, price, tax_ids=tax.ids) for price in prices]
        # 9 % of 2.97, 9.99, 23.31 and 39.39: 6.82 line by line, 6.81 of the sum
        for method, total in (("round_per_line", 82.48), ("round_globally", 82.47)):
            self.company.tax_calculation_rounding_method = method
            self._have(total)
            before = self.account.balance
            saved = self._pay([(product, 3) for product in goods], {"credit": total}, amount_total=total)
            self.assertEqual(saved.state, "paid")
            self.assertEqual(round(before - self.account.balance, 2), total)
            sales, paid = self._close_session()
            liability = paid.line_ids.filtered(lambda item: item.account_id == self.book.liability_account_id)
            self.assertEqual(liability.debit, total, method)
            self.assertFalse(self.company.currency_id.compare_amounts(sum(sales.line_ids.mapped("balance")), 0))
            self.assertTie()
            self.open_new_session()

    def test_what_was_paid_with_credit_is_not_counted_differently(self):
        self._have(20)
        self._pay([(self.bread, 2)], {"credit": 20})
        with self.assertRaisesRegex(UserError, "Enter 20.00"), self.env.cr.savepoint():
            self.pos_session.action_pos_session_closing_control(bank_payment_method_diffs={self.by_credit.id: -5})
        self._close_session()
        self.assertTie()

    # -- setting up ------------------------------------------------------------------------------------------------

    def test_book_is_not_opened_while_a_session_has_sold_its_value(self):
        self._pay([(self.sold["credit"], 1)], {"cash": 50})
        self.assertIn("Close the till sessions", self.book._club_open_refusal())
        self._close_session()
        self.assertFalse(self.book._club_open_refusal())
