"""One-time codes: at once with the commit, past everything that waits, and readable nowhere."""

import logging
import re
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from .messages import MessageCase

ORDER = "pos.order:22222222-2222-2222-2222-222222222222"


@tagged("post_install", "-at_install")
class TestMessageCode(MessageCase):
    def setUp(self):
        super().setUp()
        self.club.proof_points = True
        self.sara = self.person()
        self._post(self._account(self.sara), 1000)

    def ask(self):
        answer = self.env["loyalty.club.proof"]._club_request(self.sara, "points", Decimal(200), ORDER, till="Till")
        self.assertEqual(answer["status"], "sent")

    def commit(self):
        with self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def message(self):
        return self.Message.search([("lane", "=", "code"), ("address", "=", self.sara.mobile)])

    def secret(self):
        self.env.cr.execute("SELECT secret, body FROM loyalty_club_message WHERE lane = 'code'")
        return self.env.cr.fetchall()

    def test_a_code_leaves_with_the_commit_and_is_good(self):
        self.ask()
        self.assertFalse(self.fake.messages, "nothing is sent for a request that may still be undone")
        self.commit()
        (text,) = self.fake.got(self.sara.mobile)
        self.assertEqual(self.message().state, "sent")
        self.assertEqual(self.message().line_id.purpose, "code")
        self.assertEqual(self.message().member_id, self.sara)
        code = re.search(r"\d{6}", text).group()
        self.assertEqual(self.env["loyalty.club.proof"]._club_confirm(ORDER, code)["status"], "confirmed")

    def test_who_joins_gets_the_code_for_his_number_and_no_log_has_it(self):
        number = "+989127654321"
        answer = self.env["loyalty.club.proof"]._club_request_mobile(self.club, "0912 765 4321", till="Till")
        self.assertEqual(answer["status"], "sent")
        self.commit()
        code = re.search(r"\d{6}", self.fake.got(number)[0]).group()
        confirmed = self.env["loyalty.club.proof"]._club_confirm_mobile(self.club, number, code)
        self.assertEqual(confirmed["status"], "confirmed")
        message = self.Message.search([("address", "=", number)])
        self.assertEqual((message.state, message.lane, message.body), ("sent", "code", False))
        self.assertEqual(self.secret(), [(None, None)])

    def test_a_code_is_not_readable_anywhere(self):
        with self.assertLogs("odoo", level="DEBUG") as logs:
            logging.getLogger("odoo.addons.loyalty_club_sms").debug("asking for a code")
            self.ask()
            self.commit()
        code = re.search(r"\d{6}", self.fake.got(self.sara.mobile)[0]).group()
        self.assertEqual(self.secret(), [(None, None)])
        self.assertFalse([line for line in logs.output if code in line and "odoo.sql_db" not in line])
        self.assertNotIn(code, str(self.message().read()))

    def test_a_code_passes_a_campaign(self):
        self.queue(self.people(300), "campaign", text="Campaign")
        self.ask()
        self.commit()
        self.assertEqual([one.number for one in self.fake.messages], [self.sara.mobile])

    def test_a_code_that_could_not_be_sent_is_tried_again_while_it_is_good(self):
        self.fake.fail("busy")
        self.ask()
        self.commit()
        message = self.message()
        self.assertEqual((message.state, message.reason), ("waiting", "busy"))
        self.assertLess(message.not_before, fields.Datetime.now() + timedelta(minutes=1))
        self.assertTrue(self.secret()[0][0], "kept as long as it may be sent")
        self.env.cr.execute("UPDATE loyalty_club_message SET not_before = not_before - interval '1 minute'")
        self.send("code")
        self.assertEqual(message.state, "sent")
        self.assertEqual(self.secret(), [(None, None)])

    def test_a_code_is_dropped_when_it_is_too_old(self):
        self.ask()
        self.env.flush_all()
        self.env.cr.execute("UPDATE loyalty_club_message SET not_after = not_after - interval '10 minutes'")
        self.send("code")
        self.assertEqual((self.message().state, self.message().reason), ("cancelled", "late"))
        self.assertEqual(self.secret(), [(None, None)])
        self.assertFalse(self.fake.messages)

    def test_a_gateway_in_trouble_is_still_asked_for_codes(self):
        self.fake.fail("busy", 1)
        self.queue(self.person("Other"), lane="service")
        self.send("service")
        self.ask()
        self.commit()
        self.assertEqual(self.message().state, "sent")

    def test_a_stopped_club_still_sends_codes(self):
        self.env["loyalty.club.message.stop"]._club_stop(self.club)
        self.ask()
        self.commit()
        self.assertEqual(self.message().state, "sent")
