"""Transfers between members: within limits, with issuers and lives, and undone while nothing is spent."""

from datetime import datetime, timedelta
from decimal import Decimal

from odoo import fields
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ClubCase, ClubCommon


@tagged("post_install", "-at_install")
class TestTransfers(ClubCommon):
    def setUp(self):
        super().setUp()
        self.program.write({"club_transfer": True, "club_transfer_count": 0})
        self.sara, self.reza = self._member(name="Sara Karimi"), self._member(name="Reza Azadi")
        self.source, self.target = self._account(self.sara), self._account(self.reza)
        self.end = fields.Datetime.now() + timedelta(days=5)
        self._post(
            self.source,
            30,
            new_lots=(
                NewLot(Decimal(10), self.branch.id, None, self.end),
                NewLot(Decimal(10), None, None, None, None, None),
                NewLot(Decimal(10), None, datetime(2099, 1, 1)),
            ),
        )

    def transfer(self, amount=15, **values):
        values = {"from_member_id": self.sara.id, "to_member_id": self.reza.id, "amount": amount, **values}
        transfer = self.env["loyalty.club.transfer"].create(values)
        transfer.action_transfer()
        return transfer

    def refused(self, *args, **values):
        before = (self.source.balance, self.target.balance)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.transfer(*args, **values)
        self.assertEqual((self.source.balance, self.target.balance), before)

    def test_lots_keep_their_issuer_and_life(self):
        transfer = self.transfer()
        self.assertEqual((self.source.balance, self.target.balance), (15, 15))
        lots = transfer.in_entry_id.lot_ids.sorted("rank")
        self.assertEqual(lots.mapped("amount"), [10, 5])
        self.assertEqual((lots[0].expires_at, lots[0].branch_id), (self.end.replace(microsecond=0), self.branch))
        self.assertEqual(lots.origin_lot_id.account_id, self.source)
        self.assertFalse(lots[1].expires_at)

    def test_both_statements_show_who(self):
        transfer = self.transfer(reason="Happy birthday")
        self.assertIn(self.reza.number, transfer.out_entry_id.reason)
        self.assertIn(self.sara.number, transfer.in_entry_id.reason)
        self.assertIn("S••• K•••", transfer.in_entry_id.reason)
        self.assertIn("Happy birthday", transfer.in_entry_id.reason)

    def test_what_waits_or_is_set_aside_is_not_transferred(self):
        self.refused(21)
        self.source._club_authorise(Decimal(6), "till")
        self.refused(15)
        self.transfer(14)

    def test_oneself_other_clubs_and_members_who_left_get_nothing(self):
        other = self._member(self._make_club(name="Other"), name="Far")
        self.refused(to_member_id=self.sara.id)
        self.refused(to_member_id=other.id)
        for member, state in ((self.reza, "blocked"), (self.reza, "left"), (self.sara, "blocked")):
            member.state = state
            self.refused()
            member.state = "active"

    def test_the_limits_of_a_day(self):
        self.program.write({"club_transfer_count": 2, "club_transfer_amount": 12})
        self.refused(13)
        self.transfer(5)
        self.refused(8)
        self.transfer(5)
        self.refused(1)
        self.program.club_transfer = False
        self.refused(1)

    def test_an_undone_transfer_gives_room_again(self):
        self.program.club_transfer_count = 1
        self.transfer(5).action_reverse()
        self.transfer(5)

    def test_the_sender_pays_the_fee_on_top(self):
        self.program.write({"club_transfer_fee_percent": 10, "club_transfer_fee_fixed": 1})
        self.refused(18)
        transfer = self.transfer(15)
        self.assertEqual((transfer.fee, self.source.balance, self.target.balance), (3, 12, 15))
        self.assertEqual((transfer.fee_entry_id.kind, transfer.fee_entry_id.documented), ("fee", False))

    def test_a_reversal_gives_the_very_lots_and_the_fee_back(self):
        self.program.club_transfer_fee_fixed = 2
        before = {lot.id: (lot.remaining, lot.expires_at) for lot in self.source.lot_ids}
        transfer = self.transfer(15)
        transfer.action_reverse()
        self.assertEqual((self.source.balance, self.target.balance, transfer.state), (30, 0, "reversed"))
        self.env.invalidate_all()
        self.assertEqual({lot.id: (lot.remaining, lot.expires_at) for lot in self.source.lot_ids}, before)

    def test_what_the_receiver_has_used_is_not_taken_back(self):
        transfer = self.transfer(15)
        self._post(self.target, 1, "redeem")
        with self.assertRaises(UserError):
            transfer.action_reverse()
        self.assertEqual(self.target.balance, 14)

    def test_what_pays_a_debt_is_used(self):
        self._post(self.target, 4, "redeem", allow_debt=True)
        transfer = self.transfer(15)
        self.assertEqual((self.target.balance, self.target.debt), (11, 0))
        with self.assertRaises(UserError):
            transfer.action_reverse()

    def test_officers_transfer_managers_reverse_cashiers_neither(self):
        values = {"from_member_id": self.sara.id, "to_member_id": self.reza.id, "amount": 5}
        with self.assertRaises(AccessError):
            self.env["loyalty.club.transfer"].with_user(self._user("cashier")).create(values)
        transfer = (
            self.env["loyalty.club.transfer"].with_user(self._user("officer")).create({**values, "state": "done"})
        )
        self.assertEqual(transfer.state, "draft")
        transfer.action_transfer()
        self.assertEqual(transfer.state, "done")
        with self.assertRaises(AccessError):
            transfer.action_reverse()
        with self.assertRaises(AccessError):
            transfer.write({"state": "draft"})
        with self.assertRaises(UserError):
            transfer.write({"amount": 1})
        transfer.with_user(self._user("manager")).action_reverse()
        self.assertEqual(self.source.balance, 30)

    def test_credit_is_exact_to_the_last_minor_unit(self):
        credit = self.club._club_ensure_program("credit")
        credit.write({"club_transfer": True, "club_transfer_fee_percent": 0.5})
        self._post(self._account(self.sara, credit), "10.10", "load")
        transfer = self.transfer(3.33, value="credit")
        self.assertEqual(transfer.fee, 0.02)
        self.assertEqual(self._account(self.sara, credit).balance, 6.75)


