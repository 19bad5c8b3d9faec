"""The club's own entries in the accounts: which accounts, which days, exactly once, and the tie-out with the ledger."""

from datetime import date, datetime
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .books import BooksCommon


@tagged("post_install", "-at_install")
class TestBooks(BooksCommon):
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

    def test_a_journal_entry_that_is_gone_or_changed_below_odoo_is_not_noticed(self):
        self._post(self.account, 30)
        move = self._write()
        for statement, has in (
            ("DELETE FROM account_move_line WHERE move_id = %s", "nothing"),
            (
                "UPDATE account_move_line SET balance = balance + 1, amount_currency = amount_currency + 1"
                " WHERE move_id = %s",
                "29",
            ),
        ):
            with self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(statement, [move.id])
                found = self.env["loyalty.club.check"]._club_check()["failures"]
                savepoint.rollback()
            self.env.invalidate_all()
            named = {failure["invariant"]: failure["named"][0] for failure in found}
            self.assertEqual(set(named), {"books", "booked"})
            self.assertIn(self.book.display_name, named["books"])
            self.assertRegex(named["booked"], rf"{move.name} of .*the club wrote 30\.?0*, the accounts have {has}")

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

    # -- what is owed ----------------------------------------------------------------------------------------------

    def test_liability_by_kind_of_movement_and_at_a_date(self):
        early, late = self._at("2026-03-01"), self._at("2026-04-01")
        sold = self._post(self.account, 100, "load", occurred_at=early, branch_id=self.branch.id)
        self._post(self.account, 20, occurred_at=early)
        spent = self._post(self.account, 30, "redeem", occurred_at=early)
        spent._club_reverse("test:back", Decimal(10), occurred_at=late)
        sold._club_reverse("test:unsold", Decimal(5), occurred_at=late)
        self._post(self.account, 7, "expire", counter="expired", occurred_at=late)
        self._post(self.account, 2, "adjust", incoming=True, occurred_at=late)

        def totals(*domain):
            columns = ("sold", "granted", "spent", "expired", "other", "owed")
            mine = [("account_id", "=", self.account.id), *domain]
            report = self.env["loyalty.club.liability.report"]
            return report._read_group(mine, aggregates=[f"{name}:sum" for name in columns])[0]

        self.assertEqual(totals(), (95, 20, 20, 7, 2, 90))
        self.assertEqual(totals(("occurred_at", "<", "2026-03-31")), (100, 20, 30, 0, 0, 90))
        self.assertEqual(self.account.balance, 90)
        self._write()
