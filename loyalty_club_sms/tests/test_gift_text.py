"""A gift card for somebody reaches him by SMS, as value and not as a one-time code; nobody reads it afterwards."""

import re
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .messages import MessageCase

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
NUMBER = "+989127654321"
NOON = datetime(2026, 5, 4, 8, 30)


@tagged("post_install", "-at_install")
class TestGiftText(MessageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club._club_ensure_program("gift")
        cls.branch = cls.env["loyalty.club.branch"].create({"club_id": cls.club.id, "name": "North", "code": "N"})

    def give(self, **values):
        """The office gives a card by SMS; the card."""
        wizard = self.env["loyalty.club.gift.give"].create(
            {
                "club_id": self.club.id,
                "branch_id": self.branch.id,
                "value": 2500,
                "reason": "Jubilee",
                "delivery": "text",
                "recipient_mobile": NUMBER,
                "recipient_name": "Omid",
                "message": "Well done",
                **values,
            }
        )
        return self.env["loyalty.club.gift"].browse(wizard.action_give()["res_id"])

    def message(self):
        return self.Message.search([("address", "=", NUMBER)])

    def kept(self):
        self.env.cr.execute("SELECT body, secret FROM loyalty_club_message WHERE address = %s", [NUMBER])
        return self.env.cr.fetchall()

    def test_who_it_is_for_gets_a_code_that_pays_and_the_log_has_none(self):
        gift = self.give()
        self.send("service")
        [text] = self.fake.got(NUMBER)
        code = CODE.search(text).group()
        self.assertEqual(self.env["loyalty.club.gift"].sudo()._club_read(self.club, code)[0], gift)
        self.assertIn("Well done", text)
        self.assertEqual(self.kept(), [(None, None)])
        message = self.message()
        self.assertEqual((message.state, message.lane, message.line_id.purpose), ("sent", "service", "service"))
        self.assertEqual(message.why, f"Gift card {gift.serial}")
        self.assertNotIn(code, str(message.read()) + str(self.env["mail.message"].search([]).mapped("body")))

    def test_a_number_in_the_text_is_not_taken_for_a_one_time_code(self):
        """A vendor's template would send the year as the code, and nothing else."""
        self.gateway.line_ids.filtered(lambda line: line.purpose == "code").template = "code"
        self.give(message="Since 2019")
        self.send("code", "service")
        [text] = self.fake.got(NUMBER)
        self.assertTrue(CODE.search(text))

    def test_a_gateway_that_is_down_for_an_hour_loses_no_card(self):
        with freeze_time(NOON):
            self.give()
            self.fake.fail("busy", 5)
            self.send("service")
        self.assertEqual(self.message().state, "waiting")
        self.fake.mend()
        with freeze_time(NOON + timedelta(hours=1)):
            self.send("service")
        self.assertEqual(len(self.fake.got(NUMBER)), 1)
        self.assertEqual(self.kept(), [(None, None)])

    def test_the_club_s_own_words_are_used(self):
        automation = (
            self.env["loyalty.club.automation"]
            .with_context(active_test=False)
            .search([("club_id", "=", self.club.id), ("trigger_code", "=", "gift_received")])
        )
        automation.active = True
        automation.template_id.body = "For you: {value}\n{message}\n{code}"
        self.give()
        self.send("service")
        self.assertIn("For you:", self.fake.got(NUMBER)[0])
