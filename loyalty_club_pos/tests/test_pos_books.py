"""What a till session writes into the accounts when stored value is sold and paid with, and that it ties to the ledger.

Field bugs by name: no taxed payment, no cent left over, no sale and use on different accounts, signs of refunds.
"""

from decimal import Decimal
from itertools import count

from odoo.addons.loyalty_club.tests.books import BooksCase
from odoo.addons.loyalty_club.tools.gift_code import new_code
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosBooks(BooksCase, ClubPosCommon):
    _numbers = count(1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book = cls._book()
        cls.credit = cls.club.credit_program_id
        cls.account = cls._account(cls.member, cls.credit)
        cls.top_up = cls.book._club_products()
        cls.by_credit = cls._method(cls.book, "Credit")
        cls.gift_book = cls._book("gift")
        cls.club.gift_program_id.pos_ok = False  # a till of Odoo alone wants a report to print its own cards with
        cls.by_gift = cls._method(cls.gift_book, "Gift card")
        for line in cls.tax_ten.repartition_line_ids.filtered(lambda line: line.repartition_type == "tax"):
            line.account_id = cls.tax_received_account
        cls.buyer = cls.env["res.partner"].create({"name": "Company buyer"})

    @classmethod
    def _method(cls, book, name):
        """A payment method whose payments debit the liability of ``book``."""
        method = cls.env["pos.payment.method"].create(
            {
                "name": name,
                "journal_id": book.payment_journal_id.id,
                "outstanding_account_id": book.liability_account_id.id,
                "receivable_account_id": cls.pos_receivable_bank.id,
                "company_id": cls.company.id,
            }
        )
        cls.till.payment_method_ids |= method
        return method

    # -- what the till does ----------------------------------------------------------------------------------------

    def _pay(self, lines, credit, account=None, method=None, total=None, **values):
        """An order paid with ``credit`` (and the rest in cash), as the till saves and captures it."""
        account = account or self.account
        order = self._order(lines, partner=values.pop("partner", self.env["res.partner"]), **values)
        total = total or sum(line[2]["price_subtotal_incl"] for line in order["lines"])
        payments = [(method or self.by_credit, credit), (self.cash_pm1, round(total - credit, 3))]
        order["payment_ids"] = [
            (0, 0, {"amount": amount, "name": "2026-01-01 10:00:00", "payment_method_id": pays.id})
            for pays, amount in payments
            if amount
        ]
        order["amount_paid"] = order["amount_total"] = total
        saved = self._send(order)
        if credit > 0:
            hold = account._club_authorise(Decimal(str(credit)), f"till:{next(self._numbers)}", branch=self.branch)
            hold._club_capture(branch_id=self.branch.id, origin=("pos.order", saved.id), documented=True)
        return saved

    def _sell_value(self, product, price, **values):
        """An order that sells ``price`` of value to the member for cash; a card with a code of its own."""
        line = {"product": product, "quantity": 1, "price_unit": price}
        line |= {"price_subtotal": price, "price_subtotal_incl": price}
        order = self._order([line], **values)
        order["payment_ids"] = [
            (0, 0, {"amount": price, "name": "2026-01-01 10:00:00", "payment_method_id": self.cash_pm1.id})
        ]
        order["amount_paid"] = order["amount_total"] = price
        order["club_codes"] = {order["lines"][0][2]["uuid"]: [new_code()]}
        return self._send(order)

    def _bearer(self, program):
        """A card of nobody."""
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 0})
        Account = self.env["loyalty.club.account"]
        return Account.browse(Account._club_for_cards(card)[card.id])

    def _have(self, amount):
        """Credit that was granted before, in the accounts."""
        self._post(self.account, amount, branch_id=self.branch.id)
        self.book.action_club_post()

    def _close(self):
        """Close the session; the entries that it made: (of the sales, of the credit payments)."""
        session = self.pos_session
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        payments = self.env["account.payment"].search([("pos_session_id", "=", session.id)])
        return session.move_id, payments.filtered(lambda pay: pay.pos_payment_method_id == self.by_credit).move_id

    # -- sessions --------------------------------------------------------------------------------------------------

    def test_part_credit_part_cash(self):
        self._have(30)
        self._pay([(self.bread, 5)], credit=20)
        self.assertTie(sessions=-20)
        sales, paid = self._close()
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
        self._sell_value(self.top_up, 50)
        self.assertTie(sessions=50)
        sales, _paid = self._close()
        self.assertBooks(sales, [("liability", 0, 50), ("POS Receivable Cash", 50, 0)])
        self.assertTie()

    def test_row_25_paying_with_credit_takes_nothing_off_the_tax(self):
        self._have(44)
        self._pay([(self.cheese, 1)], credit=44)
        sales, paid = self._close()
        self.assertBooks(sales, [("Product Sales", 0, 40), ("Tax Received", 0, 4), ("POS Receivable Bank", 44, 0)])
        self.assertBooks(paid, [("liability", 44, 0), ("POS Receivable Bank", 0, 44)])

    def test_row_27_gift_card_is_sold_and_used_on_one_account(self):
        book = self.gift_book
        account = self._sell_value(book._club_products(), 100).lines.club_gift_ids.account_id
        self._pay([(self.bread, 3)], credit=30, account=account, method=self.by_gift)
        self.assertTie(book, sessions=70)
        sales, _none = self._close()
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

    def _refund_to_credit(self, order, amount):
        """Goods of ``order`` come back and ``amount`` goes back to the credit that paid."""
        lines = [
            {
                "product": line.product_id,
                "quantity": -line.qty * amount / order.amount_total,
                "price_unit": line.price_unit,
                "price_subtotal": -line.price_subtotal * amount / order.amount_total,
                "price_subtotal_incl": -line.price_subtotal_incl * amount / order.amount_total,
                "refunded_orderline_id": line.id,
            }
            for line in order.lines
        ]
        refund = self._pay(lines, credit=-amount, is_refund=True, partner=order.partner_id)
        spent = self._entries(order).filtered(lambda entry: entry.kind == "redeem")
        spent._club_reverse(
            f"till:{next(self._numbers)}", Decimal(str(amount)), origin=("pos.order", refund.id), documented=True
        )
        return refund

    def test_refund_goes_back_to_the_liability(self):
        self._have(50)
        order = self._pay([(self.bread, 5)], credit=50)
        self._refund_to_credit(order, 20)
        sales, paid = self._close()
        self.assertBooks(
            sales,
            [("Product Sales", 0, 50), ("Product Sales", 20, 0), ("POS Receivable Bank", 30, 0)],
        )
        self.assertBooks(paid, [("liability", 30, 0), ("POS Receivable Bank", 0, 30)])
        self.assertTie()
        self.assertEqual(self.account.balance, 20)

    def test_row_26_more_given_back_than_paid_in_one_session(self):
        self._have(50)
        order = self._pay([(self.bread, 5)], credit=50)
        self._close()
        self.open_new_session()
        self._refund_to_credit(order, 50)
        self._pay([(self.bread, 1)], credit=10)
        sales, paid = self._close()
        self.assertBooks(sales, [("Product Sales", 0, 10), ("Product Sales", 50, 0), ("POS Receivable Bank", 0, 40)])
        self.assertBooks(paid, [("liability", 0, 40), ("POS Receivable Bank", 40, 0)])
        self.assertTie()

    def test_row_26_given_back_and_paid_come_to_nothing(self):
        self._have(50)
        order = self._pay([(self.bread, 5)], credit=50)
        self._refund_to_credit(order, 50)
        sales, paid = self._close()
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
        order = self._pay([(self.bread, 5)], credit=50, partner=self.buyer, to_invoice=True)
        self.assertEqual(order.account_move.state, "posted")
        self.assertTie(sessions=-50)
        _sales, paid = self._close()
        self.assertBooks(paid, [("liability", 50, 0), ("POS Receivable Bank", 0, 50)])
        self.assertIn(order.account_move.payment_state, ("paid", "in_payment"))
        self.assertTie()

    def test_invoiced_top_up_is_in_the_accounts_before_the_session_closes(self):
        order = self._sell_value(self.top_up, 50, to_invoice=True)
        self.assertEqual(order.account_move.state, "posted")
        self.assertTie()
        self._close()
        self.assertTie()

    def test_order_invoiced_after_the_session_was_closed(self):
        self._have(100)
        order = self._pay([(self.bread, 5)], credit=50, partner=self.buyer)
        sold = self._sell_value(self.top_up, 50)
        self._close()
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
            saved = self._pay([(product, 3) for product in goods], credit=total, total=total)
            self.assertEqual(saved.state, "paid")
            self.assertEqual(round(before - self.account.balance, 2), total)
            sales, paid = self._close()
            liability = paid.line_ids.filtered(lambda item: item.account_id == self.book.liability_account_id)
            self.assertEqual(liability.debit, total, method)
            self.assertFalse(self.company.currency_id.compare_amounts(sum(sales.line_ids.mapped("balance")), 0))
            self.assertTie()
            self.open_new_session()

    def test_what_was_paid_with_credit_is_not_counted_differently(self):
        self._have(20)
        self._pay([(self.bread, 2)], credit=20)
        with self.assertRaisesRegex(UserError, "Enter 20.00"), self.env.cr.savepoint():
            self.pos_session.action_pos_session_closing_control(bank_payment_method_diffs={self.by_credit.id: -5})
        self._close()
        self.assertTie()

    # -- setting up ------------------------------------------------------------------------------------------------

    def test_book_is_not_opened_while_a_session_has_sold_its_value(self):
        account = self._bearer(self.club._club_ensure_program("prepaid"))
        order = self._sell([(self.bread, 1)], partner=self.env["res.partner"])
        self._post(account, 10, "load", documented=True, origin=("pos.order", order.id), branch_id=self.branch.id)
        with self.assertRaisesRegex(UserError, "Close the till sessions"), self.env.cr.savepoint():
            self._book("prepaid")
