"""Screens of texts, automations and occasions: who sees them, and that they open."""

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .automations import AutomationCase

ACTIONS = (
    "loyalty_club_automation_action",
    "loyalty_club_template_action",
    "loyalty_club_occasion_action",
    "loyalty_club_trigger_action",
)


@tagged("post_install", "-at_install")
class TestAutomationScreens(AutomationCase):
    def test_every_screen_opens(self):
        for role in ("manager", "auditor", "officer"):
            user = self._user(role)
            for name in ACTIONS:
                action = self.env.ref(f"loyalty_club_sms.{name}")
                model = self.env[action.res_model].with_user(user).with_context(active_test=False)
                views = model.get_views([(False, "list"), (False, "form"), (False, "search")])
                for kind in ("list", "form"):
                    nodes = etree.fromstring(views["views"][kind]["arch"]).iter("field")
                    shown = {
                        node.get("name") for node in nodes if not any(up.tag == "field" for up in node.iterancestors())
                    }
                    self.assertTrue(model.search([], limit=2).read(sorted(shown)))

    def test_managers_write_officers_read(self):
        officer, manager = self._user("officer"), self._user("manager")
        automation = self.automation("purchase")
        with self.assertRaises(AccessError):
            automation.with_user(officer).active = False
        automation.with_user(manager).active = False
        with self.assertRaises(AccessError):
            automation.template_id.with_user(officer).body = "x"
        automation.template_id.with_user(manager).body = "Thanks {name}"
        self.assertEqual(automation.template_id.body, "Thanks {name}")

    def test_a_second_birthday_message_is_made_on_its_form(self):
        manager = self._user("manager")
        with Form(self.env["loyalty.club.automation"].with_user(manager)) as form:
            form.club_id = self.club
            form.trigger_id = self.env.ref("loyalty_club_sms.trigger_expiring")
            form.name = "One day before"
            form.days = 1
            form.template_id = self.automation("expiring").template_id
            self.assertEqual(form.hour, 11)
        automation = self.Automation.search([("own_name", "=", "One day before")])
        self.assertEqual((automation.days, automation.active), (1, False))

    def test_names_are_those_of_the_readers_language(self):
        trigger = self.env.ref("loyalty_club_sms.trigger_purchase")
        trigger.with_context(lang="fa_IR").name = "خرید"
        automation = self.automation("purchase")
        self.assertEqual(automation.with_context(lang="fa_IR").name, "خرید")
        automation.name = "Thanks"
        self.assertEqual(automation.name, "Thanks")
        self.assertIn(automation, self.Automation.search([("name", "ilike", "thank")]))
        self.assertIn("Nowruz", self.automation("occasion").name)

    def test_the_preview_names_the_automation_s_own_occasion_in_each_language(self):
        automation = self.automation("occasion")
        automation.occasion_id = self.env.ref("loyalty_club_sms.occasion_yalda")
        automation.occasion_id.with_context(lang="fa_IR").name = "شب یلدا"
        automation.template_id.with_context(lang="en_US").body = "Happy {occasion}!"
        automation.template_id.with_context(lang="fa_IR").body = "{occasion} مبارک!"
        self.assertIn("Happy Yalda Night!", automation.preview)
        self.assertIn("شب یلدا مبارک!", automation.preview)

    def test_only_ways_that_there_are_can_be_chosen(self):
        automation = self.automation("purchase")
        automation.channels = "telegram,sms"
        ready = {channel["code"] for channel in automation.channel_names if channel["ready"]}
        self.assertEqual(ready, {"sms"}, "the club has no bot")
        for nothing in ("pigeon", " , "):
            with self.assertRaises(ValidationError):
                automation.channels = nothing
        self.env["loyalty.club.bot"].create({"club_id": self.club.id, "kind": "bale", "token": "1:a"})
        automation.invalidate_recordset(["channel_names"])
        ready = {channel["code"] for channel in automation.channel_names if channel["ready"]}
        self.assertEqual(ready, {"sms", "bale"})
