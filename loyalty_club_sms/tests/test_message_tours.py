"""Browser tours of a manager: a gateway that answers, and a campaign from its audience to its result."""

from odoo.tests import HttpCase, tagged

from .campaigns import CampaignCase


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestMessageTours(CampaignCase, HttpCase):
    def test_a_gateway_is_set_up_and_its_test_arrives(self):
        self._user("manager", login="gateway_manager").group_ids += self.env.ref("base.group_system")
        self.env["ir.default"].set("loyalty.club.gateway", "base_url", self.fake.url)  # the vendor's, here on loopback
        self.start_tour(
            "/odoo/action-loyalty_club_sms.loyalty_club_gateway_action", "club_gateway", login="gateway_manager"
        )
        made = self.env["loyalty.club.gateway"].search([("name", "=", "Our Kavenegar")])
        self.assertEqual(made.line_ids.mapped("purpose"), ["service"])
        self.assertEqual([(one.number, one.body) for one in self.fake.messages], [("+989121234567", "Does it work?")])

    def test_a_campaign_goes_from_its_audience_to_its_result(self):
        self.people(3)
        self._member(name="Never asked")
        self.text("Dear {name}, spring is here", name="Spring greeting")
        self._user("manager", login="campaign_manager")
        url = "/odoo/action-loyalty_club_sms.loyalty_club_campaign_action"
        self.start_tour(url, "club_campaign", login="campaign_manager")
        campaign = self.env["loyalty.club.campaign"].search([("name", "=", "Spring")])
        self.assertEqual(campaign.state, "preparing")
        self.job()
        self.send("campaign")
        self.job()
        self.assertEqual(len(self.fake.messages), 3)
        self.start_tour(f"{url}/{campaign.id}", "club_campaign_result", login="campaign_manager")
