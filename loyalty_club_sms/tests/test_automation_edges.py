"""Automations at the edges of calendars: the hour that comes twice, ends of months, leap days, value that ends then."""

from datetime import date, datetime
from decimal import Decimal

from freezegun import freeze_time

from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.tests import tagged

from .automations import AutomationCase


@tagged("post_install", "-at_install")
class TestAutomationEdges(AutomationCase):
    """The club is in Tehran (UTC +3:30); runs are at noon there unless they say otherwise."""

    def on(self, code, since, **values):
        with freeze_time(since):
            return self.automation(code, **values)

    def run_on(self, day, at="08:30"):
        with freeze_time(f"{day} {at}"):
            self.job()

    def told_on(self, automation, *days):
        """Names of who was newly told on each of the days."""
        found, known = [], self.messages(automation)
        for day in days:
            self.run_on(day)
            new = self.messages(automation) - known
            known |= new
            found.append(sorted(new.member_id.mapped("name")))
        return found

    def test_the_hour_that_comes_twice_is_told_once(self):
        self.club.company_id.partner_id.tz = "Europe/Berlin"
        self.person(born=date(1990, 10, 25))
        automation = self.on("birthday", "2026-10-01", hour=2.5, calendar="gregorian", valid_hours=6)
        found = []
        for at in ("00:29", "00:30", "01:30", "02:30"):  # half past two comes at 0:30 and at 1:30 UTC
            self.run_on("2026-10-25", at)
            found.append(len(self.messages(automation)))
        self.assertEqual(found, [0, 1, 1, 1])

    def test_ends_of_months_of_the_gregorian_calendar(self):
        for born in (date(1990, 1, 31), date(1990, 2, 1), date(1990, 4, 30), date(1990, 5, 1)):
            self.person(name=f"{born:%m-%d}", born=born)
        automation = self.on("birthday", "2026-01-01", hour=9, days=1, calendar="gregorian")
        told = self.told_on(automation, "2026-01-30", "2026-01-31", "2026-02-01", "2026-04-29", "2026-04-30")
        self.assertEqual(told, [["01-31"], ["02-01"], [], ["04-30"], ["05-01"]])

    def test_ends_of_months_of_the_jalali_calendar(self):
        # 31 Shahrivar, 1 Mehr, 30 Mehr, 1 Aban of 1369; of 1405: 22 and 23 September, 22 and 23 October
        for name, born in (
            ("31 Shahrivar", date(1990, 9, 22)),
            ("1 Mehr", date(1990, 9, 23)),
            ("30 Mehr", date(1990, 10, 22)),
            ("1 Aban", date(1990, 10, 23)),
        ):
            self.person(name=name, born=born)
        automation = self.on("birthday", "2026-09-01", hour=9, days=1, calendar="jalali")
        told = self.told_on(automation, "2026-09-21", "2026-09-22", "2026-09-23", "2026-10-21", "2026-10-22")
        self.assertEqual(told, [["31 Shahrivar"], ["1 Mehr"], [], ["30 Mehr"], ["1 Aban"]])

    def test_29_february_in_a_leap_year_and_in_others(self):
        self.person(name="leap", born=date(2000, 2, 29))
        self.person(name="last", born=date(1999, 2, 28))
        automation = self.on("birthday", "2027-01-01", hour=9, calendar="gregorian")
        self.assertEqual(self.told_on(automation, "2027-02-28", "2027-03-01"), [["last", "leap"], []])
        told = self.told_on(automation, "2028-02-28", "2028-02-29", "2028-03-01")
        self.assertEqual(told, [["last"], ["leap"], []])

    def test_30_esfand_in_a_leap_year_and_in_others(self):
        self.person(name="leap", born=date(2021, 3, 20))  # 30 Esfand 1399
        self.person(name="last", born=date(1990, 3, 20))  # 29 Esfand 1368
        automation = self.on("birthday", "2026-01-01", hour=9, calendar="jalali")
        # 1404 has 29 days of Esfand; 1408 has 30: its 29th is 19 March 2030
        self.assertEqual(self.told_on(automation, "2026-03-20", "2026-03-21"), [["last", "leap"], []])
        told = self.told_on(automation, "2030-03-19", "2030-03-20", "2030-03-21")
        self.assertEqual(told, [["last"], ["leap"], []])

    def test_an_anniversary_on_a_leap_day_is_told_days_before(self):
        sara = self.person()
        sara.partner_id.club_wedding_date = date(2016, 2, 29)
        automation = self.on("wedding", "2027-01-01", hour=9, days=3, calendar="gregorian")
        told = self.told_on(automation, "2027-02-25", "2027-02-26", "2028-02-25", "2028-02-26", "2028-02-27")
        self.assertEqual(told, [["Sara"], [], [], ["Sara"], []])

    # -- value about to end ----------------------------------------------------------------------------------------

    def ends(self, member, at, amount=200):
        """Points whose last day ends with the instant ``at`` (UTC)."""
        with freeze_time("2024-06-01"):
            self._post(self._account(member), amount, new_lots=(NewLot(Decimal(amount), None, None, at),))

    def test_value_that_ends_on_a_leap_day_is_told_in_the_calendar_of_the_reader(self):
        sara, leila = self.person(), self.person("fa_IR", "لیلا")
        self.ends(sara, datetime(2028, 2, 29, 20, 30))  # midnight after 29 February in Tehran
        self.ends(leila, datetime(2030, 3, 20, 20, 30))  # midnight after 30 Esfand 1408
        automation = self.on("expiring", "2028-01-01", days=7, hour=11)
        self.assertEqual(self.told_on(automation, "2028-02-21", "2028-02-22", "2028-02-23"), [[], ["Sara"], []])
        self.assertIn("02/29/2028", self.text(self.messages(automation)))
        told = self.told_on(automation, "2030-03-12", "2030-03-13", "2030-03-14")
        self.assertEqual(told, [[], ["لیلا"], []])
        self.assertIn("۱۴۰۸/۱۲/۳۰", self.text(self.messages(automation)[-1]))

    def test_value_that_ends_with_a_month_is_told_in_both_calendars(self):
        sara, leila = self.person(), self.person("fa_IR", "لیلا")
        self.ends(sara, datetime(2026, 4, 30, 20, 30))
        self.ends(leila, datetime(2026, 9, 22, 20, 30))  # midnight after 31 Shahrivar 1405
        automation = self.on("expiring", "2026-04-01", days=1, hour=11)
        self.assertEqual(self.told_on(automation, "2026-04-28", "2026-04-29", "2026-04-30"), [[], ["Sara"], []])
        self.assertIn("04/30/2026", self.text(self.messages(automation)))
        self.assertEqual(self.told_on(automation, "2026-09-20", "2026-09-21", "2026-09-22"), [[], ["لیلا"], []])
        self.assertIn("۱۴۰۵/۰۶/۳۱", self.text(self.messages(automation)[-1]))
