"""Results: clicks, purchases and withdrawals, against figures counted by hand."""

from contextlib import nullcontext
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, tagged

from .campaigns import CampaignCase

LINK = "https://shop.example/spring"


@tagged("post_install", "-at_install")
class TestCampaignResult(CampaignCase):
    def _tokens(self, campaign):
        return {row.member_id: row.sudo().token for row in self.rows(campaign)}

    def _follow(self, token, number=1):
        return self.env["loyalty.club.campaign.click"]._club_follow(token, number)

    # -- clicks ----------------------------------------------------------------------------------------------------

    def test_each_member_has_a_short_link_of_his_own(self):
        members = self.people(3)
        campaign = self.go(self.campaign(f"Look: {LINK}. Or {LINK}/2"))
        tokens = self._tokens(campaign)
        self.assertEqual(len(set(tokens.values())), 3)
        base = campaign.get_base_url()
        for member in members:
            token = tokens[member]
            self.assertEqual(self.fake.got(member.mobile), [f"Look: {base}/c/{token}. Or {base}/c/{token}/2"])
        self.assertTrue(self._follow(tokens[members[0]]).startswith(LINK))
        self.assertTrue(self._follow(tokens[members[0]], 2).startswith(f"{LINK}/2"))
        self.assertFalse(self._follow(tokens[members[0]], 3))
        self.assertFalse(self._follow("unknown1"))

    def test_a_link_counts_once_a_day_for_each_member(self):
        a, b, _c = self.people(3)
        campaign = self.go(self.campaign(f"{LINK} {LINK}/2", "No link"))
        variant = campaign.variant_ids[0]
        campaign = self.campaign(f"{LINK} {LINK}/2")
        campaign = self.go(campaign)
        variant, tokens = campaign.variant_ids, self._tokens(campaign)
        self._follow(tokens[a])
        self._follow(tokens[a])
        self._follow(tokens[a], 2)
        self._follow(tokens[b])
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._follow(tokens[a])
        self.env.invalidate_all()
        self.assertEqual((campaign.clicked, variant.clicked), (2, 2), "people")
        self.assertEqual(sum(self.rows(campaign).mapped("click_count")), 4, "clicks")
        self.env["loyalty.club.campaign.click"]._club_note_clicks()
        self.env["loyalty.club.campaign.click"]._club_note_clicks()
        self.assertEqual(sorted(variant.link_ids.mapped("count")), [1, 3], "Odoo's tracker has them once")

    def test_links_of_a_test_lead_on_and_count_nothing(self):
        self.people(1)
        self.env.user.partner_id.phone = "09350000001"
        campaign = self.campaign(LINK)
        campaign.action_test()
        self.assertTrue(self._follow(campaign.variant_ids.token).startswith(LINK))
        self.assertFalse(self.env["loyalty.club.campaign.click"].search([("campaign_id", "=", campaign.id)]))

    def test_a_text_that_changed_after_the_test_has_its_own_links(self):
        sara = self.person()
        self.env.user.partner_id.phone = "09350000001"
        campaign = self.campaign(LINK)
        campaign.action_test()
        campaign.variant_ids.template_id.body = "https://other.example"
        self.go(campaign)
        self.assertTrue(self._follow(self._tokens(campaign)[sara]).startswith("https://other.example"))

    # -- figures ---------------------------------------------------------------------------------------------------

    def test_figures_agree_with_those_counted_by_hand(self):
        a, b, c, d, e = self.people(5)
        stranger = self._member(name="Never asked")
        e.partner_id.phone = False
        campaign = self.go(self.campaign())
        now = fields.Datetime.now()
        bought = [
            (a, now + timedelta(days=1), 100),
            (a, now + timedelta(days=2), 50),
            (a, now + timedelta(days=3), -30),  # a return
            (b, now + timedelta(days=15), 1000),  # too late
            (b, now - timedelta(days=1), 1000),  # before
            (c, now + timedelta(days=13), 70),
            (stranger, now + timedelta(days=1), 500),  # got nothing, so it did nothing
        ]
        d._club_withdraw_consent(["news"], ["sms"], "portal", at=now + timedelta(hours=1))
        with self.purchases(*bought):
            campaign.action_refresh()
        self.env.invalidate_all()
        self.assertEqual((campaign.people, campaign.sent), (6, 4))
        self.assertEqual(campaign.blocked + campaign.failed, 2)
        self.assertEqual((campaign.bought, campaign.bought_amount), (2, 190))
        self.assertEqual(campaign.opted_out, 1)
        self.assertEqual(campaign.cost, 400)
        self.assertEqual(self.rows(campaign).filtered(lambda row: row.member_id == a).bought_count, 2)

    def test_each_figure_opens_the_list_behind_it(self):
        people = self.people(3)
        self._member(name="Never asked")
        campaign = self.go(self.campaign())
        for figure, expected in (("sent", 3), ("blocked", 1), ("clicked", 0), ("people", 4)):
            action = campaign.with_context(figure=figure).action_open_figure()
            rows = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(rows), expected, figure)
            self.assertEqual(len(rows), campaign[figure], figure)
        action = campaign.with_context(figure="sent").action_open_figure()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]).member_id, people)

    def test_the_texts_are_compared_with_those_held_out(self):
        self.people(300)
        campaign = self.go(self.campaign("A", "B", control_percent=50))
        rows = self.rows(campaign)
        now = fields.Datetime.now() + timedelta(hours=1)
        first = rows.filtered(lambda row: row.variant_id == campaign.variant_ids[0]).member_id
        held = rows.filtered("control").member_id
        self.assertEqual((len(first), len(held)), (75, 150))
        with self.purchases(*((member, now, 10) for member in first[:60] | held[:15])):
            campaign.action_refresh()
        self.env.invalidate_all()
        self.assertEqual((campaign.bought, campaign.control_bought, campaign.control_count), (60, 15, 150))
        self.assertEqual(campaign.variant_ids.mapped("bought"), [60, 0])
        self.assertIn("+30.0 percentage points more", campaign.lift_text)

    def test_a_few_people_prove_nothing(self):
        self.people(10)
        campaign = self.go(self.campaign(control_percent=20))
        self.env.invalidate_all()
        self.assertIn("too few", campaign.lift_text)

    def test_purchases_are_counted_by_the_job_until_the_days_are_over(self):
        sara = self.person()
        campaign = self.go(self.campaign(bought_days=3))
        start = campaign.started_at
        with freeze_time(start + timedelta(days=2)), self.purchases((sara, start + timedelta(days=1), 10)):
            self.job("campaign_figures")
        self.assertEqual(campaign.bought, 1)
        with freeze_time(start + timedelta(days=40)), self.purchases((sara, start + timedelta(days=60), 10)):
            self.job("campaign_figures")
        self.assertEqual(campaign.bought, 1, "a campaign of long ago is left alone")


@tagged("post_install", "-at_install")
class TestCampaignLink(CampaignCase, HttpCase):
    def enter_registry_test_mode(self):
        return nullcontext()  # it is in that mode all the time

    def test_a_click_leads_on_and_is_counted_but_not_that_of_a_robot(self):
        self.people(1)
        campaign = self.go(self.campaign(LINK))
        token = self.rows(campaign).sudo().token
        self.env.flush_all()
        robot = self.url_open(
            f"/c/{token}", headers={"User-Agent": "TelegramBot (like TwitterBot)"}, allow_redirects=False
        )
        self.assertEqual(robot.status_code, 302)
        self.env.invalidate_all()
        self.assertEqual(campaign.clicked, 0)
        answer = self.url_open(f"/c/{token}", allow_redirects=False)
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(answer.headers["Location"].startswith(LINK))
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.env.invalidate_all()
        self.assertEqual(campaign.clicked, 1)
        self.assertEqual(self.url_open("/c/nobody12", allow_redirects=False).status_code, 404)
