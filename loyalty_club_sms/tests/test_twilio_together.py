"""Core's Twilio installed next to the club's gateways: each company's SMS go its own way, core's path is untouched."""

import json
from unittest.mock import patch
from urllib.parse import parse_qs

from requests import Response, Session

from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.addons.sms.tests.common import MockSMS
from odoo.tests import Form, tagged

from .fake import FakeKavenegar
from .messages import make_gateway

SARA, REZA, OMID = "+989121111111", "+989122222222", "+989133333333"


@tagged("-standard", "post_install", "-at_install", "club_together")
class TestBesideTwilio(ClubCommon, MockSMS):
    twilio = []

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what core does itself for tests of every run
        handler = patch.object(Session, "send", lambda *given, **more: cls._request_handler(*given, **more))
        cls.startClassPatcher(handler)

    @classmethod
    def _request_handler(cls, session, request, **kwargs):
        """Twilio, whose address core does not let anybody change."""
        if not request.url.startswith("https://api.twilio.com/"):
            return super()._request_handler(session, request, **kwargs)
        cls.twilio.append({name: values[0] for name, values in parse_qs(request.body).items()})
        response = Response()
        response.status_code = 201
        response._content = json.dumps({"sid": f"SM{len(cls.twilio)}", "status": "queued"}).encode()
        return response

    def setUp(self):
        super().setUp()
        self.twilio.clear()
        self.fake = self.enterContext(FakeKavenegar())
        self.company = self.env.company
        self.gateway = make_gateway(self.env, self.fake)

    def company_of_twilio(self, name="Twilio"):
        company = self.env["res.company"].create({"name": name})
        company.write(
            {
                "sms_provider": "twilio",
                "sms_twilio_account_sid": "AC" + "1" * 32,
                "sms_twilio_auth_token": "token",
                "sms_twilio_number_ids": [(0, 0, {"number": "+15005550006", "country_id": self.env.ref("base.us").id})],
            }
        )
        return company

    def run_queue(self):
        self.env.flush_all()
        self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()

    def test_one_queue_with_a_company_of_each(self):
        theirs, both = self.company_of_twilio(), self.company_of_twilio("Both")
        other_fake = self.enterContext(FakeKavenegar())
        make_gateway(self.env, other_fake, company=both)
        plain = self.env["res.company"].create({"name": "Odoo's own"})
        for company, number in ((self.company, SARA), (theirs, REZA), (both, SARA), (plain, OMID)):
            self.env["sms.sms"].with_company(company).create({"number": number, "body": company.name})
        with self.mockSMSGateway():
            self.run_queue()
            self.assertEqual([one["number"] for one in self._sms], [OMID])
        self.assertEqual(self.fake.got(SARA), [self.company.name])
        self.assertEqual(other_fake.got(SARA), ["Both"])
        self.assertEqual(
            [(one["To"], one["Body"], one["From"]) for one in self.twilio], [(REZA, "Twilio", "+15005550006")]
        )

    def test_what_is_sent_at_once_goes_the_same_ways(self):
        both = self.company_of_twilio("Both")
        other_fake = self.enterContext(FakeKavenegar())
        make_gateway(self.env, other_fake, company=both)
        sms = self.env["sms.sms"]
        for company in (self.company, self.company_of_twilio(), both):
            sms |= sms.with_company(company).create({"number": SARA, "body": company.name})
        sms.send()
        self.assertEqual((self.fake.got(SARA), other_fake.got(SARA)), ([self.company.name], ["Both"]))
        self.assertEqual([one["Body"] for one in self.twilio], ["Twilio"])

    def test_whoever_split_the_queue_before_a_club_s_gateway_takes_its_own(self):
        """Right after an installation Twilio's addon splits first; after a restart ours does."""
        from odoo.addons.sms_twilio.tools.sms_api import SmsApiTwilio

        both = self.company_of_twilio("Both")
        make_gateway(self.env, self.fake, company=both)
        sms = self.env["sms.sms"].with_company(both).create({"number": SARA, "body": "Both"})
        api = SmsApiTwilio(self.env)
        api._set_company(both)
        sms.with_context(sms_api=api)._send()
        self.assertEqual((self.fake.got(SARA), self.twilio), (["Both"], []))

    def test_twilio_s_numbers_and_reports_are_core_s(self):
        theirs = self.company_of_twilio()
        partner = self.env["res.partner"].create({"name": "R", "phone": REZA, "company_id": theirs.id})
        message = partner._message_sms("To R", put_in_queue=True)
        self.run_queue()
        self.assertEqual(message.notification_ids.notification_status, "pending")
        tracker = message.notification_ids.sms_tracker_ids
        self.assertEqual(tracker.sms_twilio_sid, "SM1")
        self.assertFalse(self.fake.calls)
        self.assertFalse(self.env["loyalty.club.message"].search([("uuid", "=", tracker.sms_uuid)]))

    def test_messages_of_a_club_go_through_the_twilio_of_its_company(self):
        theirs = self.company_of_twilio()
        club = self.env["loyalty.club"].create(
            {"name": "Abroad", "company_id": theirs.id, "country_id": self.env.ref("base.ir").id}
        )
        member = self.env["loyalty.club.member"]._club_enrol(club, mobile="09122222222", name="Reza")[0]
        row = {"key": "t", "lane": "service", "purpose": "service", "member_id": member.id, "body": "Hello"}
        message = self.env["loyalty.club.message"]._club_queue([row])
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club_sms.ir_cron_message_service").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((message.state, message.gateway_id.ids), ("sent", []))
        self.assertEqual([(one["To"], one["Body"]) for one in self.twilio], [(REZA, "Hello")])
        self.assertFalse(self.fake.calls)

    def test_the_settings_show_both_and_what_the_one_means_for_the_other(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.sms_provider = "twilio"
            settings.club_gateway_id = self.gateway
        settings.record.execute()
        self.assertEqual((self.company.sms_provider, self.company.club_gateway_id), ("twilio", self.gateway))
        page = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        self.assertLess(page.index('name="sms_provider"'), page.index('name="club_gateway_id"'))
        self.assertIn("is not used", page)
