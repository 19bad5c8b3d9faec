"""Templates: refused when nobody could fill them in, rendered in each member's language, counted in parts."""

from datetime import datetime, timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import fields
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .automations import AutomationCase


@tagged("post_install", "-at_install")
class TestTemplate(AutomationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sara = cls.person()
        cls.leila = cls.person("fa_IR", "لیلا")

    def template(self, body="Hello {name}", persian=None, **values):
        template = self.env["loyalty.club.template"].create({"name": "Test", "body": body, **values})
        if persian:
            template.with_context(lang="fa_IR").body = persian
        return template

    def render(self, template, member, **values):
        return template._club_render(member.ids, {member.id: values})[member.id]

    def test_a_placeholder_that_nobody_knows_is_refused_and_the_known_ones_are_listed(self):
        with self.assertRaisesRegex(ValidationError, r"\{nmae\}.*\n.*\{name\}.*\{points\}"):
            self.template("Hello {nmae}")
        template = self.template()
        with self.assertRaises(ValidationError):
            template.with_context(lang="fa_IR").body = "سلام {نام}"
        with self.assertRaises(ValidationError):
            self.template("{paid}")  # belongs to purchases
        self.template("{paid}", trigger_id=self.env.ref("loyalty_club_sms.trigger_purchase").id)

    def test_code_in_a_text_is_text(self):
        for body in ("{name.__class__}", "{0}", "{", "{{name}}", "{object.env}"):
            with self.assertRaises(ValidationError):
                self.template(body)
        text, _lang = self.render(self.template("${name} %(name)s <t t-out='name'/>"), self.sara)
        self.assertEqual(text, "$Sara %(name)s <t t-out='name'/>")

    def test_a_text_for_a_code_has_the_code(self):
        automation = self.automation("code_spend")
        with self.assertRaises(ValidationError):
            automation.template_id.body = "Your code is on its way"

    def test_each_member_reads_his_language_calendar_unit_and_digits(self):
        template = self.template(
            "{name}: {credit} on {credit_expire_on}, {points} points",
            "{name}: {credit} در {credit_expire_on}، {points} امتیاز می‌ماند",
        )
        values = {"credit": Decimal(2450000), "credit_expire_on": "2026-03-21", "points": 1250}
        self.assertEqual(
            self.render(template, self.sara, **values), ("Sara: 245,000 toman on 03/21/2026, 1,250 points", "en_US")
        )
        self.assertEqual(
            self.render(template, self.leila, **values),
            ("لیلا: ۲۴۵٬۰۰۰ تومان در ۱۴۰۵/۰۱/۰۱، ۱٬۲۵۰ امتیاز می‌ماند", "fa_IR"),
        )

    def test_the_club_decides_on_calendar_unit_and_digits(self):
        self.club.write({"message_calendar": "gregorian", "message_unit": "currency", "message_digits": "latin"})
        trigger = self.env.ref("loyalty_club_sms.trigger_purchase")
        template = self.template("{paid} {today}", "{paid} {today}", trigger_id=trigger.id)
        with freeze_time("2026-03-20 21:00:00"):  # it is the 21st in Tehran
            self.assertEqual(self.render(template, self.leila, paid=5000)[0], "5,000 ریال 2026/03/21")
        self.club.write({"message_calendar": "jalali", "message_unit": "toman", "message_toman": 1000})
        with freeze_time("2026-03-20 21:00:00"):
            self.assertEqual(self.render(template, self.sara, paid=5000)[0], "5 toman 1405/01/01")

    def test_a_language_that_is_not_installed_falls_back_to_the_companys(self):
        template = self.template("Hello {name}", "سلام {name}")
        self.env.company.partner_id.lang = "fa_IR"
        self.sara.partner_id.lang = False
        self.assertEqual(self.render(template, self.sara), ("سلام Sara", "fa_IR"))

    def test_what_is_known_of_everybody(self):
        now = datetime(2026, 11, 22, 12)
        with freeze_time(now):
            lots = (
                NewLot(Decimal(200), None, None, datetime(2026, 12, 20, 20, 30)),
                NewLot(Decimal(50), None, None, None),
            )
            self._post(self._account(self.sara), 250, new_lots=lots)
            self._post(self._account(self.sara, self.credit), 500000)
            template = self.template(
                "{number}|{card}|{points}|{credit}|{points_expiring}|{points_expire_on}|{branch}|{club}|{link}"
            )
            self.sara.sudo().joined_branch_id = self.branch
            text = self.render(template, self.sara)[0].split("|")
        base = self.club.get_base_url()
        self.assertEqual(text[0], self.sara.number)
        self.assertEqual(text[1], self.sara.card_ids.number)
        self.assertEqual(text[2:8], ["250", "50,000 toman", "200", "12/20/2026", "North", "Bazaar"])
        self.assertEqual(text[8], f"{base}/my/club")

    def test_a_line_of_what_the_member_does_not_have_is_left_out(self):
        template = self.template("Hello {name}\n{points_expiring} points end on {points_expire_on}\nBye")
        self.assertEqual(self.render(template, self.sara)[0], "Hello Sara\nBye")

    def test_a_member_is_no_way_into_the_text_of_others(self):
        self.sara.partner_id.name = "{link} http://win.example\nFree"
        self.assertEqual(self.render(self.template(), self.sara)[0], "Hello link http win example Free")

    def test_many_members_cost_as_many_queries_as_one(self):
        template = self.template("{name} {card} {points} {credit} {points_expiring} {invitation}")
        members = self.sara | self.leila
        for number in range(8):
            members |= self.person("fa_IR" if number % 2 else "en_US", f"Member {number}")
        self.env.flush_all()

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(template._club_render(some.ids)), len(some))
            return self.env.cr.sql_log_count - before

        queries(members)
        self.assertLessEqual(queries(members), queries(self.sara | self.leila) + 1)

    def test_the_preview_shows_every_language_and_warns_of_too_many_parts(self):
        template = self.template("Hello {name}", "سلام {name} " + "س" * 140, part_limit=2)
        self.assertIn("Hello Sara Ahmadi", template.preview)
        self.assertIn('dir="rtl"', template.preview)
        self.assertEqual((template.parts, template.too_long), (3, True))
        template.part_limit = 3
        self.assertFalse(template.too_long)
        template.body = "<script>{name}</script>"
        self.assertIn("&lt;script&gt;Sara", template.preview)

    def test_the_preview_follows_what_is_typed(self):
        template = self.template("Hello {name}", "سلام {name}").new(origin=None)
        saved = self.template("Hello {name}", "سلام {name}")
        template = saved.new({"body": "Dear {name} {nmae}"}, origin=saved)
        self.assertIn("Dear Sara Ahmadi {nmae}", template.preview)
        self.assertIn("سلام", template.preview)

    def test_a_test_goes_to_whoever_asks_for_it_and_to_nobody_else(self):
        template = self.template()
        manager = self._user("manager")
        with self.assertRaises(UserError):
            template.with_user(manager).action_club_send_test()
        manager.partner_id.phone = "09121112233"
        template.with_user(manager).action_club_send_test()
        message = self.env["loyalty.club.message"].search([("partner_id", "=", manager.partner_id.id)])
        self.assertEqual((message.address, message.body), ("+989121112233", "Hello Sara Ahmadi"))
        officer = self._user("officer", phone="09121112244")
        with self.assertRaises(AccessError):
            template.with_user(officer).action_club_send_test()

    def test_every_default_text_is_good_in_both_languages(self):
        for automation in self.Automation.search([("club_id", "=", self.club.id)]):
            for lang in ("en_US", "fa_IR"):
                template = automation.template_id.with_context(lang=lang)
                template._check_placeholders()
                self.assertTrue(template._club_sample_text(lang))
            english = automation.template_id.with_context(lang="en_US").body
            self.assertNotEqual(english, automation.template_id.with_context(lang="fa_IR").body, automation.name)
            self.assertFalse(automation.template_id.too_long and automation.template_id.parts > 4, automation.name)

    def test_texts_of_other_companies_stay_theirs(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = self._make_club(name="Other", company_id=company.id, currency_id=company.currency_id.id)
        manager = self._user("manager")
        templates = self.env["loyalty.club.template"].with_user(manager)
        self.assertFalse(templates.search([("club_id", "=", other.id)]))
        self.assertTrue(templates.search([("club_id", "=", self.club.id)]))
        with self.assertRaises(ValidationError):
            self.automation("joined").template_id = self.env["loyalty.club.template"].search(
                [("club_id", "=", other.id)], limit=1
            )

    def test_times_of_values_are_the_clubs(self):
        end = fields.Datetime.now() + timedelta(days=3)
        text = self.render(self.template("{points_expire_on}"), self.leila, points_expire_on=end)[0]
        self.assertRegex(text, r"^[۰-۹]{4}/[۰-۹]{2}/[۰-۹]{2}$")
