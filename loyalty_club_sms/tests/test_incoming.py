"""Incoming messages: read once, "stop" in any spelling ends advertising, and what nobody can read is shown."""

from odoo.addons.loyalty_club_sms.gateways.base import Incoming
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .test_consent import ConsentCommon


@tagged("post_install", "-at_install")
class TestIncoming(ConsentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.env["loyalty.club.gateway"].create(
            {"name": "Ours", "type": "kavenegar", "api_key": "none", "company_id": cls.env.company.id}
        )

    def setUp(self):
        super().setUp()
        self.give()
        self.give(purpose="news")

    def receive(self, *bodies, ref="m", number=None, gateway=None):
        number = number or self.sara.mobile
        incomings = [Incoming(f"{ref}{n}", number, body) for n, body in enumerate(bodies)]
        return self.env["loyalty.club.incoming"]._club_received(gateway or self.gateway, incomings)

    def test_stop_in_any_spelling_ends_all_advertising_on_this_channel(self):
        self.give(channel="telegram")
        for number, body in enumerate(("لغو11", "لغو ۱۱", "STOP", " لغو. ")):
            member = self._member(name=f"M{number}")
            self.give(member)
            incoming = self.receive(body, ref=f"r{number}", number=member.mobile)
            self.assertEqual((incoming.kind, incoming.state, incoming.member_ids), ("opt_out", "done", member))
            self.assertIs(self.agrees(member), False, body)
            self.assertIs(self.agrees(member, "news"), False, body)
            self.assertEqual(member.consent_ids.filtered(lambda row: not row.given).incoming_id, incoming)
        self.assertTrue(self.agrees(), "nobody else is touched")
        self.assertTrue(self.agrees(channel="telegram"), "another channel is not touched")
        self.assertFalse(self.env["phone.blacklist"].search([("number", "=", member.mobile)]))

    def test_the_same_message_again_does_nothing(self):
        self.assertEqual(len(self.receive("stop")), 1)
        self.sara._club_give_consent("offers", "sms", "portal", text_id=self.text.id)
        self.assertFalse(self.receive("stop"), "polled again")
        self.assertTrue(self.agrees(), "what he said since stays")

    def test_numbers_as_a_gateway_writes_them(self):
        for number, form in enumerate(("0" + self.sara.mobile[3:], "00" + self.sara.mobile[1:], self.sara.mobile[1:])):
            incoming = self.receive("hello", ref=f"f{number}-", number=form)
            self.assertEqual((incoming.address, incoming.member_ids), (self.sara.mobile, self.sara), form)

    def test_what_nobody_can_read_waits_for_an_officer(self):
        incoming = self.receive("Please, no more of this")
        self.assertEqual((incoming.kind, incoming.state), ("other", "new"))
        self.assertTrue(self.agrees())
        with self.assertRaises(AccessError):
            incoming.with_user(self._user("auditor")).action_opt_out()
        officer = self._user("officer")
        incoming.with_user(officer).action_opt_out()
        self.assertIs(self.agrees(), False)
        self.assertEqual((incoming.state, incoming.user_id, incoming.kind), ("done", officer, "opt_out"))
        with self.assertRaises(AccessError):
            incoming.with_user(officer).write({"body": "Something else"})

    def test_a_number_of_nobody_is_logged_and_put_nowhere(self):
        incoming = self.receive("stop", number="+989990000001")
        self.assertEqual((incoming.kind, incoming.state), ("opt_out", "done"))
        self.assertFalse(incoming.member_ids)
        self.assertFalse(self.env["phone.blacklist"].search([("number", "=", "+989990000001")]))

    def test_a_short_number_is_no_error(self):
        self.assertEqual(self.receive("Your balance is low", number="3000505").address, "3000505")

    def test_join_words_agree_with_the_text_in_use(self):
        self.receive("stop")
        self.receive("عضویت", ref="j")
        self.assertTrue(self.agrees())
        self.assertEqual(self.sara.consent_ids[0].source, "incoming")
        self.assertTrue(self.sara.consent_ids[0].text_id)

    def test_a_club_adds_its_words_and_takes_none_away(self):
        Word = self.env["loyalty.club.incoming.word"]
        Word.create({"club_id": self.club.id, "word": "Genug!"})
        Word.create({"club_id": self.club.id, "word": "join us", "kind": "opt_in"})
        Word.create({"club_id": self.club.id, "word": "STOP", "kind": "opt_in"})
        self.receive("stop")
        self.assertIs(self.agrees(), False, "stop is stronger")
        with self.assertRaises(ValidationError):
            Word.create({"word": " . "})
        reza = self._member(self._make_club(name="Other"), name="Reza")
        self.give(reza)
        self.receive("genug", ref="g", number=reza.mobile)
        self.assertTrue(self.agrees(reza), "that word is another club's")

    def test_a_gateway_of_another_company_does_not_speak_for_this_club(self):
        company = self.env["res.company"].create({"name": "Elsewhere", "country_id": self.env.ref("base.ir").id})
        other = self.env["loyalty.club.gateway"].create(
            {"name": "Theirs", "type": "kavenegar", "api_key": "none", "company_id": company.id}
        )
        incoming = self.receive("stop", gateway=other)
        self.assertFalse(incoming.member_ids)
        self.assertTrue(self.agrees())

    def test_one_number_in_two_clubs_stops_both(self):
        again = self._member(self._make_club(name="Second"), name="Sara", mobile=self.sara.mobile)
        self.give(again)
        self.assertEqual(self.receive("stop").member_ids, self.sara | again)
        self.assertIs(self.agrees(again), False)
