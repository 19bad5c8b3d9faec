"""Automations by the calendar: birthdays, anniversaries, occasions, ends of value, absence; late and failing jobs."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .automations import AutomationCase

LOGGER = "odoo.addons.loyalty_club_sms.models.club_automation_due"


@tagged("post_install", "-at_install")
class TestAutomationDue(AutomationCase):
    """The club is in Tehran: UTC +3:30, and +4:30 in the summers until 2022."""

    def on(self, code, since, **values):
        """Switch an automation on at the instant ``since``."""
        with freeze_time(since):
            return self.automation(code, **values)

    def run_at(self, at):
        with freeze_time(at):
            self.job()

    def told(self, automation):
        return self.messages(automation).member_id

    # -- birthdays and anniversaries -------------------------------------------------------------------------------

    def test_a_birthday_is_greeted_once_at_its_hour(self):
        sara = self.person(born=date(1990, 11, 22))
        self.person(name="Other", born=date(1990, 11, 23))
        automation = self.on("birthday", "2026-11-01", hour=9, calendar="gregorian")
        for at in ("2026-11-22 05:00", "2026-11-22 05:29"):
            self.run_at(at)
            self.assertFalse(self.told(automation))
        for at in ("2026-11-22 05:30", "2026-11-22 06:30", "2026-11-22 10:00"):
            self.run_at(at)
            self.assertEqual(self.told(automation), sara)
        self.assertEqual(self.text(self.messages(automation)), "Happy birthday, Sara! Bazaar")

    def test_a_birthday_is_told_days_before_over_the_end_of_a_year(self):
        sara = self.person(born=date(1990, 1, 2))
        automation = self.on("birthday", "2026-12-01", hour=9, days=3, calendar="gregorian")
        automation.template_id.body = "{name} is {years} in {days} days, on {feast}"
        self.run_at("2026-12-30 09:00")
        self.assertEqual(self.told(automation), sara)
        self.assertEqual(self.text(self.messages(automation)), "Sara is 37 in 3 days, on 01/02/2027")

    def test_leap_days_of_both_calendars_are_celebrated_every_year(self):
        gregorian = self.person(name="G", born=date(2000, 2, 29))
        jalali = self.person(name="J", born=date(2025, 3, 20))  # 30 Esfand 1403
        automation = self.on("birthday", "2026-01-01", hour=9, calendar="gregorian")
        self.run_at("2026-02-28 09:00")
        self.assertEqual(self.told(automation), gregorian)
        automation = self.on("wedding", "2026-01-01", hour=9, calendar="jalali")
        jalali.partner_id.club_wedding_date = date(2025, 3, 20)
        self.run_at("2026-03-20 09:00")  # 29 Esfand 1404
        self.assertEqual(self.told(automation), jalali)

    def test_the_hour_is_that_of_the_clubs_clock_around_daylight_saving(self):
        self.club.company_id.partner_id.tz = "Europe/Berlin"
        for born in (date(1990, 3, 28), date(1990, 3, 29), date(1990, 3, 30)):
            self.person(name=str(born), born=born)
        automation = self.on("birthday", "2026-03-01", hour=2.5, calendar="gregorian", valid_hours=6)
        found = []
        for at in ("2026-03-28 01:30", "2026-03-29 01:29", "2026-03-29 01:30", "2026-03-30 00:30"):
            self.run_at(at)
            found.append(len(self.told(automation)))
        self.assertEqual(found, [1, 1, 2, 3])

    def test_a_corrected_birth_date_or_another_number_of_days_greets_nobody_twice(self):
        sara = self.person(born=date(1990, 11, 22))
        automation = self.on("birthday", "2026-11-01", hour=9, calendar="gregorian")
        self.run_at("2026-11-22 06:00")
        sara.partner_id.club_birth_date = date(1990, 11, 23)
        self.run_at("2026-11-23 06:00")
        sara.partner_id.club_birth_date = date(1990, 11, 26)
        automation.days = 2
        self.run_at("2026-11-24 06:00")
        self.assertEqual(len(self.messages(automation)), 1)

    def test_only_active_members_of_the_condition_in_this_club(self):
        born = date(1990, 11, 22)
        blocked, other = self.person(name="B", born=born), self.person(name="O", born=born)
        sara = self.person(born=born)
        blocked.sudo().state = "blocked"
        self.person(name="Elsewhere", club=self._make_club(name="Other"), born=born)
        automation = self.on(
            "birthday", "2026-11-01", hour=9, calendar="gregorian", domain=f"[('id', '!=', {other.id})]"
        )
        self.run_at("2026-11-22 06:00")
        self.assertEqual(self.told(automation), sara)

    # -- late, failing, again --------------------------------------------------------------------------------------

    def test_a_late_job_sends_what_is_still_true(self):
        today, yesterday = self.person(born=date(1990, 11, 22)), self.person(name="Y", born=date(1990, 11, 21))
        automation = self.on("birthday", "2026-11-01", hour=9, calendar="gregorian", valid_hours=12)
        self.run_at("2026-11-22 10:00")
        self.assertEqual(self.told(automation), today)
        self.assertEqual(self.messages(automation).not_after, datetime(2026, 11, 22, 17, 30))
        self.assertNotIn(yesterday, self.told(automation))

    def test_nothing_of_before_it_was_switched_on(self):
        self.person(born=date(1990, 11, 22))
        automation = self.on("birthday", "2026-11-22 06:00", hour=9, calendar="gregorian", valid_hours=30)
        self.run_at("2026-11-22 07:00")
        self.assertFalse(self.told(automation))

    def test_one_that_fails_says_so_and_does_not_stop_the_others(self):
        sara = self.person(born=date(1990, 11, 22))
        sara.partner_id.club_wedding_date = date(2015, 11, 22)
        birthday = self.on("birthday", "2026-11-01", hour=9, calendar="gregorian")
        wedding = self.on("wedding", "2026-11-01", hour=9, calendar="gregorian")
        birthday.flush_recordset()
        # somebody has changed the condition around the screens
        self.env.cr.execute(
            'UPDATE loyalty_club_automation SET domain = \'[("gone", "=", 1)]\' WHERE id = %s', [birthday.id]
        )
        self.env.invalidate_all()
        with self.assertLogs(LOGGER, "ERROR"):
            self.run_at("2026-11-22 06:00")
        self.assertEqual((self.told(birthday), self.told(wedding)), (sara.browse(), sara))
        self.assertTrue(birthday.failure)
        birthday.domain = "[]"
        self.run_at("2026-11-22 08:00")
        self.assertEqual(self.told(birthday), sara, "the next run makes up for it")
        self.assertFalse(birthday.failure)

    def test_a_run_that_is_cut_off_is_taken_up_again(self):
        people = [self.person(name=f"M{number}", born=date(1990, 11, 22)) for number in range(5)]
        automation = self.on("birthday", "2026-11-01", hour=9, calendar="gregorian")
        with (
            patch("odoo.addons.loyalty_club_sms.models.club_automation_due.AT_ONCE", 2),
            patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_more: 0),
            freeze_time("2026-11-22 06:00"),
        ):
            self.assertFalse(automation._club_run())
            self.assertEqual(len(self.told(automation)), 2)
            self.assertFalse(automation.done_until)
        self.run_at("2026-11-22 07:00")
        self.assertEqual(len(self.messages(automation)), len(people))

    # -- ends of value ---------------------------------------------------------------------------------------------

    def test_points_and_credit_about_to_end_are_told_in_one_message(self):
        sara = self.person("fa_IR", "سارا")
        self.automation("joined").active = False
        end, later = datetime(2026, 11, 29, 20, 30), datetime(2026, 12, 29, 20, 30)  # 8 Azar, midnight
        with freeze_time("2026-11-01"):
            for amount, ends in ((200, end), (50, end), (70, later)):
                lots = (NewLot(Decimal(amount), None, None, ends),)
                self._post(self._account(sara), amount, new_lots=lots)
            self._post(self._account(sara, self.credit), 90000, new_lots=(NewLot(Decimal(90000), None, None, end),))
        automation = self.on("expiring", "2026-11-10", days=7, hour=11)
        self.run_at("2026-11-21 08:00")
        self.assertFalse(self.told(automation))
        self.run_at("2026-11-22 08:00")
        message = self.messages(automation)
        self.assertEqual(message.member_id, sara)
        text = self.text(message)
        self.assertIn("۲۵۰ امتیاز شما تا ۱۴۰۵/۰۹/۰۸", text)
        self.assertIn("۹٬۰۰۰ تومان تا ۱۴۰۵/۰۹/۰۸", text)
        self.run_at("2026-11-23 08:00")
        self.assertEqual(self.messages(automation), message)

    def test_what_was_spent_in_the_meantime_is_not_told(self):
        sara = self.person()
        with freeze_time("2026-11-01"):
            end = datetime(2026, 11, 29, 20, 30)
            self._post(self._account(sara), 200, new_lots=(NewLot(Decimal(200), None, None, end),))
            self._post(self._account(sara), 200, "redeem")
        automation = self.on("expiring", "2026-11-10", days=7, hour=11)
        self.run_at("2026-11-22 08:00")
        self.assertFalse(self.told(automation))

    # -- absence ---------------------------------------------------------------------------------------------------

    def test_who_was_not_here_for_days_is_written_to_once_for_each_absence(self):
        with freeze_time("2026-01-01"):
            sara, leila = self.person(), self.person(name="Leila")
            (sara | leila).sudo().write({"joined_at": datetime(2026, 1, 1, 12)})
        self.visit(sara, "2026-05-01 12:00")
        self.visit(sara, "2026-06-01 12:00")
        self.visit(leila, "2026-06-01 12:00")
        self.visit(leila, "2026-06-20 12:00")
        automation = self.on("inactive", "2026-06-02", days=30, hour=10)
        self.run_at("2026-06-30 12:00")
        self.assertFalse(self.told(automation))
        self.run_at("2026-07-01 12:00")
        self.assertEqual(self.told(automation), sara)
        self.run_at("2026-07-02 12:00")
        self.visit(sara, "2026-08-01 12:00")
        self.run_at("2026-08-31 12:00")
        self.assertEqual(len(self.messages(automation).filtered(lambda message: message.member_id == sara)), 2)

    def visit(self, member, at):
        at = datetime.fromisoformat(at)
        self._post(self._account(member), 1, occurred_at=at, origin=("test.order", 1), branch_id=self.branch.id)

    # -- occasions -------------------------------------------------------------------------------------------------

    def test_nowruz_is_told_before_and_in_each_language(self):
        occasion = self.env.ref("loyalty_club_sms.occasion_nowruz")
        occasion.with_context(lang="fa_IR").name = "نوروز"
        sara, leila = self.person(), self.person("fa_IR", "لیلا")
        automation = self.on("occasion", "2026-03-01", occasion_id=occasion.id, days=1, hour=10)
        self.run_at("2026-03-20 12:00")
        texts = {message.member_id: self.text(message) for message in self.messages(automation)}
        self.assertEqual(texts[sara], "Sara, happy Nowruz! Bazaar")
        self.assertEqual(texts[leila], "لیلا عزیز، نوروز بر شما مبارک! بازار")

    def test_a_moon_sighted_day_is_corrected_and_told_once(self):
        occasion = self.env.ref("loyalty_club_sms.occasion_eid_fitr")
        sara = self.person()
        automation = self.on("occasion", "2026-03-01", occasion_id=occasion.id, days=0, hour=10)
        with freeze_time("2026-03-01"):
            self.assertEqual((occasion.next_date, occasion.next_source), (date(2026, 3, 21), "estimated"))
            row = self.env["loyalty.club.occasion.date"].create({"occasion_id": occasion.id, "date": date(2026, 3, 20)})
            self.assertEqual(row.year, 1447)
            occasion.invalidate_recordset()
            self.assertEqual((occasion.next_date, occasion.next_source), (date(2026, 3, 20), "table"))
        self.run_at("2026-03-20 12:00")
        self.assertEqual(self.told(automation), sara)
        row.unlink()
        self.run_at("2026-03-21 12:00")
        self.assertEqual(len(self.messages(automation)), 1, "moved after it was told")
        self.run_at("2027-03-10 12:00")
        self.assertEqual(len(self.messages(automation)), 2, "the next year is another one")

    def test_an_occasion_that_is_no_public_holiday_is_counted_from_one(self):
        occasion = self.env.ref("loyalty_club_sms.occasion_mothers_day")
        automation = self.on("occasion", "2024-12-01", occasion_id=occasion.id, days=0, hour=10)
        sara = self.person()
        self.run_at("2024-12-21 12:00")
        self.assertFalse(self.told(automation))
        self.run_at("2024-12-22 12:00")
        self.assertEqual(self.told(automation), sara)

    def test_a_club_keeps_the_feast_of_its_own_country(self):
        occasion = self.env.ref("loyalty_club_sms.occasion_eid_fitr")
        turkey, germany = self.env.ref("base.tr"), self.env.ref("base.de")
        feasts = [occasion._club_year_on(date(2026, 3, day), turkey) for day in (20, 21)]
        self.assertEqual(feasts, [1447, None], "a day earlier than Iran")
        feasts = [occasion._club_year_on(date(2026, 3, day), germany) for day in (20, 21)]
        self.assertEqual(feasts, [None, 1447], "which has no such holiday takes the occasion's country")

    def test_a_holiday_that_the_country_does_not_have_is_refused_with_those_it_has(self):
        occasion = self.env.ref("loyalty_club_sms.occasion_eid_fitr")
        with self.assertRaisesRegex(ValidationError, "Eid al-Fitr"):
            occasion.holiday = "Eid al-Fitt"
        with self.assertRaises(ValidationError):
            occasion.country_id = False

    def test_every_occasion_that_comes_with_the_club_has_a_next_date(self):
        occasions = self.env["loyalty.club.occasion"].search([])
        self.assertGreater(len(occasions), 10)
        with freeze_time("2026-11-22"):
            occasions.invalidate_recordset()
            self.assertEqual(occasions.filtered(lambda one: not one.next_date).mapped("name"), [])
            late = occasions.filtered(lambda one: one.next_date > date(2027, 11, 23))
            self.assertEqual(late.mapped("name"), [])

    def test_an_occasion_without_a_day_is_refused(self):
        with self.assertRaises(ValidationError):
            self.env["loyalty.club.occasion"].create({"name": "Never", "month": 13, "day": 1})
        automation = self.Automation.search([("club_id", "=", self.club.id), ("trigger_code", "=", "occasion")])
        automation.occasion_id = False
        with self.assertRaises(ValidationError):
            automation.active = True

    def test_thousands_are_queued_by_a_fixed_number_of_queries(self):
        occasion = self.env.ref("loyalty_club_sms.occasion_nowruz")
        automation = self.on("occasion", "2026-03-01", occasion_id=occasion.id, days=0, hour=10)
        people = [self.person(name=f"M{number}") for number in range(3)]

        def queries(at):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            with freeze_time(at), patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 99):
                automation._club_run()
            return self.env.cr.sql_log_count - before

        few = queries("2026-03-21 12:00")
        people += [self.person(name=f"N{number}") for number in range(20)]
        self.assertLessEqual(queries("2027-03-21 12:00"), few + 1)
        self.assertEqual(len(self.messages(automation)), 3 + len(people))
        self.assertLess(timedelta(0), automation.done_until - automation.since)
