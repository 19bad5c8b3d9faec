"""Gift and prepaid cards: sold once, read by whoever has the code, taken back or refused, never read again by staff."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..models.club_payment import TicketLine
from ..rules.lives import local_day
from .common import ClubCommon


class GiftCommon(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift_program = cls.club._club_ensure_program("gift")
        cls.Gift = cls.env["loyalty.club.gift"]

    def _sold(self, paid=100, key="sale:1", **values):
        """A card sold with a fresh code; (card, code)."""
        program = values.pop("program", self.gift_program)
        return self.Gift._club_sell(program, Decimal(str(paid)), key=key, branch=self.branch, **values)

    def _pay(self, gift, amount, key="pay:1", **values):
        account = gift.account_id
        hold = account._club_authorise(Decimal(str(amount)), key, branch=self.branch, **values)
        return hold._club_capture(branch_id=self.branch.id, documented=True)


class TestGift(GiftCommon):
    def test_a_sold_card_carries_what_was_paid_and_its_code_is_told_once(self):
        gift, code = self._sold(120)
        self.assertEqual((gift.account_id.balance, gift.value, gift.state), (120.0, 120.0, "active"))
        self.assertEqual(self._sold(120), (gift, None))
        self.assertEqual(self.Gift._club_read(self.club, code.lower()), (gift, False))
        entry = self.env["loyalty.club.entry"].search([("key", "=", "sale:1:load")])
        self.assertEqual((entry.kind, entry.documented, entry.branch_id), ("load", True, self.branch))

    def test_the_code_is_nowhere_in_the_database_and_staff_read_no_hash(self):
        gift, code = self._sold()
        self.env.flush_all()
        for table in ("loyalty_club_gift", "loyalty_card", "loyalty_club_account", "loyalty_club_entry"):
            self.env.cr.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{code}%"])
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)
        for role in ("cashier", "manager"):
            user = self._user(role)
            self.assertEqual(gift.with_user(user).last_four, code[-4:])
            with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
                gift.with_user(user).read(["code_hash"])
            with self.assertRaises(AccessError):
                self.env["ir.config_parameter"].with_user(user).search([("key", "=", "loyalty_club.gift_key")]).read()

    def test_refunded_gift_card_no_longer_works(self):
        """Field bug 14."""
        gift, code = self._sold()
        gift._club_unsell("refund:1")
        self.assertEqual((gift.state, gift.account_id.balance), ("void", 0.0))
        self.assertFalse(self.Gift._club_read(self.club, code)[0])
        self.assertEqual(len(gift._club_unsell("refund:1")), 1, "a retry changes nothing")
        with self.assertRaises(UserError):
            gift._club_unsell("refund:2")

    def test_a_card_of_which_a_part_is_spent_is_not_taken_back(self):
        gift, code = self._sold(100)
        self._pay(gift, 40)
        with self.assertRaisesRegex(UserError, "60"):
            gift._club_unsell("refund:1")
        self.assertEqual((gift.state, gift.account_id.balance), ("active", 60.0))

    def test_gift_card_is_not_spent_beyond_its_value(self):
        """Field bug 12."""
        gift, _code = self._sold(50)
        self._pay(gift, 50)
        with self.assertRaises(UserError):
            self._pay(gift, 1, "pay:2")
        self.assertEqual(gift.status, "spent")

    def test_the_last_forty_cents_can_be_spent(self):
        """Field bug 30."""
        gift, _code = self._sold("10.40")
        self._pay(gift, 10)
        self._pay(gift, "0.40", "pay:2")
        self.assertEqual(gift.account_id.balance, 0.0)

    def test_refund_goes_to_an_empty_card(self):
        """Field bug 15."""
        gift, code = self._sold(30)
        entry = self._pay(gift, 30)
        entry._club_reverse("back:1", Decimal(10), documented=True)
        self.assertEqual((gift.account_id.balance, gift.status), (10.0, "active"))
        self.assertTrue(self.Gift._club_read(self.club, code)[0])

    def test_two_cards_in_one_order_are_two_cards(self):
        """Field bug 29."""
        one, two = self._sold(key="order:1:a")[0], self._sold(key="order:1:b")[0]
        self.assertNotEqual(one.account_id, two.account_id)
        self.assertEqual((one + two).account_id.mapped("balance"), [100.0, 100.0])

    def test_a_disabled_card_pays_nothing_and_needs_a_reason_to_come_back(self):
        gift, code = self._sold()
        gift._club_disable("stolen")
        self.assertFalse(self.Gift._club_read(self.club, code)[0])
        with self.assertRaises(UserError):
            self._pay(gift, 1)
        with self.assertRaises(UserError):
            gift._club_enable(" ")
        gift._club_enable("found again")
        self._pay(gift, 1)

    def test_a_card_is_never_deleted(self):
        gift, _code = self._sold()
        with self.assertRaises(UserError):
            gift.unlink()
        with self.assertRaises(Exception) as caught, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM loyalty_club_gift WHERE id = %s", [gift.id])
        self.assertIn("never deleted", str(caught.exception))

    def test_core_knows_no_code_that_opens_the_card(self):
        gift, code = self._sold()
        card = gift.account_id.card_id
        self.assertEqual(card.code, gift.serial)
        self.assertFalse(self.Gift._club_read(self.club, card.code)[0])
        with self.assertRaises(UserError):
            card.code = "X"
        made = self.env["loyalty.card"].create({"program_id": self.gift_program.id, "code": "044c-1111-2222"})
        self.assertNotIn("2222", made.code)

    def test_a_prepaid_card_carries_ten_times_its_price(self):
        program = self.club._club_ensure_program("prepaid")
        gift, _code = self._sold(20, program=program)
        self.assertEqual((gift.account_id.balance, gift.kind), (200.0, "prepaid"))
        entries = self.env["loyalty.club.entry"].search([("account_id", "=", gift.account_id.id)])
        self.assertEqual(
            {(entry.kind, entry.amount, entry.documented) for entry in entries},
            {("load", 20.0, True), ("earn", 180.0, False)},
        )
        ends = set(gift.account_id.lot_ids.mapped("expires_at"))
        self.assertEqual(len(ends), 1)
        self.assertIn((ends.pop() - fields.Datetime.now()).days, range(363, 367))

    def test_a_prepaid_card_pays_the_agreed_share_of_the_ticket_and_nothing_else(self):
        other = self.env["loyalty.club.branch"].create({"club_id": self.club.id, "name": "Far", "code": "F"})
        self.club.prepaid_scope_id = self.env["loyalty.club.scope"].create(
            {
                "name": "Contracts",
                "club_id": self.club.id,
                "line_ids": [(0, 0, {"branch_id": self.branch.id, "share": 30})],
            }
        )
        gift, _code = self._sold(20, program=self.club._club_ensure_program("prepaid"))
        product = self.env["product.product"].create({"name": "Goods"})
        ticket = [TicketLine(product.id, Decimal("99.99"))]
        account = gift.account_id
        self.assertEqual(account._club_payable(self.branch, ticket), Decimal("29.99"))
        self.assertEqual(account._club_payable(other, ticket), Decimal(0))
        self.assertEqual(account._club_payable(self.branch, None), Decimal(0))
        with self.assertRaisesRegex(UserError, "29.99"):
            self._pay(gift, 30, ticket=ticket)
        self._pay(gift, "29.99", "pay:2", ticket=ticket)

    def test_a_card_does_not_buy_a_card(self):
        gift, _code = self._sold()
        product = self.gift_program.trigger_product_ids[:1]
        goods = self.env["product.product"].create({"name": "Goods"})
        ticket = [TicketLine(product.id, Decimal(50)), TicketLine(goods.id, Decimal(20))]
        self.assertEqual(gift.account_id._club_payable(self.branch, ticket), Decimal(20))

    def test_the_last_second_of_the_last_day_still_pays(self):
        """Field bugs 16 and 17."""
        gift, _code = self._sold()
        lot = gift.account_id.lot_ids
        self.assertEqual(gift._club_instants(), (None, lot.expires_at))
        totals = gift.account_id._club_usable_totals
        self.assertEqual(totals(lot.expires_at - timedelta(seconds=1))[gift.account_id.id], 100.0)
        self.assertEqual(totals(lot.expires_at)[gift.account_id.id], 0.0)
        self.assertEqual(local_day(lot.expires_at - timedelta(seconds=1), self.club._club_zone()), gift.expires_on)
        self.assertEqual(local_day(lot.expires_at, self.club._club_zone()), gift.expires_on + timedelta(days=1))


class TestGiftLife(GiftCommon):
    def _over(self, paid=100):
        """(card, code, when) of a card that was sold long ago and is over by now; it was alive at ``when``."""
        self.club.gift_valid_months = 1
        sold_at = fields.Datetime.now() - timedelta(days=40)
        return *self._sold(paid, occurred_at=sold_at), sold_at + timedelta(days=5)

    def test_an_expired_card_is_neither_read_nor_spent_in_any_channel(self):
        """Field bug 16."""
        gift, code, _then = self._over()
        self.assertEqual(gift.status, "expired")
        self.assertIn(gift, self.Gift.search([("status", "=", "expired")]))
        self.assertFalse(self.Gift._club_read(self.club, code)[0])
        with self.assertRaisesRegex(UserError, "valid through"):
            self._pay(gift, 1)

    def test_a_card_that_waits_for_its_first_day_pays_nothing(self):
        gift, code = self._sold()
        gift.sudo().write({"valid_from": fields.Date.add(self.club._club_today(), days=2)})
        self.assertEqual(gift.status, "waiting")
        self.assertFalse(self.Gift._club_read(self.club, code)[0])
        with self.assertRaisesRegex(UserError, "valid from"):
            self._pay(gift, 1)

    def test_what_comes_back_to_a_card_that_is_over_can_be_spent(self):
        gift, code, then = self._over(30)
        entry = self._post(gift.account_id, 30, "redeem", occurred_at=then, documented=True)
        self.assertEqual(gift.status, "expired")
        entry._club_reverse("back:1", Decimal(10), documented=True)
        self.assertEqual(gift.account_id.available, 10.0)
        self.assertEqual((gift.status, self.Gift._club_read(self.club, code)[0]), ("active", gift))
        self.assertNotIn(gift, self.Gift.search([("status", "=", "expired")]))
        self._pay(gift, 10)


class TestGiftThrottle(GiftCommon):
    def test_code_entry_is_throttled_with_one_same_message(self):
        """Field bug 46."""
        gift, code = self._sold()
        disabled, disabled_code = self._sold(key="sale:2")
        disabled._club_disable("lost")
        read = self.Gift._club_read
        messages = {read(self.club, term, till=f"t{n}")[1] for n, term in enumerate(("", "x", "0" * 16, disabled_code))}
        self.env["loyalty.club.attempt"].search([]).sudo().unlink()
        for _wrong in range(self.club.code_tries):
            messages.add(read(self.club, "1" * 16, till="T1", address="10.0.0.1")[1])
        refused, message = read(self.club, code, till="T1")
        self.assertEqual((bool(refused), len(messages | {message})), (False, 1))
        other = self._user("cashier")
        self.assertTrue(self.Gift.with_user(other)._club_read(self.club, code, till="T2")[0])
        self.assertFalse(self.Gift.with_user(other)._club_read(self.club, code, till="T1")[0])
        attempt = self.env["loyalty.club.attempt"].search([("till", "=", "T1")], limit=1)
        with self.assertRaises(AccessError):
            attempt.with_user(other).action_lift()
        attempt.action_lift()
        self.assertEqual(read(self.club, code, till="T1"), (gift, False))

    def test_a_right_code_is_not_counted(self):
        _gift, code = self._sold()
        for _time in range(self.club.code_tries + 2):
            self.assertTrue(self.Gift._club_read(self.club, code, till="T1")[0])
        self.assertFalse(self.env["loyalty.club.attempt"].search_count([]))

    def test_the_window_slides(self):
        _gift, code = self._sold()
        for _wrong in range(self.club.code_tries):
            self.Gift._club_read(self.club, "1" * 16, till="T1")
        self.env.cr.execute("UPDATE loyalty_club_attempt SET at = at - interval '16 minutes'")
        self.assertTrue(self.Gift._club_read(self.club, code, till="T1")[0])
