"""Setting up the books: accounts, journals, products, companies, currencies and the opening."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .books import BooksCommon


@tagged("post_install", "-at_install")
class TestBookSetup(BooksCommon):
    # -- companies and currencies ----------------------------------------------------------------------------------

    def test_each_company_writes_what_happened_in_its_branches(self):
        other_company = self.setup_other_company(name="Second")["company"]
        self.env.user.company_ids |= other_company
        self.club.company_ids = self.company | other_company
        self.program.company_id = False
        there = self.env["loyalty.club.branch"].create(
            {"club_id": self.club.id, "name": "There", "code": "T", "company_id": other_company.id}
        )
        book = self._book(company=other_company)
        self.assertEqual(book.liability_account_id.company_ids, other_company)
        self._post(self.account, 50, branch_id=self.branch.id)
        self._post(self.account, 10)  # in no branch: the lead company's
        self._post(self.account, 20, "expire", counter="expired", branch_id=there.id)
        self.assertBooks(self._write(), [("granted", 60, 0), ("liability", 0, 60)])
        book.action_club_post()
        self.assertBooks(book.move_ids, [("liability", 20, 0), ("expired", 0, 20)], book)
        self.assertEqual(book.move_ids.company_id, other_company)
        self.assertTie()
        self.assertTie(book)

    def test_branch_company_has_its_book_on_the_accounts_of_its_root(self):
        shop = self.env["res.company"].create({"name": "Shop", "parent_id": self.company.id})
        self.env.user.company_ids |= shop
        self.env = self.env(context=dict(self.env.context, allowed_company_ids=(self.company | shop).ids))
        branch = self.env["loyalty.club.branch"].create(
            {"club_id": self.club.id, "name": "Shop", "code": "S", "company_id": shop.id}
        )
        book = self.env["loyalty.club.book"]._club_set_up(self.club, "credit", shop)
        self.assertEqual(book.liability_account_id.company_ids, self.company)
        self._post(self.account, 8, branch_id=branch.id)
        book.action_club_post()
        self.assertBooks(book.move_ids, [("granted", 8, 0), ("liability", 0, 8)], book)
        self.assertEqual(book.move_ids.company_id, shop)
        self.assertTie(book)
        self.assertTie()

    def test_club_in_another_currency_than_the_company(self):
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        club = self._make_club(name="Euro", company_id=self.company.id, currency_id=euro.id)
        book = self._book(club=club)
        account = self._account(self._member(club), club.credit_program_id)
        self._post(account, 30)
        book.action_club_post()
        self.assertBooks(book.move_ids, [("granted", 15, 0), ("liability", 0, 15)], book)
        self.assertEqual(book.move_ids.line_ids.currency_id, euro)
        self.assertEqual(sorted(book.move_ids.line_ids.mapped("amount_currency")), [-30, 30])
        self.assertTie(book)

    def test_currencies_without_and_with_three_decimals_are_exact(self):
        for code, digits, amounts, total in (("JPY", 0, (1, 2), 3), ("KWD", 3, ("0.001", "0.002"), 0.003)):
            currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
            currency.write({"active": True, "rounding": 10**-digits})
            club = self._make_club(name=code, company_id=self.company.id, currency_id=currency.id)
            book = self._book(club=club)
            account = self._account(self._member(club), club.credit_program_id)
            for amount in amounts:
                self._post(account, amount)
            book.action_club_post()
            item = book.move_ids.line_ids.filtered(lambda item, book=book: item.account_id == book.liability_account_id)
            self.assertEqual(item.amount_currency, -total, code)
            self.assertTie(book)

    # -- opening ---------------------------------------------------------------------------------------------------

    def test_what_was_there_before_the_book_is_its_opening(self):
        self.club._club_ensure_program("gift")
        program = self.club.gift_program_id
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 0})
        account = self.env["loyalty.club.account"].browse(
            self.env["loyalty.club.account"]._club_for_cards(card)[card.id]
        )
        self._post(account, 100, "load", documented=True, occurred_at=self._at("2025-01-05"))
        self._post(account, 30, "redeem", documented=True, occurred_at=self._at("2025-02-05"))
        with freeze_time("2026-11-20 12:00:00"):
            book = self._book("gift")
            book.action_club_post()
        self.assertEqual(book.move_ids.date, date(2026, 11, 20))
        self.assertBooks(
            book.move_ids,
            [("opening", 100, 0), ("liability", 0, 100), ("opening", 0, 30), ("liability", 30, 0)],
            book,
        )
        self.assertTie(book)

    # -- setting up ------------------------------------------------------------------------------------------------

    def test_setting_up_makes_accounts_journals_and_products_without_tax(self):
        tax = self.company_data["default_tax_sale"]
        self.env.ref("loyalty.gift_card_product_50").taxes_id = tax
        book = self._book("gift")
        self.assertEqual(book.liability_account_id.account_type, "liability_current")
        self.assertFalse(book.liability_account_id.reconcile)
        self.assertEqual(book.granted_account_id, self.book.granted_account_id, "one account for the club's kinds")
        self.assertNotEqual(book.liability_account_id, self.book.liability_account_id)
        self.assertEqual(book.payment_journal_id.type, "bank")
        lines = (
            book.payment_journal_id.inbound_payment_method_line_ids
            | book.payment_journal_id.outbound_payment_method_line_ids
        )
        self.assertEqual(lines.payment_account_id, book.liability_account_id)
        product = book._club_products()
        self.assertTrue(product)
        self.assertFalse(product.sudo().taxes_id & tax, "other companies' taxes are theirs")
        self.assertEqual(product.product_tmpl_id.get_product_accounts()["income"], book.liability_account_id)
        self.assertEqual(self.club._club_book("gift", self.company), book)
        book.action_club_set_up()
        self.assertFalse(book.product_problem)

    def test_product_that_sells_value_takes_no_tax_and_no_other_income_account(self):
        product = self.book._club_products()
        with self.assertRaisesRegex(ValidationError, "bears no tax"), self.env.cr.savepoint():
            product.taxes_id = self.company_data["default_tax_sale"]
        with self.assertRaisesRegex(ValidationError, "Set its income account"), self.env.cr.savepoint():
            product.property_account_income_id = self.company_data["default_account_revenue"]
        taxed = self.env["product.product"].create(
            {"name": "Card", "taxes_id": self.company_data["default_tax_sale"].ids}
        )
        with self.assertRaisesRegex(ValidationError, "bears no tax"):
            self.program.trigger_product_ids = taxed

    def test_gift_and_prepaid_cards_are_not_sold_by_one_product(self):
        self.club._club_ensure_program("gift")
        self.club._club_ensure_program("prepaid")
        gift, prepaid = self._book("gift"), self._book("prepaid")
        self.assertFalse(gift._club_products() & prepaid._club_products())
        self.assertFalse(gift.product_problem or prepaid.product_problem)

    def test_two_kinds_never_share_a_liability(self):
        gift = self._book("gift")
        with self.assertRaisesRegex(ValidationError, "Each kind of value needs its own"):
            self.env["loyalty.club.book"].create(
                {
                    "club_id": self._make_club(
                        name="Other", company_id=self.company.id, currency_id=self.company.currency_id.id
                    ).id,
                    "kind": "credit",
                    "company_id": self.company.id,
                    "liability_account_id": gift.liability_account_id.id,
                }
            )

    def test_book_in_use_keeps_its_liability_account_and_is_not_deleted(self):
        other = self.book.liability_account_id.copy()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            self.book.liability_account_id = other
        with self.assertRaisesRegex(UserError, "in use"):
            self.book.unlink()

    def test_only_accountants_write_and_only_accounting_managers_set_up(self):
        self._post(self.account, 10)
        manager = self._user("manager", company=self.company)
        with self.assertRaises(AccessError):
            self.book.with_user(manager).action_club_post()
        with self.assertRaises(AccessError):
            self.book.with_user(manager).action_club_set_up()
        accountant = self._user("accountant", company=self.company)
        self.book.with_user(accountant).action_club_post()
        self.assertEqual(len(self.book.move_ids), 1)
        self.assertTie()
