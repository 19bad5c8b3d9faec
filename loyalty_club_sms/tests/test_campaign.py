"""Campaigns from the first word to the phone: who gets which text, once, and what is said before the button."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .campaigns import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaign(CampaignCase):
    def test_a_campaign_reaches_every_member_once_through_the_gateway(self):
        members = self.people(12)
        campaign = self.go(self.campaign("Hello {name}"))
        self.assertEqual(campaign.state, "done")
        self.assertEqual(sorted(one.number for one in self.fake.messages), sorted(members.mapped("mobile")))
        self.assertEqual(self.fake.got(members[3].mobile), [f"Hello {members[3].partner_id.name}"])
        self.job()
        self.send("campaign")
        self.assertEqual(len(self.fake.messages), 12, "nothing goes twice")
        self.assertEqual(campaign.progress, 100)

    def test_the_question_names_who_many_get_it_what_it_costs_and_why_others_do_not(self):
        people = self.people(3)
        self._member(name="Never asked")
        people[0].partner_id.phone = False
        campaign = self.campaign("سلام" * 20)
        question = self.confirm(campaign)
        self.assertIn("Spring", question.summary)
        self.assertEqual((question.audience_count, question.reach_count), (4, 2))
        self.assertEqual((question.part_count, question.cost_estimate), (4, 400))
        self.assertEqual(sum(campaign.refusals.values()), 2)
        self.assertEqual(len(question.count_text.splitlines()), 2)
        self.assertIn("exact", question.exact_text)
        self.job()
        self.send("campaign")
        self.assertEqual(sum(self.messages(campaign).mapped("cost")), 400, "the count was right")
        self.assertEqual(sum(self.messages(campaign).mapped("parts")), 4)

    def test_personal_texts_are_counted_from_a_sample_and_said_so(self):
        self.people(3)
        campaign = self.campaign("{name}")
        campaign.action_count()
        self.assertFalse(campaign.count_exact)
        self.assertIn("estimated", campaign.exact_text)
        self.assertEqual(campaign.part_count, 3)

    def test_a_second_language_is_counted_in_its_own_alphabet(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        people = self.people(2)
        people[0].partner_id.lang = "fa_IR"
        campaign = self.campaign("a" * 100)
        campaign.variant_ids.template_id.with_context(lang="fa_IR").body = "س" * 100
        campaign.action_count()
        self.assertEqual((campaign.part_count, campaign.count_exact), (3, True))

    def test_the_preview_shows_real_members_with_parts(self):
        people = self.people(12)
        campaign = self.campaign("Dear {name}, see https://shop.example/spring", "B")
        rows = campaign._club_preview_rows(campaign._club_sample(10))
        self.assertEqual(len(rows), 10)
        self.assertEqual({row["variant"] for row in rows}, {"A", "B"})
        first = next(row for row in rows if row["variant"] == "A")
        self.assertIn(first["name"], people.mapped("partner_id.name"))
        self.assertTrue(first["text"].startswith(f"Dear {first['name']}, see {campaign.get_base_url()}/c/"))
        self.assertEqual(first["parts"], 1)
        self.assertIn(first["name"], campaign.preview_html)

    def test_the_test_goes_to_oneself_and_to_nobody_else(self):
        self.people(2)
        self.env.user.partner_id.phone = "09350000001"
        campaign = self.campaign("Hello {name}", "B")
        campaign.action_test()
        self.send("service")
        self.assertEqual({one.number for one in self.fake.messages}, {"+989350000001"})
        self.assertEqual(len(self.fake.messages), 2)
        self.assertEqual((campaign.state, len(self.messages(campaign))), ("draft", 0))

    def test_the_test_goes_by_the_line_that_members_get_it_from(self):
        self.people(1)
        self.env.user.partner_id.phone = "09350000001"
        advertising = self.gateway.line_ids.filtered(lambda line: line.purpose == "advertising")
        advertising.opt_out_text = "stop11"
        campaign = self.campaign("Hello {name}")
        campaign.action_test()
        self.send("service")
        sent = self.Message.search([("is_test", "=", True)])
        self.assertEqual((sent.state, sent.line_id), ("sent", advertising), "nobody has to agree to his own test")
        self.assertEqual([one.body[-7:] for one in self.fake.messages], ["\nstop11"])
        advertising.unlink()
        with self.assertRaisesRegex(UserError, "no line for advertising"):
            campaign.action_test()

    def test_the_hour_is_the_club_s(self):
        self.club.company_id.partner_id.tz = "Asia/Tehran"
        campaign = self.campaign(send_when="at", send_on=date(2031, 5, 5), send_hour=9.5)
        self.people(1)
        self.confirm(campaign)
        self.assertEqual(campaign.send_at, fields.Datetime.to_datetime("2031-05-05 06:00:00"))
        self.job()
        self.assertEqual(campaign.state, "scheduled", "not before its time")
        with freeze_time("2031-05-05 06:00:01"):
            self.job()
            self.assertEqual(campaign.state, "sending")

    def test_an_hour_that_is_over_is_refused_before_anything_happens(self):
        campaign = self.campaign(send_when="at", send_on=date(2020, 1, 1))
        self.people(1)
        with self.assertRaisesRegex(UserError, "over"):
            campaign.action_ask()
        self.assertEqual(campaign.state, "draft")

    def test_a_scheduled_campaign_goes_back_to_the_draft(self):
        self.people(1)
        campaign = self.campaign(send_when="at", send_on=fields.Date.today() + timedelta(days=2))
        self.confirm(campaign)
        with self.assertRaises(UserError):
            campaign.with_user(self._user("manager")).write({"audience_kind": "domain"})
        campaign.action_unschedule()
        self.assertEqual((campaign.state, campaign.send_at), ("draft", False))

    def test_over_a_period_the_messages_are_spread_evenly_and_texts_mixed(self):
        self.people(10)
        campaign = self.campaign(
            "A", "B", send_when="over", send_on=fields.Date.today() + timedelta(days=1), spread_hours=5
        )
        self.confirm(campaign)
        with freeze_time(campaign.send_at + timedelta(seconds=1)):
            self.job()
        messages = self.messages(campaign).sorted("not_before")
        gaps = {
            round((later.not_before - one.not_before).total_seconds())
            for one, later in zip(messages, messages[1:], strict=False)
        }
        self.assertEqual(gaps, {1800})
        self.assertGreater(len(set(messages[:5].mapped("variant_id"))), 1)

    def test_what_is_worth_nothing_later_is_not_sent_later(self):
        self.people(1)
        campaign = self.campaign(stop_after_hours=2)
        self.confirm(campaign)
        self.job()
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self.send("campaign")
            self.job()
        self.assertEqual(self.messages(campaign).state, "cancelled")
        self.assertEqual(campaign.state, "done")

    def test_changing_the_template_afterwards_changes_nothing_that_goes_out(self):
        sara = self.person()
        campaign = self.campaign("Before")
        self.confirm(campaign)
        self.job()
        campaign.variant_ids.template_id.body = "After"
        self.send("campaign")
        self.assertEqual(self.fake.got(sara.mobile), ["Before"])

    def test_a_campaign_that_went_out_is_not_changed_nor_deleted(self):
        self.people(1)
        campaign = self.go(self.campaign())
        manager = campaign.with_user(self._user("manager"))
        for values in ({"kind": "offer"}, {"variant_ids": [(5, 0, 0)]}, {"audience_kind": "file"}):
            with self.assertRaises(UserError):
                manager.write(values)
        with self.assertRaises(UserError):
            manager.unlink()
        manager.write({"note": "Went well"})
        copy = manager.copy()
        self.assertEqual((copy.state, len(copy.variant_ids), copy.recipient_count), ("draft", 1, 0))

    # -- rights ----------------------------------------------------------------------------------------------------

    def test_only_a_manager_sends(self):
        self.people(1)
        campaign = self.campaign()
        for role in ("cashier", "officer", "accountant", "auditor"):
            user = self._user(role)
            for method in ("action_ask", "action_test", "action_count", "action_stop", "action_resume"):
                with self.assertRaises(AccessError, msg=(role, method)):
                    getattr(campaign.with_user(user), method)()
            with self.assertRaises(AccessError):
                self.env["loyalty.club.campaign.confirm"].with_user(user).create({"campaign_id": campaign.id})
            with self.assertRaises(AccessError):
                campaign.with_user(user).write({"name": "x"})
        self.assertFalse(self.messages(campaign))

    def test_a_manager_sends_and_states_change_by_buttons_only(self):
        self.people(2)
        manager = self._user("manager")
        campaign = self.campaign().with_user(manager)
        for values in ({"state": "done"}, {"send_at": "2030-01-01"}, {"recipient_count": 3}):
            with self.assertRaises(AccessError):
                campaign.write(values)
        self.go(campaign, manager)
        self.assertEqual(len(self.fake.messages), 2)
        self.assertEqual(campaign.confirmed_by_id, manager)
        self.assertIn("2", campaign.results_html)

    def test_a_manager_fills_in_the_page_and_others_read_it(self):
        self.people(2)
        text, manager = self.text("Hello {name}"), self._user("manager")
        with Form(self.env["loyalty.club.campaign"].with_user(manager)) as form:
            form.name = "By hand"
            form.club_id = self.club
            form.audience_kind = "domain"
            form.send_when = "at"
            form.send_on = fields.Date.today() + timedelta(days=1)
            with form.variant_ids.new() as line:
                line.template_id = text
        campaign = form.record
        self.assertEqual((campaign.purpose, campaign.variant_ids.name), ("news", "A"))
        for role in ("officer", "auditor"):
            user = self._user(role)
            view = self.env["loyalty.club.campaign"].with_user(user).get_view(view_type="form")
            readable = campaign.with_user(user).fields_get()
            names = [name for name in view["models"]["loyalty.club.campaign"] if name in readable]
            values = campaign.with_user(user).read(names)[0]
            self.assertIn("Hello Member", values["preview_html"], role)

    def test_another_company_s_manager_sees_no_campaign(self):
        other = self.env["res.company"].create({"name": "Other"})
        campaign = self.campaign()
        manager = self._user("manager", company=other)
        found = self.env["loyalty.club.campaign"].with_user(manager).search([])
        self.assertNotIn(campaign.id, found.ids)
        with self.assertRaises(AccessError):
            campaign.with_user(manager).read(["name"])