@tagged("post_install", "-at_install")
class TestPortalTransfer(ClubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club()
        cls.program = cls.club.points_program_id
        cls.program.club_transfer = True
        group = cls.env.ref("base.group_portal")
        cls.user = (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create({"name": "Sara Karimi", "login": "sara-p", "password": "sara-p", "group_ids": [(6, 0, group.ids)]})
        )
        cls.sara = cls._member(partner=cls.user.partner_id)
        cls.reza = cls._member(name="Reza Azadi")
        cls.account = cls._account(cls.sara)
        cls._post(cls.account, 100)

    def post(self, url, **data):
        self.authenticate("sara-p", "sara-p")
        page = self.url_open(url)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(url, data={"csrf_token": token, **data})

    def test_my_lots_with_their_last_days(self):
        self.authenticate("sara-p", "sara-p")
        text = self.url_open("/my/club").text
        self.assertIn("never expires", text)
        self.assertIn(self.sara.number, text)

    def test_my_card_and_my_last_movements_and_nobody_else_s(self):
        self._post(self.account, 30, "redeem")
        other = self._member(name="Mina")
        self._post(self._account(other), 777)
        self.authenticate("sara-p", "sara-p")
        text = self.url_open("/my/club").text
        card = self.sara._club_portal_card()
        self.assertIn(card.number, text)
        self.assertIn(card.number_grouped, text)
        movements = text.split("o_club_movements")[1]
        self.assertIn("Spent", movements)
        self.assertLess(movements.index("-30"), movements.index("100"), "the last one first")
        self.assertNotIn(self.account._club_format(777), text)
        card._club_block("Lost")
        self.assertNotIn(card.number_grouped, self.url_open("/my/club").text)

    def test_a_transfer_is_confirmed_and_made_once(self):
        url = f"/my/club/{self.sara.id}/transfer"
        page = self.post(url, receiver=self.reza.number, value="points", amount="40", reason="For you")
        self.assertIn("R••• A•••", page.text)
        self.assertNotIn("Reza", page.text)
        self.assertEqual(self.account.balance, 100, "nothing moves before it is confirmed")
        self.post(page.url)
        self.url_open(page.url, data={})
        self.env.invalidate_all()
        self.assertEqual((self.account.balance, self._account(self.reza).balance), (60, 40))

    def test_the_page_is_no_telephone_book(self):
        url = f"/my/club/{self.sara.id}/transfer"
        unknown = self.post(url, receiver="M999999", value="points", amount="1").text
        self.assertIn("No other member has this number", unknown)
        for _try in range(10):
            last = self.post(url, receiver="09990000000", value="points", amount="1").text
        self.assertIn("looked for many members", last)

    def test_nobody_sees_or_sends_what_belongs_to_another_member(self):
        other = self._member(name="Mina")
        transfer = (
            self.env["loyalty.club.transfer"]
            .sudo()
            .create({"from_member_id": other.id, "to_member_id": self.reza.id, "amount": 1, "channel": "portal"})
        )
        self.authenticate("sara-p", "sara-p")
        for url in (f"/my/club/{other.id}/transfer", f"/my/club/{self.sara.id}/transfer/{transfer.id}"):
            self.assertEqual(self.url_open(url).status_code, 404)
