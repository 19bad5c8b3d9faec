"""Codes by SMS: sent at once through Odoo's gateway, kept nowhere. Core's test gateway stands in for the network."""

import logging
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.addons.sms.tests.common import SMSCase
from odoo.tests import tagged

ORDER = "pos.order:22222222-2222-2222-2222-222222222222"


@tagged("post_install", "-at_install")
class TestCodesBySms(ClubCase, SMSCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club(proof_points=True)
        cls.sara = cls._member(name="Sara")
        cls._post(cls._account(cls.sara), 1000)

    def ask(self):
        answer = self.env["loyalty.club.proof"]._club_request(self.sara, "points", Decimal(200), ORDER, till="Till")
        self.assertEqual(answer["status"], "sent")

    def messages(self):
        self.env["sms.sms"].invalidate_model()  # they are sent by another cursor
        return self.env["sms.sms"].search([("number", "=", self.sara.mobile)])

    def test_a_code_leaves_with_the_commit_and_is_good(self):
        with self.mockSMSGateway():
            self.ask()
            self.assertFalse(self._sms, "nothing is sent for a request that may still be undone")
            self.env.cr.postcommit.run()
            self.assertSMSIapSent([self.sara.mobile])
        code = self._sms[0]["body"].split()[0]
        self.assertEqual(self.env["loyalty.club.proof"]._club_confirm(ORDER, code)["status"], "confirmed")

    def test_a_sent_code_is_readable_neither_in_the_queue_nor_in_the_log(self):
        with self.mockSMSGateway(), self.assertLogs("odoo.addons", level="DEBUG") as logs:
            logging.getLogger("odoo.addons.loyalty_club_sms").debug("asking for a code")
            self.ask()
            self.env.cr.postcommit.run()
        code = self._sms[0]["body"].split()[0]
        self.assertFalse(self.messages().filtered("body"))
        self.assertFalse([line for line in logs.output if code in line])

    def test_a_code_that_could_not_be_sent_is_not_kept_for_later(self):
        with self.mockSMSGateway(sim_error="server_error"):
            self.ask()
            self.env.cr.postcommit.run()
        self.assertEqual(self.messages().mapped("state"), ["error"])
        self.assertTrue(self.messages().to_delete)
        self.assertFalse(self.messages().body)

    def test_a_code_left_in_the_queue_is_dropped_when_it_is_too_old(self):
        with self.mockSMSGateway():
            self.ask()
            old = fields.Datetime.now() - timedelta(minutes=11)
            self.env.cr.execute("UPDATE sms_sms SET create_date = %s WHERE id = %s", (old, self.messages().id))
            self.messages().invalidate_recordset()
            self.messages().send()
            self.assertFalse(self._sms)
        self.assertEqual((self.messages().state, self.messages().body), ("canceled", False))

    def test_other_texts_wait_in_the_queue_as_always(self):
        with self.mockSMSGateway():
            sent = self.env["loyalty.club.messenger"]._club_send_text(self.sara.mobile, "Welcome", "greeting")
            self.env.cr.postcommit.run()
            self.assertTrue(sent)
            self.assertFalse(self._sms)
        self.assertEqual((self.messages().body, self.messages().state), ("Welcome", "outgoing"))
