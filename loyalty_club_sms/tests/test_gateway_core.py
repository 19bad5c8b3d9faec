"""Core's own SMS through a club's gateway: the queue with several companies, failures in core's words, reports."""

from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.addons.sms.tests.common import MockSMS
from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.tests import tagged

from ..models.sms_api import SmsApiClub
from .fake import FakeKavenegar
from .messages import make_gateway

SARA, REZA = "+989121111111", "+989122222222"


@tagged("post_install", "-at_install")
class TestCoreSms(ClubCommon, MockSMS):
    def setUp(self):
        super().setUp()
        self.fake = self.enterContext(FakeKavenegar())
        self.company = self.env.company
        self.gateway = make_gateway(self.env, self.fake)

    def sms(self, number=SARA, body="Hello", company=None, **values):
        env = self.env["sms.sms"].with_company(company or self.company)
        return env.create({"number": number, "body": body, **values})

    def run_queue(self):
        self.env.flush_all()
        self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()

    def test_core_sends_through_the_companys_gateway(self):
        self.assertIs(self.company._get_sms_api_class(), SmsApiClub)
        sms = self.sms()
        sms.send()
        self.assertEqual(self.fake.got(SARA), ["Hello"])
        self.assertEqual((sms.state, sms.to_delete), ("pending", True))

    def test_without_a_gateway_core_does_what_it_always_did(self):
        self.company.club_gateway_id = False
        self.assertIs(self.company._get_sms_api_class(), SmsApi)
        self.company.club_gateway_id = self.gateway
        self.gateway.active = False
        self.assertIs(self.company._get_sms_api_class(), SmsApi)

    def test_a_queue_with_several_companies_goes_through_each_ones_gateway(self):
        """Core's job takes all companies' messages as one lot, and then asks for a single company."""
        other, third = self.env["res.company"].create([{"name": "Other"}, {"name": "Third"}])
        other_fake = self.enterContext(FakeKavenegar())
        make_gateway(self.env, other_fake, company=other)
        self.sms(SARA, "mine")
        self.sms(SARA, "theirs", company=other)
        iap = self.sms(REZA, "core's", company=third)
        with self.mockSMSGateway():
            self.run_queue()
            self.assertEqual([one["body"] for one in self._sms], ["core's"])
        self.assertEqual(self.fake.got(SARA), ["mine"])
        self.assertEqual(other_fake.got(SARA), ["theirs"])
        self.assertEqual(iap.state, "pending")

    def test_messages_of_records_go_by_the_companies_of_the_records(self):
        other = self.env["res.company"].create({"name": "Other"})
        other_fake = self.enterContext(FakeKavenegar())
        make_gateway(self.env, other_fake, company=other)
        partners = self.env["res.partner"].create(
            [
                {"name": "A", "phone": SARA, "company_id": self.company.id},
                {"name": "B", "phone": REZA, "company_id": other.id},
            ]
        )
        for partner in partners:
            partner._message_sms(f"To {partner.name}", put_in_queue=True)
        self.run_queue()
        self.assertEqual((len(self.fake.messages), len(other_fake.messages)), (1, 1))

    def test_failures_are_told_in_cores_words(self):
        bad = self.sms("+98912")
        bad.send()
        self.assertEqual((bad.state, bad.failure_type), ("error", "sms_number_format"))
        self.assertFalse(self.fake.calls, "a number that is none is not handed over")
        self.fake.credit = 0
        poor = self.sms()
        poor.send()
        self.assertEqual((poor.state, poor.failure_type), ("error", "sms_credit"))
        self.fake.credit, self.fake.key = 10**6, "another"
        locked = self.sms()
        locked.send()
        self.assertEqual((locked.state, locked.failure_type), ("error", "sms_acc"))

    def test_what_may_have_gone_says_so(self):
        partner = self.env["res.partner"].create({"name": "A", "phone": SARA})
        self.fake.fail("malformed")
        message = partner._message_sms("Hello")
        notification = message.notification_ids
        self.assertEqual((notification.notification_status, notification.failure_type), ("exception", "unknown"))
        self.assertIn("may have gone", notification.failure_reason)
        self.assertEqual(len(self.fake.got(SARA)), 1)

    def test_reports_reach_cores_notifications(self):
        partners = self.env["res.partner"].create(
            [{"name": "A", "phone": SARA}, {"name": "B", "phone": REZA}, {"name": "C", "phone": "+989123333333"}]
        )
        self.fake.blacklist, self.fake.unreachable = {REZA}, {"+989123333333"}
        messages = [partner._message_sms("Hello") for partner in partners]
        statuses = [message.notification_ids.notification_status for message in messages]
        self.assertEqual(statuses, ["pending"] * 3)
        self.fake.wait(60)
        self.env.flush_all()
        self.env.cr.execute("UPDATE loyalty_club_message SET called_at = called_at - interval '5 minutes'")
        self.env.invalidate_all()
        self.env.ref("loyalty_club_sms.ir_cron_gateway_poll").method_direct_trigger()
        self.env.invalidate_all()
        statuses = [message.notification_ids.notification_status for message in messages]
        self.assertEqual(statuses, ["sent", "bounce", "exception"])
        self.assertEqual(messages[1].notification_ids.failure_type, "sms_not_allowed")

    def test_the_fall_back_takes_what_certainly_did_not_go(self):
        second = self.enterContext(FakeKavenegar())
        self.gateway.fallback_id = make_gateway(self.env, second, name="Second")
        self.fake.credit = 0
        sms = self.sms()
        sms.send()
        self.assertEqual((sms.state, second.got(SARA)), ("pending", ["Hello"]))
        self.fake.credit = 10**6
        self.fake.fail("malformed")
        unsure = self.sms(REZA)
        unsure.send()
        self.assertEqual(unsure.state, "error")
        self.assertEqual((len(self.fake.got(REZA)), len(second.got(REZA))), (1, 0), "it may have gone")

    def test_advertising_waits_for_a_line_of_its_own(self):
        self.gateway.line_ids.filtered(lambda line: line.purpose == "advertising").unlink()
        api = SmsApiClub(self.env)
        api._set_company(self.company)
        api.purpose = "advertising"
        [result] = api._send_sms_batch([{"content": "Sale", "numbers": [{"uuid": "a" * 32, "number": SARA}]}])
        self.assertIn("no line", result["failure_reason"])
        self.assertFalse(self.fake.calls)

    def test_equal_and_unequal_texts_go_in_as_few_calls_as_the_gateway_allows(self):
        sms = self.env["sms.sms"].create(
            [{"number": f"+98912{number:07d}", "body": f"Text {number % 3}"} for number in range(30)]
        )
        sms.send()
        self.assertEqual(len(self.fake.messages), 30)
        self.assertEqual(len(self.fake.calls), 1)
