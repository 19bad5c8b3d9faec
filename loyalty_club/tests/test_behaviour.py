"""Points for behaviour: once per key, never over a cap, and a period ends when the club's own day ends."""

from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import ClubCommon

#: 23:59 and 00:01 in Tehran (UTC+3:30).
LAST_MINUTE, FIRST_MINUTE = datetime(2026, 11, 21, 20, 29), datetime(2026, 11, 21, 20, 31)


class BehaviourCommon(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.company_id.partner_id.tz = "Asia/Tehran"
        cls.member = cls._member(name="Sara")

    @classmethod
    def _kind(cls, code, **values):
        """An event that is switched on; without a limit unless ``values`` say so."""
        kind = cls.club.event_type_ids.filtered(lambda kind: kind.code == code)
        values = {"active": True, "amount": 10, "cap_count": 0, "cap_amount": 0, **values}
        if kind:
            kind.write(values)
            return kind
        return kind.create({"club_id": cls.club.id, "code": code, "name": code.title(), **values})

    def _balance(self, member=None, program=None):
        account = (member or self.member)._club_account(program or self.program, create=False)
        return account.balance if account else 0

    def _events(self, member=None):
        return self.env["loyalty.club.event"].search([("member_id", "=", (member or self.member).id)], order="id")


@tagged("post_install", "-at_install")
class TestEvents(BehaviourCommon):
    def test_a_new_club_knows_the_usual_events_and_gives_nothing_for_them(self):
        kinds = self.club.event_type_ids
        self.assertEqual(set(kinds.mapped("code")), {"profile_complete", "survey", "visit", "birthday", "social"})
        self.assertFalse(any(kinds.mapped("active")))
        self.assertFalse(self.member._club_event("survey", "survey:1"))
        self.assertEqual(self._balance(), 0)

    def test_the_same_key_gives_the_same_entry_and_nothing_more(self):
        self._kind("survey")
        first = self.member._club_event("survey", "survey:1")
        self.assertTrue(first)
        self.assertEqual(self.member._club_event("survey", "survey:1"), first)
        self.assertEqual(self._balance(), 10)
        self.assertEqual((first.kind, first.documented, first.details["event"]), ("earn", False, "survey"))

    def test_a_key_that_was_given_stays_given_when_the_table_gives_more_now(self):
        kind = self._kind("survey")
        first = self.member._club_event("survey", "survey:1")
        kind.amount = 99
        self.assertEqual(self.member._club_event("survey", "survey:1"), first)

    def test_an_unknown_or_switched_off_event_is_no_error_for_its_caller(self):
        self.assertFalse(self.member._club_event("no_such_thing", "x"))
        self._kind("survey").active = False
        self.assertFalse(self.member._club_event("survey", "survey:1"))
        self.assertFalse(self._events())

    def test_over_the_cap_gives_nothing_and_says_why(self):
        self._kind("survey", cap_count=2, cap_period="ever")
        given = [bool(self.member._club_event("survey", f"survey:{n}")) for n in range(3)]
        self.assertEqual(given, [True, True, False])
        self.assertEqual(self._events().mapped("state"), ["given", "given", "count"])
        self.assertFalse(self.member._club_event("survey", "survey:2"), "asked again it stays nothing")
        self.assertEqual(self._balance(), 20)

    def test_a_cap_on_the_amount_never_gives_a_part(self):
        self._kind("survey", cap_amount=25, cap_period="ever")
        for number in range(3):
            self.member._club_event("survey", f"survey:{number}")
        self.assertEqual(self._balance(), 20)
        self.assertEqual(self._events().mapped("state"), ["given", "given", "amount"])

    def test_a_cap_of_a_day_ends_at_midnight_of_the_club(self):
        self._kind("survey", cap_count=1, cap_period="day")
        self.assertTrue(self.member._club_event("survey", "a", at=LAST_MINUTE))
        self.assertTrue(self.member._club_event("survey", "b", at=FIRST_MINUTE))
        self.assertFalse(self.member._club_event("survey", "c", at=FIRST_MINUTE))

    def test_caps_of_week_month_and_year_follow_the_clubs_calendar(self):
        for period, calendar, day in (
            ("week", "jalali", 20),  # Friday ends, Saturday begins
            ("month", "gregorian", 30),
            ("month", "jalali", 21),
            ("year", "jalali", 20 - 245),  # 20 March 2026 is the last day of 1404
            ("year", "gregorian", 31 + 30),
        ):
            last = datetime(2026, 11, 1, 20, 29) + timedelta(days=day - 1)
            first = last + timedelta(minutes=2)
            code = f"{period}_{calendar}"
            self._kind(code, cap_count=1, cap_period=period, calendar=calendar)
            self.assertTrue(self.member._club_event(code, "a", at=last), code)
            self.assertTrue(self.member._club_event(code, "b", at=first), code)
            self.assertFalse(self.member._club_event(code, "c", at=last), code)

    def test_many_members_cost_no_query_each(self):
        self._kind("survey", cap_count=1, cap_period="day")
        members = self.env["loyalty.club.member"].union(*(self._member(name=f"M{n}") for n in range(60)))
        pairs = [(member.id, "survey:1") for member in members]
        members._club_events("survey", pairs[:1])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        given = members._club_events("survey", pairs)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 60)
        self.assertEqual(len([entry for entry in given.values() if entry]), 60)
        self.assertEqual({self._balance(member) for member in members}, {10})

    def test_what_one_call_gives_counts_for_the_rest_of_the_call(self):
        self._kind("survey", cap_count=2, cap_period="day")
        given = self.member._club_events("survey", [(self.member.id, f"s:{n}") for n in range(4)])
        self.assertEqual([bool(entry) for entry in given.values()], [True, True, False, False])

    def test_a_blocked_member_gets_nothing(self):
        self._kind("survey")
        self.member.action_block()
        self.assertFalse(self.member._club_event("survey", "survey:1"))

    def test_a_merged_member_does_not_get_it_twice(self):
        self._kind("survey", cap_count=1, cap_period="ever")
        other = self._member(name="Sara again")
        entry = other._club_event("survey", "survey:1")
        other.sudo()._club_merge_into(self.member)
        self.assertEqual(self.member._club_event("survey", "survey:1"), entry)
        self.assertFalse(self.member._club_event("survey", "survey:2"), "the cap counts what both had")
        self.assertEqual(self._balance(), 10)

    def test_its_own_life_ends_with_the_last_day_where_the_club_is(self):
        self._kind("survey", life_days=30)
        entry = self.member._club_event("survey", "survey:1", at=LAST_MINUTE)
        self.assertEqual(entry.lot_ids.expires_at, datetime(2026, 12, 21, 20, 30))

    def test_credit_for_behaviour_goes_to_the_credit_account(self):
        self._kind("survey", value="credit", amount=2.5)
        self.member._club_event("survey", "survey:1")
        self.assertEqual(self._balance(program=self.club.credit_program_id), 2.5)


