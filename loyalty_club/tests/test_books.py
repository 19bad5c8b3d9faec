"""The club's own entries in the accounts: which accounts, which days, exactly once, and the tie-out with the ledger."""

from datetime import date, datetime
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .books import BooksCommon


@tagged("post_install", "-at_install")
class TestBooks(BooksCommon):
    def _at(self, day, hour=12):
        return datetime.combine(date.fromisoformat(day), datetime.min.time()).replace(hour=hour)

    def _write(self):
        """Press “Write now”; the new entries."""
        before = self.book.move_ids
        self.book.action_club_post()
        self.book.invalidate_recordset()
        return self.book.move_ids - before

    # -- what is written -------------------------------------------------------------------------------------------

    def test_granted_credit_is_charged_to_the_account_that_the_club_chose(self):
        sales_deduction = self.company_data["default_account_revenue"].copy({"name": "Sales deductions"})
        self.book.granted_account_id = sales_deduction
        self._post(self.account, 50, branch_id=self.branch.id)
        self.assertBooks(self._write(), [("granted", 50, 0), ("liability", 0, 50)])
        self.assertEqual(self.book.granted_account_id.name, "Sales deductions")
        self.assertTie()

    def test_each_kind_of_entry_on_its_account(self):
        granted = self._post(self.account, 100)
        self._post(self.account, 40)
        granted._club_reverse("test:back", Decimal(30))
        expired = self._post(self.account, 25, "expire", counter="expired")
        expired._club_reverse("test:reinstated", Decimal(5))
        self._post(self.account, 7, "adjust", incoming=True)
        self._post(self.account, 3, "adjust", incoming=False)
        self._post(self.account, 20, "opening")
        self.assertBooks(
            self._write(),
            [
                ("granted", 140, 0),
                ("liability", 0, 140),
                ("granted", 0, 30),
                ("liability", 30, 0),
                ("liability", 25, 0),
                ("expired", 0, 25),
                ("liability", 0, 5),
                ("expired", 5, 0),
                ("adjustments", 7, 0),
                ("liability", 0, 7),
                ("adjustments", 0, 3),
                ("liability", 3, 0),
                ("opening", 20, 0),
                ("liability", 0, 20),
            ],
        )
        self.assertTie()
        self.assertEqual(self.account.balance, 114)

    def test_what_a_document_writes_is_not_written_again(self):
        self._post(self.account, 100, "load", documented=True, origin=("res.partner", self.member.partner_id.id))
        self.assertFalse(self._write())
        self.assertEqual(self.book._club_tie()["difference"], -100, "the document that should have written it did not")
        document = self._by_hand(100)
        self.assertTie()
        document.button_draft()
        self.assertEqual(self.book._club_tie()["difference"], -100)
        document.action_post()

    def test_points_are_not_in_the_accounts(self):
        self._post(self._account(self.member, self.club.points_program_id), 1000)
        self.assertFalse(self._write())
        self.assertTie()

    def test_transfer_between_members_nets_to_nothing(self):
        self._post(self.account, 60)
        self._write()
        other = self._account(self._member(name="Reza"), self.program)
        self._post(self.account, 60, "transfer", incoming=False)
        self._post(other, 60, "transfer", incoming=True)
        self.assertBooks(self._write(), [("adjustments", 0, 0), ("liability", 0, 0)])
        self.assertTie()
        self._post(other, 1, "fee", incoming=False)
        self._post(other, 10, "transfer", incoming=False)
        self._post(self.account, 10, "transfer", incoming=True)
        self.assertBooks(self._write(), [("liability", 1, 0), ("fees", 0, 1)])
        self.assertTie()

    # -- days ------------------------------------------------------------------------------------------------------

    def test_one_entry_per_day_of_the_company(self):
        self.company.partner_id.tz = "Asia/Tehran"
        self._post(self.account, 10, occurred_at=datetime(2026, 3, 20, 20, 29))  # 23:59 in Tehran
        self._post(self.account, 20, occurred_at=datetime(2026, 3, 20, 20, 30))
        self._post(self.account, 5, occurred_at=datetime(2026, 3, 21, 9, 0))
        self.book.first_entry = 0
        moves = self._write().sorted("date")
        self.assertEqual(moves.mapped("date"), [date(2026, 3, 20), date(2026, 3, 21)])
        self.assertBooks(moves[0], [("granted", 10, 0), ("liability", 0, 10)])
        self.assertBooks(moves[1], [("granted", 25, 0), ("liability", 0, 25)])

    def test_locked_days_are_written_on_the_first_open_day(self):
        self._post(self.account, 10, occurred_at=self._at("2026-03-05"))
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        move = self._write()
        self.assertEqual(move.date, date(2026, 4, 1))
        self.assertIn("2026", move.ref)
        self.assertEqual(self.env["loyalty.club.booked"].search([("move_id", "=", move.id)]).day, date(2026, 3, 5))
        self.assertTie()

    def test_the_night_writes_the_days_that_are_over(self):
        with freeze_time("2026-11-20 12:00:00"):
            self._post(self.account, 10, occurred_at=self._at("2026-11-19"))
            self._post(self.account, 20, occurred_at=self._at("2026-11-20", 8))
            with self.enter_registry_test_mode():
                self.env.ref("loyalty_club.ir_cron_book").method_direct_trigger()
            self.assertEqual(self.book.move_ids.mapped("date"), [date(2026, 11, 19)])
            self.assertTie(unwritten=20)

    # -- exactly once ----------------------------------------------------------------------------------------------

    def test_entries_are_written_once_and_later_ones_of_the_day_in_another_entry(self):
        at = self._at("2026-05-05")
        first = self._post(self.account, 10, occurred_at=at)
        move = self._write()
        self.assertFalse(self._write())
        second = self._post(self.account, 4, occurred_at=at)
        later = self._write()
        self.assertBooks(later, [("granted", 4, 0), ("liability", 0, 4)])
        self.assertEqual(first.booked_ids.move_id, move)
        self.assertEqual(second.action_club_open_move()["res_id"], later.id)
        self.assertEqual(self.env["loyalty.club.booked"].search(move.action_club_booked()["domain"]).entry_id, first)

    def test_entry_of_the_club_is_not_changed_reversed_or_deleted_by_hand(self):
        self._post(self.account, 10)
        move = self._write()
        with self.assertRaisesRegex(UserError, "Correct the balance in the club"):
            move.button_draft()
        with self.assertRaisesRegex(UserError, "Correct the balance in the club"):
            move.button_cancel()
        with self.assertRaisesRegex(UserError, "Correct the balance in the club"):
            move._reverse_moves()
        with self.assertRaisesRegex(UserError, "Correct the balance in the club"):
            move.unlink()
        self.assertTie()

    # -- tie-out ---------------------------------------------------------------------------------------------------

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

    def test_entry_by_hand_on_the_liability_is_found(self):
        self._post(self.account, 30)
        self._write()
        move = self._by_hand(12)
        found = self.env["loyalty.club.check"]._club_check()
        self.assertFalse(found["ok"])
        self.assertEqual([failure["invariant"] for failure in found["failures"]], ["books"])
        self.assertIn("unexplained 12", found["failures"][0]["rows"][0][1])
        move.button_draft()
        self.assertTrue(self.env["loyalty.club.check"]._club_check()["ok"])

    def test_comparison_shows_each_part_and_opens_what_is_behind_it(self):
        self._post(self.account, 30)
        self._write()
        waiting = self._post(self.account, 5)
        move = self._by_hand(1)
        tie = self.env["loyalty.club.tie"].browse(self.book.action_club_tie()["res_id"])
        lines = {line.code: line for line in tie.line_ids}
        self.assertEqual(
            {code: line.amount for code, line in lines.items()},
            {"ledger": 35, "unwritten": -5, "expected": 30, "general": 31, "difference": 1},
        )
        self.assertFalse(tie.agrees)
        for line in lines.values():
            action = line.action_open()
            records = self.env[action["res_model"]].search(action["domain"])
            self.assertTrue(records, line.code)
        action = lines["unwritten"].action_open()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), waiting)
        html = self.env["ir.actions.report"]._render_qweb_html("loyalty_club.report_tie", tie.ids)[0].decode()
        self.assertIn("Difference that nothing explains", html)
        move.button_draft()

    def test_payment_that_is_not_posted_yet_explains_a_difference(self):
        self._post(self.account, 80)
        self._write()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.member.partner_id.id,
                "amount": 30,
                "journal_id": self.book.payment_journal_id.id,
            }
        )
        hold = self.account._club_authorise(Decimal(30), "test:payment", branch=self.branch)
        hold._club_capture(branch_id=self.branch.id, origin=("account.payment", payment.id), documented=True)
        self.assertTie(payments=-30)
        payment.action_post()
        self.assertBooks(payment.move_id, [("liability", 30, 0), (payment.destination_account_id.name, 0, 30)])
        self.assertTie()

    def test_refund_by_payment_gives_back_to_the_liability(self):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_id": self.member.partner_id.id,
                "partner_type": "customer",
                "amount": 12,
                "journal_id": self.book.payment_journal_id.id,
            }
        )
        payment.action_post()
        self.assertBooks(payment.move_id, [("liability", 0, 12), (payment.destination_account_id.name, 12, 0)])
        payment.action_draft()

    def test_invoice_paid_with_credit_is_paid(self):
        self._post(self.account, 1000)
        self._write()
        invoice = self.init_invoice("out_invoice", partner=self.member.partner_id, amounts=[100], post=True)
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        payment = wizard.create({"journal_id": self.book.payment_journal_id.id})._create_payments()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(payment.state, "paid")
        self.assertBooks(payment.move_id, [("liability", 100, 0), (payment.destination_account_id.name, 0, 100)])
        if "sale.order" not in self.env:  # the addon for sales takes it from the ledger by itself
            hold = self.account._club_authorise(Decimal(100), "test:payment", branch=self.branch)
            hold._club_capture(branch_id=self.branch.id, origin=("account.payment", payment.id), documented=True)
        self.assertTie()

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
