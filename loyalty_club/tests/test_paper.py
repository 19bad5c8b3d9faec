"""Paper and tables: what is printed comes from ledger rows and adds up."""

from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

from freezegun import freeze_time

from odoo.addons.base.models import ir_actions_report as core_reports
from odoo.addons.loyalty_club.report import club_card_report
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestPaper(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "Asia/Tehran"
        cls.member = cls._member(name="علی کریمی")
        cls.account = cls._account(cls.member)
        for day, amount, kind in ((1, 100, "earn"), (5, 30, "redeem"), (9, 50, "earn")):
            with freeze_time(f"2026-03-{day:02d} 10:00:00"):
                cls._post(cls.account, amount, kind, branch_id=cls.branch.id, reason=f"Day {day}")

    def _sheet(self, date_from=None, date_to=None):
        report = self.env["report.loyalty_club.report_statement"]
        data = {"account_ids": self.account.ids, "date_from": date_from, "date_to": date_to}
        return report._get_report_values(None, data)["sheets"][self.account.id]

    def _html(self, name, records, **data):
        return (
            self.env["ir.actions.report"]._render_qweb_html(f"loyalty_club.{name}", records.ids, data=data)[0].decode()
        )

    def test_a_whole_statement_opens_at_zero_and_closes_at_the_balance(self):
        sheet = self._sheet()
        self.assertEqual((sheet["opening"], sheet["closing"]), (0, 120))
        self.assertEqual(sheet["postings"].mapped("balance_after"), [100, 70, 120])
        self.assertEqual((sheet["came_in"], sheet["went_out"]), (150, 30))

    def test_a_period_opens_with_what_was_there_before_it(self):
        sheet = self._sheet("2026-03-05", "2026-03-08")
        self.assertEqual(
            (sheet["opening"], sheet["postings"].mapped("signed_amount"), sheet["closing"]), (100, [-30], 70)
        )

    def test_a_period_without_movements_still_shows_the_balance(self):
        sheet = self._sheet("2026-04-01", "2026-04-30")
        self.assertEqual((sheet["opening"], len(sheet["postings"]), sheet["closing"]), (120, 0, 120))

    def test_days_are_those_of_the_reader(self):
        with freeze_time("2026-03-09 21:00:00"):  # the 10th in Tehran
            self._post(self.account, 5)
        self.assertEqual(self._sheet("2026-03-09", "2026-03-09")["closing"], 120)
        self.assertEqual(self._sheet("2026-03-10", "2026-03-10")["opening"], 120)

    def test_what_an_offline_till_sends_later_does_not_break_the_running_balance(self):
        with freeze_time("2026-03-20 10:00:00"):
            self._post(self.account, 7, occurred_at=datetime(2026, 3, 2))
        self.assertEqual(self._sheet("2026-03-01", "2026-03-09")["closing"], 120)
        late = self._sheet("2026-03-20", "2026-03-20")
        self.assertEqual((late["opening"], late["closing"]), (120, 127))

    def test_the_statement_names_branch_reason_and_amounts(self):
        html = self._html("report_statement", self.account)
        for text in ("Day 5", self.branch.name, ">-30<", ">70<", ">120<", self.member.number):
            self.assertIn(text, html)

    def test_a_persian_member_gets_it_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.member.partner_id.lang = "fa_IR"
        self.assertRegex(self._html("report_statement", self.account), r'class="page"[^>]*dir="rtl"')
        self.assertIn('dir="rtl"', self._html("report_card", self.member.card_ids))

    def test_a_persian_member_reads_gregorian_days(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        english = self._html("report_statement", self.account)
        self.assertIn("03/09/2026", english)
        self.member.partner_id.lang = "fa_IR"
        persian = self._html("report_statement", self.account)
        self.assertIn("1404/12/18", persian)
        self.assertNotIn("2026", persian.split("<table", 2)[2], "the lines")

    def test_paper_joins_what_a_half_space_keeps_apart(self):
        """wkhtmltopdf ignores the sign and would print «نمیشود»."""
        self.env["res.lang"]._activate_lang("fa_IR")
        self.member.partner_id.write({"lang": "fa_IR", "name": "نمی\u200cشود"})
        printed = []

        def run(args):
            printed.extend(Path(arg).read_text() for arg in args if arg.endswith(".html"))
            return CompletedProcess(args, 0, "", "")

        self.patch(core_reports, "_run_wkhtmltopdf", run)
        report = "loyalty_club.action_report_statement"
        self.env["ir.actions.report"].with_context(force_report_rendering=True)._render_qweb_pdf_prepare_streams(
            report, {}, self.account.ids
        )
        self.assertIn("نمی\u200aشود", "".join(printed))
        self.assertNotIn("\u200c", "".join(printed))

    def test_the_statement_form_refuses_what_cannot_be_printed(self):
        wizard = self.env["loyalty.club.statement"].create(
            {"member_id": self.member.id, "date_from": "2026-03-09", "date_to": "2026-03-01"}
        )
        self.assertEqual(wizard.account_ids, self.account)
        with self.assertRaisesRegex(UserError, "first day"):
            wizard.action_print()
        with self.assertRaisesRegex(UserError, "nothing to print"):
            self.env["loyalty.club.statement"].create({"member_id": self._member().id}).action_print()

    def test_a_card_carries_both_codes_the_name_and_the_number(self):
        card = self.member.card_ids
        html = self._html("report_card", card)
        self.assertEqual(html.count("data:image/png;base64,"), 2)
        for text in (card.number_grouped, self.member.name, self.club.name):
            self.assertIn(text, html)

    def test_a_sheet_has_ten_cards_a_page_and_a_limit(self):
        batch = self.env["loyalty.club.card.batch"].create({"name": "B", "club_id": self.club.id, "quantity": 21})
        with self.assertRaisesRegex(UserError, "not made yet"):
            self._html("report_batch_sheet", batch)
        batch.action_make()
        report = self.env["report.loyalty_club.report_batch_sheet"]
        self.assertEqual([len(page) for page in report._get_report_values(batch.ids)["pages"]], [10, 10, 1])
        self.patch(club_card_report, "LARGEST_SHEET", 20)
        with self.assertRaisesRegex(UserError, "at most 20"):
            report._get_report_values(batch.ids)

    def test_the_table_of_movements_agrees_with_the_ledger(self):
        self.env.flush_all()
        groups = self.env["loyalty.club.ledger.report"]._read_group(
            [("account_id", "=", self.account.id)], ["kind"], ["change:sum", "came_in:sum", "went_out:sum", "__count"]
        )
        self.assertEqual(sorted(groups), [("earn", 150, 150, 0, 2), ("redeem", -30, 0, 30, 1)])
        months = self.env["loyalty.club.ledger.report"].formatted_read_group(
            [], ["occurred_at:month", "branch_id"], ["change:sum"]
        )
        self.assertTrue(months)

    def test_the_entry_names_the_document_it_came_from(self):
        entries = (
            self._post(self.account, 1, origin=("res.partner", self.member.partner_id.id))
            | self._post(self.account, 1, origin=("res.partner", 2_000_000_000 - 1))
            | self._post(
                self.account, 1, origin=("not.installed", 5), occurred_at=datetime(2026, 1, 1) + timedelta(days=1)
            )
        )
        self.assertEqual(entries.mapped("origin_name"), [self.member.partner_id.display_name, False, False])
