"""One person who plays two: forged requesters, requests that begin as waiting, limits that are raised for a minute."""

from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import fields
from odoo.addons.loyalty_club_sale.tests.common import ClubSaleCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger


class TestTwoPersons(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.sudo().write({"adjust_limit": 100, "adjust_day_limit": 0, "refund_limit": 100})
        manager = cls.env.ref("loyalty_club.group_club_manager")
        cls.nima = cls._manager("nima", manager)
        cls.mina = cls._manager("mina", manager)
        cls.officer = cls._user("officer", company=cls.company)

    @classmethod
    def _manager(cls, name, group):
        user = cls._user("manager", company=cls.company, login=name)
        user.group_ids = [Command.link(cls.env.ref("account.group_account_invoice").id)]
        return user

    def _request(self, user, amount=100_000, context=None, **values):
        Adjustment = self.env["loyalty.club.adjustment"].with_user(user).with_context(**(context or {}))
        return Adjustment.create({"member_id": self.member.id, "amount": amount, "reason": "Because", **values})

    def _balance(self):
        account = self._account(self.member)
        account.invalidate_recordset()
        return account.balance

    # -- approvals -----------------------------------------------------------------------------------------------------

    def test_a_manager_alone_makes_a_waiting_request_and_approves_it(self):
        forged = {"state": "waiting", "requested_by_id": self.mina.id}
        ways = {
            "defaults": {"context": {f"default_{name}": value for name, value in forged.items()}},
            "defaults without a requester": {"context": {"default_state": "waiting"}},
            "values": forged,
        }
        for way, values in ways.items():
            with self.subTest(way):
                request = self._request(self.nima, **values)
                self.assertEqual((request.state, request.requested_by_id.id), ("draft", False))
                request.action_approve()
                self.assertEqual((request.state, self._balance()), ("draft", 0))

    def test_a_stored_default_of_the_user_counts_as_no_value(self):
        Default = self.env["ir.default"].with_user(self.nima)
        Default.set("loyalty.club.adjustment", "state", "waiting", user_id=True)
        Default.set("loyalty.club.adjustment", "requested_by_id", self.mina.id, user_id=True)
        request = self._request(self.nima)
        request.action_approve()
        self.assertEqual((request.state, request.requested_by_id.id, self._balance()), ("draft", False, 0))

    def test_the_requester_is_who_pressed_the_button(self):
        request = self._request(self.nima)
        request.with_context(default_requested_by_id=self.mina.id).action_request()
        self.assertEqual((request.state, request.requested_by_id), ("waiting", self.nima))
        with self.assertRaises(AccessError):
            request.write({"requested_by_id": self.mina.id})
        with self.assertRaises(UserError):
            request.action_approve()
        request.with_user(self.mina).action_approve()
        self.assertEqual((request.state, self._balance()), ("done", 100_000))

    def test_nobody_s_request_is_approved(self):
        request = self._request(self.nima)
        request.sudo().state = "waiting"  # as one that was left by an earlier version
        with self.assertRaisesRegex(UserError, "Nobody has asked"):
            request.with_user(self.mina).action_approve()
        self.assertEqual(self._balance(), 0)

    def test_a_request_is_not_judged_by_the_limits_of_another_club(self):
        generous = self._make_club(name="Generous", company_id=self.company.id, adjust_limit=1_000_000)
        request = self._request(self.nima, club_id=generous.id, context={"default_club_id": generous.id})
        self.assertEqual(request.club_id, self.club)
        request.action_request()
        self.assertEqual(request.state, "waiting")

    def test_a_longer_life_is_not_waiting_from_its_beginning(self):
        lot = self._post(self._account(self.member), 500).lot_ids
        values = {"club_id": self.club.id, "lot_ids": [Command.set(lot.ids)], "last_day": "2099-01-01", "reason": "x"}
        Extension = self.env["loyalty.club.extension"].with_user(self.nima)
        request = Extension.with_context(default_state="waiting", default_requested_by_id=self.mina.id).create(values)
        request.action_approve()
        self.assertEqual((request.state, request.requested_by_id.id), ("draft", False))

    def test_what_is_given_by_hand_for_behaviour_counts_as_a_change_by_hand(self):
        kind = self.env["loyalty.club.event.type"].create(
            {"club_id": self.club.id, "name": "Social", "code": "praise", "amount": 10, "by_hand": True, "cap_count": 0}
        )

        def give(amount):
            values = {"member_id": self.member.id, "type_id": kind.id, "amount": amount, "reason": "Praise"}
            return self.env["loyalty.club.event.give"].with_user(self.nima).create(values).action_give()

        with self.assertRaisesRegex(UserError, "second person"):
            give(100_000)
        give(60)
        with self.assertRaisesRegex(UserError, "second person"):
            give(60)
        adjustment = self._request(self.nima, amount=50)
        adjustment.action_request()
        self.assertEqual((adjustment.state, self._balance()), ("waiting", 60))

    # -- limits --------------------------------------------------------------------------------------------------------

    def test_a_limit_that_is_raised_for_a_minute_gives_nothing(self):
        self.club.with_user(self.nima).adjust_limit = 1_000_000
        request = self._request(self.nima)
        request.action_request()
        self.assertEqual((request.state, self._balance()), ("waiting", 0))
        self.club.with_user(self.nima).adjust_limit = 100

    def test_zero_is_no_limit_and_so_a_higher_one(self):
        self.club.sudo().write({"adjust_limit": 1000, "adjust_day_limit": 150})
        self.club.with_user(self.nima).adjust_day_limit = 0
        request = self._request(self.nima, amount=200)
        request.action_request()
        self.assertEqual(request.state, "waiting")

    def test_a_raised_limit_holds_a_day_later(self):
        self.club.with_user(self.nima).adjust_limit = 1000
        with freeze_time(fields.Datetime.now() + timedelta(hours=23, minutes=50)):
            self.assertEqual(self.club._club_limit("adjust_limit"), 100)
        with freeze_time(fields.Datetime.now() + timedelta(hours=24, minutes=1)):
            self.assertEqual(self.club._club_limit("adjust_limit"), 1000)

    def test_raising_in_small_steps_is_no_faster(self):
        for limit in (101, 102, 1_000_000):
            self.club.with_user(self.nima).adjust_limit = limit
            self.assertEqual(self.club._club_limit("adjust_limit"), 100)

    def test_a_lower_limit_holds_at_once(self):
        self.club.with_user(self.nima).adjust_limit = 1000
        self.club.with_user(self.nima).adjust_limit = 20
        self.assertEqual(self.club._club_limit("adjust_limit"), 20)
        request = self._request(self.nima, amount=50)
        request.action_request()
        self.assertEqual(request.state, "waiting")

    def test_what_holds_back_a_limit_is_not_written_away(self):
        club = self.club.with_user(self.nima)
        club.adjust_limit = 1000
        with self.assertRaises(AccessError):
            club.club_limits_raised = False
        with self.assertRaises(AccessError):
            club.write({"adjust_limit": 1000, "club_limits_raised": {}})
        self.assertEqual(self.club._club_limit("adjust_limit"), 100)

    def test_who_raised_a_limit_approves_nothing_for_a_day(self):
        request = self._request(self.officer)
        request.action_request()
        self.club.with_user(self.nima).adjust_limit = 1000
        with self.assertRaisesRegex(UserError, "raised a limit"):
            request.with_user(self.nima).action_approve()
        request.with_user(self.mina).action_approve()
        self.assertEqual(request.state, "done")

    def test_a_raised_limit_is_an_alert_that_another_manager_reads(self):
        self.club.with_user(self.nima).adjust_limit = 1000
        signal = self.env["loyalty.club.signal"].search([("club_id", "=", self.club.id), ("kind", "=", "limits")])
        self.assertEqual((signal.user_id, signal.usual, signal.amount, signal.state), (self.nima, 100, 1000, "open"))
        self.assertIn("from 100 to 1000", signal.explanation)
        signal.with_user(self.nima).note = "Nothing"
        with self.assertRaises(UserError):
            signal.with_user(self.nima).action_seen()
        signal.with_user(self.mina).action_seen()
        self.club.with_user(self.nima).adjust_limit = 50
        self.assertEqual(self.env["loyalty.club.signal"].search_count([("kind", "=", "limits")]), 1, "lowered")

    def test_every_limit_waits_when_somebody_raises_it(self):
        program = self.club.points_program_id
        kind = self.club.with_context(active_test=False).event_type_ids[:1]
        kind.sudo().write({"cap_count": 2, "cap_amount": 5})
        program.sudo().write({"club_transfer": True, "club_transfer_count": 2, "club_transfer_amount": 5})
        limits = {
            self.club: (
                *("adjust_limit", "refund_limit", "event_give_limit"),
                *("offline_budget", "offline_credit", "referral_user_limit"),
            ),
            program: ("club_transfer_count", "club_transfer_amount"),
            kind: ("cap_count", "cap_amount"),
        }
        for record, names in limits.items():
            for name in names:
                with self.subTest(limit=name):
                    before = record[name]
                    record.with_user(self.nima).write({name: before + 1000})
                    self.assertEqual(record._club_limit(name), before)
        limits = program._club_transfer_limits()
        self.assertEqual((limits.count, limits.amount), (2, Decimal(5)))
        self.assertEqual((kind._club_cap().count, kind._club_cap().amount), (2, Decimal(5)))

    def test_the_limits_of_a_new_club_hold_at_once(self):
        club = (
            self.env["loyalty.club"]
            .with_user(self.nima)
            .create({"name": "New", "company_id": self.company.id, "adjust_limit": 5000})
        )
        self.assertEqual(club._club_limit("adjust_limit"), 5000)

    # -- refunds -------------------------------------------------------------------------------------------------------

    def test_a_document_does_not_begin_as_allowed(self):
        context = {"default_club_refund_allowed_by_id": self.mina.id, "default_move_type": "out_refund"}
        move = (
            self.env["account.move"]
            .with_user(self.nima)
            .with_context(**context)
            .create({"partner_id": self.partner.id, "club_refund_allowed_by_id": self.mina.id})
        )
        self.assertFalse(move.club_refund_allowed_by_id)
        with self.assertRaises(AccessError):
            move.club_refund_allowed_by_id = self.mina
        self.assertTrue(move._club_refund_refusal(self.club, Decimal(150)))
        move.with_user(self.mina).action_club_allow_refund()
        self.assertFalse(move._club_refund_refusal(self.club, Decimal(150)))

    def test_a_till_s_order_does_not_begin_as_allowed(self):
        values = self.env["pos.order"].with_context(default_club_refund_allowed_by_id=self.mina.id)
        self.assertFalse(values.default_get(["club_refund_allowed_by_id"]))

    def test_the_refund_limit_is_not_switched_off_for_a_minute(self):
        move = self.env["account.move"].with_user(self.nima).create({"move_type": "out_refund"})
        self.club.with_user(self.nima).refund_limit = 0
        self.assertTrue(move._club_refund_refusal(self.club, Decimal(150)))
        self.assertTrue(move.club_refund_limited, "the button to allow it is still there")
        with self.assertRaisesRegex(UserError, "raised a limit"):
            move.action_club_allow_refund()

    # -- states that stand for what was done ---------------------------------------------------------------------------

    def test_a_transfer_is_not_done_without_its_booking(self):
        Transfer = self.env["loyalty.club.transfer"].with_user(self.officer)
        other = self._member(name="Reza")
        values = {"from_member_id": self.member.id, "to_member_id": other.id, "amount": 5}
        forged = {"state": "done", "fee": 3, "channel": "portal", "done_by_id": self.nima.id}
        transfer = Transfer.with_context(**{f"default_{name}": value for name, value in forged.items()}).create(values)
        self.assertEqual((transfer.state, transfer.fee, transfer.channel), ("draft", 0, "backoffice"))
        for name, value in forged.items():
            with self.assertRaises(AccessError):
                transfer.write({name: value})
        names = ["from_member_id/.id", "to_member_id/.id", "amount", "state", "out_entry_id/.id"]
        entry = self._post(self._account(self.member), 1)
        loaded = Transfer.load(names, [[str(self.member.id), str(other.id), "5", "done", str(entry.id)]])
        self.assertEqual(Transfer.browse(loaded["ids"]).mapped("state"), ["draft"])
        self.assertFalse(Transfer.browse(loaded["ids"]).out_entry_id)

    @mute_logger("odoo.models.unlink")
    def test_a_campaign_is_not_sending_before_it_was_confirmed(self):
        Campaign = self.env["loyalty.club.campaign"].with_user(self.nima)
        values = {"name": "Spring", "club_id": self.club.id}
        forged = {"state": "sending", "confirmed_by_id": self.mina.id, "frozen_at": "2024-01-01 00:00:00"}
        for campaign in (
            Campaign.with_context(**{f"default_{name}": value for name, value in forged.items()}).create(values),
            Campaign.create({**values, **forged}),
            Campaign.create(values).copy(forged),
        ):
            found = (campaign.state, campaign.confirmed_by_id.id, campaign.frozen_at)
            self.assertEqual(found, ("draft", False, False))
            with self.assertRaises(AccessError):
                campaign.state = "sending"

    def test_a_mobile_is_not_confirmed_by_the_office(self):
        Member = self.env["loyalty.club.member"].with_user(self.officer)
        partner = self.env["res.partner"].create({"name": "Ali", "phone": "09121110000"})
        forged = {"mobile_confirmed_number": "+989121110000", "mobile_confirmed_at": "2024-01-01 00:00:00"}
        member = Member.with_context(**{f"default_{name}": value for name, value in forged.items()}).create(
            {"club_id": self.club.id, "partner_id": partner.id, **forged}
        )
        self.assertFalse(member.mobile_confirmed)
        self.assertTrue(member.number.strip("/"), "the club numbers its members")
        with self.assertRaises(AccessError):
            member.write(forged)
        with self.assertRaises(AccessError):
            self.club.with_user(self.nima).write({"member_ids": [Command.update(member.id, forged)]})
        self.assertFalse(member.mobile_confirmed)

    def test_a_consent_needs_its_proof_also_by_default(self):
        Consent = self.env["loyalty.club.consent"].with_user(self.nima)
        values = {"member_id": self.member.id, "purpose": "offers", "channel": "sms", "at": "2024-05-01 10:00:00"}
        context = {"default_given": True, "default_source": "till", "default_user_id": self.mina.id}
        consent = Consent.with_context(**context).create(values)
        self.assertEqual((consent.given, consent.source, consent.user_id), (False, "import", self.nima))
