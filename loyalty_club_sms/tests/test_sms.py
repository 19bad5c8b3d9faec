"""A company without a gateway of the club's sends through Odoo's own; core's test gateway stands in for that."""

import re
from decimal import Decimal

from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.addons.sms.tests.common import SMSCase
from odoo.tests import tagged

ORDER = "pos.order:22222222-2222-2222-2222-222222222222"


@tagged("post_install", "-at_install")
class TestMessagesByCore(ClubCase, SMSCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club(proof_points=True)
        cls.sara = cls._member(name="Sara")
        cls._post(cls._account(cls.sara), 1000)

    def ask(self):
        answer = self.env["loyalty.club.proof"]._club_request(self.sara, "points", Decimal(200), ORDER, till="Till")
        self.assertEqual(answer["status"], "sent")

    def commit(self):
        with self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def messages(self):
        return self.env["loyalty.club.message"].search([("address", "=", self.sara.mobile)])

    def test_a_code_leaves_with_the_commit(self):
        with self.mockSMSGateway():
            self.ask()
            self.assertFalse(self._sms, "nothing is sent for a request that may still be undone")
            self.commit()
            self.assertSMSIapSent([self.sara.mobile])
        code = re.search(r"\d{6}", self._sms[0]["body"]).group()
        self.assertEqual(self.env["loyalty.club.proof"]._club_confirm(ORDER, code)["status"], "confirmed")
        self.assertEqual(self.messages().state, "sent")
        self.assertFalse(self.messages().body)

    def test_core_keeps_no_copy_of_a_code(self):
        with self.mockSMSGateway():
            self.ask()
            self.commit()
        self.assertFalse(self.env["sms.sms"].search([("number", "=", self.sara.mobile)]))

    def test_a_gateway_that_failed_leaves_it_unsure(self):
        with self.mockSMSGateway(sim_error="server_error"):
            self.ask()
            self.commit()
        self.assertEqual((self.messages().state, self.messages().reason), ("unsure", "server"))

    def test_a_wrong_number_fails_for_good(self):
        with self.mockSMSGateway(sim_error="wrong_number_format"):
            self.ask()
            self.commit()
        self.assertEqual((self.messages().state, self.messages().reason), ("failed", "number"))

    def test_other_texts_wait_in_the_queue(self):
        with self.mockSMSGateway():
            self.assertTrue(self.env["loyalty.club.messenger"]._club_send_text(self.sara.mobile, "Welcome", "greeting"))
            self.commit()
            self.assertFalse(self._sms)
            self.assertEqual((self.messages().body, self.messages().state), ("Welcome", "waiting"))
            with self.enter_registry_test_mode():
                self.env.ref("loyalty_club_sms.ir_cron_message_service").method_direct_trigger()
            self.assertSMSIapSent([self.sara.mobile])