@tagged("post_install", "-at_install")
class TestProfile(BehaviourCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._kind("profile_complete", profile_city=True, profile_birth_date=True, profile_email=False)

    def test_the_last_field_gives_it_and_only_once(self):
        self.member.city = "Tehran"
        self.assertEqual(self._balance(), 0)
        self.member.birth_date = "1990-01-01"
        self.assertEqual(self._balance(), 10)
        self.member.partner_id.city = False
        self.member.partner_id.city = "Shiraz"
        self.assertEqual(self._balance(), 10)

    def test_a_known_customer_with_all_fields_gets_it_on_joining(self):
        partner = self.env["res.partner"].create(
            {"name": "Ali", "phone": "09351112233", "city": "Tehran", "club_birth_date": "1980-02-02"}
        )
        member, _created = self.env["loyalty.club.member"]._club_enrol(self.club, mobile="09351112233", partner=partner)
        self.assertEqual(self._balance(member), 10)


@tagged("post_install", "-at_install")
class TestByHand(BehaviourCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.event_give_limit = 20
        cls.kind = cls._kind("social", by_hand=True)

    def _give(self, role, **values):
        user = self._user(role)
        form = Form(self.env["loyalty.club.event.give"].with_user(user).with_context(default_member_id=self.member.id))
        for name, value in {"type_id": self.kind, "reason": "Posted a photo", **values}.items():
            setattr(form, name, value)
        return form.save()

    def test_an_officer_gives_once_however_often_he_clicks(self):
        wizard = self._give("officer")
        wizard.action_give()
        wizard.action_give()
        self.assertEqual(self._balance(), 10)
        self.assertEqual(self._events().user_id.login, "club_officer")

    def test_above_the_limit_it_takes_a_manager(self):
        with self.assertRaisesRegex(UserError, "manager"):
            self._give("officer", amount=21).action_give()
        self._give("manager", amount=21).action_give()
        self.assertEqual(self._balance(), 21)

    def test_what_is_not_for_hands_is_not_given_by_hand(self):
        self.kind.by_hand = False
        with self.assertRaises(UserError):
            self._give("officer").action_give()

    def test_cashiers_check_in_and_give_nothing_else(self):
        self._kind("visit", cap_count=1, cap_period="day")
        cashier = self._user("cashier")
        with freeze_time("2026-11-22 10:00:00"):
            self.member.with_user(cashier).action_club_check_in()
            self.member.with_user(cashier).action_club_check_in()
        self.assertEqual(self._balance(), 10)
        with self.assertRaises(AccessError):
            self.env["loyalty.club.event.give"].with_user(cashier).create(
                {"member_id": self.member.id, "type_id": self.kind.id, "reason": "x", "amount": 1}
            )
        with self.assertRaises(AccessError):
            self.member.with_user(self._user("auditor")).action_club_check_in()


@tagged("post_install", "-at_install")
class TestBirthdays(BehaviourCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls._kind("birthday", cap_count=1, cap_period="year", calendar="gregorian")

    def _born(self, day):
        member = self._member(name=str(day))
        member.birth_date = day
        return member

    def _run(self, now):
        with freeze_time(now), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_birthday").method_direct_trigger()

    def test_who_has_a_birthday_gets_it_once_a_year(self):
        member, other = self._born("1990-11-22"), self._born("1990-11-23")
        self._run("2026-11-22 06:00:00")
        self._run("2026-11-22 09:00:00")
        self.assertEqual((self._balance(member), self._balance(other)), (10, 0))
        self.kind.done_through = date(2027, 11, 21)
        self._run("2027-11-22 06:00:00")
        self.assertEqual(self._balance(member), 20)

    def test_the_day_is_that_of_the_club_not_of_the_server(self):
        member = self._born("1990-11-22")
        self._run("2026-11-21 20:00:00")
        self.assertEqual(self._balance(member), 0)
        self._run("2026-11-21 20:31:00")
        self.assertEqual(self._balance(member), 10)

    def test_a_job_that_did_not_run_for_days_forgets_nobody(self):
        self._run("2026-11-19 06:00:00")
        members = [self._born(day) for day in ("1990-11-20", "1990-11-21", "1990-11-22", "1990-11-19")]
        self._run("2026-11-22 06:00:00")
        self.assertEqual([self._balance(member) for member in members], [10, 10, 10, 0])

    def test_switching_it_on_does_not_greet_those_of_last_week(self):
        member = self._born("1990-11-20")
        self._run("2026-11-22 06:00:00")
        self.assertEqual(self._balance(member), 0)

    def test_29_february_is_greeted_on_the_28th_of_other_years(self):
        member = self._born("1992-02-29")
        self._run("2026-02-27 06:00:00")
        self.assertEqual(self._balance(member), 0)
        self._run("2026-02-28 06:00:00")
        self._run("2026-03-01 06:00:00")
        self.assertEqual(self._balance(member), 10)
        self.kind.done_through = date(2028, 2, 27)
        self._run("2028-02-28 06:00:00")
        self.assertEqual(self._balance(member), 10, "in a leap year the day is there")
        self._run("2028-02-29 06:00:00")
        self.assertEqual(self._balance(member), 20)

    def test_30_esfand_is_greeted_on_the_29th_of_other_years(self):
        self.kind.calendar = "jalali"
        member = self._born("2021-03-20")  # 30 Esfand 1399
        self._run("2026-03-19 06:00:00")
        self.assertEqual(self._balance(member), 0)
        self._run("2026-03-20 06:00:00")  # 29 Esfand 1404, the last day of the year
        self._run("2026-03-21 06:00:00")
        self.assertEqual(self._balance(member), 10)
