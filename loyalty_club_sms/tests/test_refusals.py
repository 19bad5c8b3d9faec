"""The dispatcher's question: which of these messages must not go. Many at once, by the one rule."""

from odoo.tests import tagged

from .test_consent import ConsentCommon


@tagged("post_install", "-at_install")
class TestRefusals(ConsentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.env["loyalty.club.gateway"].create(
            {"name": "Ours", "type": "kavenegar", "api_key": "none", "company_id": cls.env.company.id}
        )
        Line = cls.env["loyalty.club.gateway.line"]
        cls.lines = {
            purpose: Line.create({"gateway_id": cls.gateway.id, "number": f"3000{n}", "purpose": purpose})
            for n, purpose in enumerate(("code", "service", "advertising"))
        }
        cls.env.company.club_gateway_id = cls.gateway

    def message(self, member=None, purpose="offers", lane=None, **values):
        member = self.sara if member is None else member
        lane = lane or {"code": "code", "service": "service"}.get(purpose, "campaign")
        self.count = getattr(self, "count", 0) + 1
        row = {"key": f"t:{self.count}", "lane": lane, "purpose": purpose, "body": "Text", "member_id": member.id}
        return self.env["loyalty.club.message"]._club_queue([{**row, **values}])

    def reason(self, *args, **values):
        message = self.message(*args, **values)
        return self.consents._club_refusals(message).get(message.id)

    def test_offers_go_to_nobody_who_did_not_agree(self):
        self.assertEqual(self.reason(), "no_consent")
        self.give()
        self.assertFalse(self.reason())
        self.assertEqual(self.reason(purpose="news"), "no_consent")
        self.sara._club_withdraw_consent(["offers"], ["sms"], "portal")
        self.assertEqual(self.reason(), "opted_out")
        self.assertFalse(self.reason(purpose="service"), "what concerns his purchases still comes")

    def test_core_s_phone_blacklist_stops_advertising_and_nothing_else(self):
        self.give()
        self.env["phone.blacklist"].create({"number": self.sara.mobile})
        self.assertEqual(self.reason(), "blacklisted")
        self.sara.invalidate_recordset()
        self.assertIn("blacklist", self.sara.consent_obstacle)
        self.assertFalse(self.reason(purpose="service"))
        self.assertFalse(self.reason(purpose="code"))

    def test_who_left_or_is_blocked_gets_no_advertising(self):
        self.give()
        self.sara._club_set_state("blocked")
        self.assertEqual(self.reason(), "member_closed")
        self.assertFalse(self.reason(purpose="service"))
        self.sara._club_set_state("left")
        self.assertEqual(self.reason(purpose="service"), "member_closed")

    def test_a_number_of_nobody_gets_service_but_no_advertising(self):
        nobody = self.env["loyalty.club.member"]
        self.assertEqual(self.reason(nobody, address="+989120000009", member_id=False), "no_consent")
        self.assertFalse(self.reason(nobody, purpose="service", address="+989120000009", member_id=False))

    def test_a_messenger_that_is_not_connected_has_no_address(self):
        self.give(channel="telegram")
        self.assertEqual(self.reason(channel="telegram"), "no_address")

    def test_a_gateway_s_blacklist_answer_is_kept_for_its_line(self):
        self.give()
        line = self.lines["advertising"]
        self.env["loyalty.club.barred"]._club_note([("sms", line.id, self.sara.mobile, "14")])
        barred = self.env["loyalty.club.barred"].search([("address", "=", self.sara.mobile)])
        self.assertEqual((barred.line_id, barred.detail), (line, "14"))
        self.assertTrue(barred.at)
        self.assertEqual(self.reason(), "barred")
        self.assertFalse(self.reason(purpose="service"))
        message = self.message()
        message.sudo().line_id = line.copy({"number": "30009"})
        self.assertFalse(self.consents._club_refusals(message), "another line may reach him")
        barred.with_user(self._user("officer")).action_lift()
        self.assertFalse(self.reason())

    def test_a_service_line_s_refusal_says_nothing_about_advertising(self):
        self.give()
        self.env["loyalty.club.barred"]._club_note([("sms", self.lines["service"].id, self.sara.mobile, "x")])
        self.assertFalse(self.reason())

    def test_the_answer_for_a_message_is_kept_by_the_dispatcher_s_hook(self):
        self.give()
        message = self.message(address=self.sara.mobile)
        line = self.lines["advertising"]
        message.sudo().write(
            {"state": "blocked", "reason": "blacklist", "line_id": line.id, "gateway_id": self.gateway.id}
        )
        message._club_blocked()
        self.assertEqual(self.reason(), "barred")

    def test_a_campaign_knows_before_what_will_be_refused(self):
        reza, mina = self._member(name="Reza"), self._member(name="Mina")
        self.give()
        mina._club_withdraw_consent(["offers"], ["sms"], "portal")
        members = self.sara | reza | mina
        refusals = self.consents._club_refusals_before(members, "offers", "sms", self.env.company)
        self.assertEqual(refusals, {reza.id: "no_consent", mina.id: "opted_out"})

    def test_a_hundred_messages_cost_no_more_queries_than_ten(self):
        members = self.env["loyalty.club.member"].union(*(self._member(name=f"M{n}") for n in range(100)))
        messages = self.env["loyalty.club.message"].union(*(self.message(member) for member in members))

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.consents._club_refusals(some)
            return self.cr.sql_log_count - before

        self.assertLessEqual(queries(messages), queries(messages[:10]))
        self.assertEqual(set(self.consents._club_refusals(messages).values()), {"no_consent"})

    def test_reasons_are_told_in_words(self):
        message = self.message()
        message.sudo().write({"state": "blocked", "reason": "opted_out"})
        self.assertIn("withdrew", message.reason_text)
