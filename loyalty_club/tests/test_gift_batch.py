"""Batches of cards: codes are handed out once; waiting cards are worth nothing; lost files get new codes."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase

from ..models.club_payment import TicketLine
from .common import ClubCase
from .test_gift import GiftCommon


class TestGiftBatch(GiftCommon):
    def _batch(self, **values):
        return self.env["loyalty.club.gift.batch"].create(
            {"name": "Spring", "club_id": self.club.id, "quantity": 5, "value": 50, **values}
        )

    def test_cards_in_stock_are_worth_nothing_until_they_are_sold(self):
        batch = self._batch(with_pin=True)
        drawn = batch._club_hand_out()
        gift, code, pin = drawn[0]
        self.assertEqual((len(drawn), batch.state, batch.stock_count), (5, "done", 5))
        self.assertFalse(batch.gift_ids.account_id)
        self.assertFalse(self.Gift._club_read(self.club, code, pin=pin)[0])
        self.assertEqual(self.Gift._club_read(self.club, code, pin=pin, for_sale=True)[0], gift)
        with self.assertRaisesRegex(UserError, "own price"):
            self._sold(10, code=code)
        self.assertEqual(self._sold(50, code=code.lower()), (gift, None))
        self.assertEqual((gift.account_id.balance, gift.state, gift.batch_id), (50.0, "active", batch))
        self.assertFalse(self.Gift._club_read(self.club, code)[0], "not without its PIN")
        self.assertFalse(self.Gift._club_read(self.club, code, pin="x")[0])
        self.assertEqual(self.Gift._club_read(self.club, code, pin=pin)[0], gift)
        with self.assertRaises(UserError):
            self._sold(50, key="sale:2", code=code)

    def test_cards_that_are_active_at_once_are_money_that_the_club_gave(self):
        batch = self._batch(activation="now", branch_id=self.branch.id)
        gift, code, _pin = batch._club_hand_out()[0]
        self.assertEqual((batch.state, batch.active_count), ("done", 5))
        self.assertEqual(self.Gift._club_read(self.club, code)[0], gift)
        entry = gift.account_id.lot_ids.entry_id
        self.assertEqual((entry.kind, entry.documented, entry.amount), ("earn", False, 50.0))

    def test_a_large_batch_is_activated_by_the_job_and_goes_on_where_it_stopped(self):
        batch = self._batch(activation="now")
        batch.sudo().write({"state": "running"})
        row = batch._club_card_values()
        self.Gift._club_insert([{**row, "code": f"0000000000000{n:03d}"} for n in range(5)])
        self.assertEqual(batch._club_activate(2), 2)
        self.assertEqual((batch.state, batch.active_count), ("running", 2))
        self.assertEqual(batch._club_activate(10), 3)
        self.assertEqual((batch.state, batch.active_count, batch.progress), ("done", 5, 100.0))
        self.assertEqual(set(batch.gift_ids.mapped("balance")), {50.0})

    def test_new_codes_kill_the_lost_ones_but_not_those_of_cards_in_use(self):
        batch = self._batch(activation="now")
        (used, used_code, _), (unused, old, _), *_rest = batch._club_hand_out()
        self._pay(used, 10)
        drawn = {gift: code for gift, code, _pin in batch._club_hand_out()}
        self.assertNotIn(used, drawn)
        self.assertEqual(len(drawn), 4)
        self.assertFalse(self.Gift._club_read(self.club, old)[0])
        self.assertEqual(self.Gift._club_read(self.club, drawn[unused])[0], unused)
        self.assertEqual(self.Gift._club_read(self.club, used_code)[0], used)

    def test_the_company_s_minimum_life_is_enforced_and_named(self):
        self.env.company.club_gift_min_days = 365
        batch = self._batch(valid_number=3, valid_unit="months")
        with self.assertRaisesRegex(ValidationError, "365"):
            batch.action_make_csv()
        with self.assertRaisesRegex(ValidationError, "365"):
            self.club.gift_valid_months = 6

    def test_a_batch_that_makes_no_sense_is_refused_before_anything_is_made(self):
        for values in (
            {"validity": "date"},
            {"validity": "date", "valid_until": "2000-01-01"},
            {"valid_number": 0},
            {"activation": "now", "value": 0},
            {"kind": "discount", "percent": 0},
            {"with_pin": True, "quantity": 100_000},
        ):
            batch = self._batch(**values)
            with self.assertRaises(UserError):
                batch.action_make_csv()
            self.assertEqual((batch.state, batch.card_count), ("draft", 0))

    def test_a_discount_card_gives_its_percentage_as_often_as_it_may(self):
        batch = self._batch(kind="discount", percent=15, max_amount=20, uses=2, activation="now")
        gift, code, _pin = batch._club_hand_out()[0]
        read, message = self.Gift._club_discount_read(self.club, code)
        self.assertEqual((read, message, gift.uses_left), (gift, False, 2))
        product = self.env["product.product"].create({"name": "Goods"})
        self.assertEqual(
            gift._club_discount_amount(self.branch, [TicketLine(product.id, Decimal("99.99"))]), Decimal("14.99")
        )
        self.assertEqual(gift._club_discount_amount(self.branch, [TicketLine(product.id, Decimal(500))]), Decimal(20))
        first = gift._club_discount_use("order:1", Decimal("14.99"), branch=self.branch)
        self.assertEqual(gift._club_discount_use("order:1", Decimal("14.99"), branch=self.branch), first)
        gift._club_discount_use("order:2", Decimal(5), branch=self.branch)
        with self.assertRaises(UserError):
            gift._club_discount_use("order:3", Decimal(5), branch=self.branch)
        self.assertEqual(gift.status, "spent")
        self.assertIn(gift, self.Gift.search([("status", "=", "spent")]))
        self.assertFalse(self.Gift._club_discount_read(self.club, code)[0])
        self.assertTrue(self.Gift._club_discount_unuse("order:2"))
        gift._club_discount_use("order:3", Decimal(5), branch=self.branch)

    def test_adopted_gift_cards_keep_working_and_their_codes_are_read_by_nobody(self):
        program = self.env["loyalty.program"].create(
            {
                **self.env["loyalty.program"]._program_type_default_values()["gift_card"],
                "name": "Old gift cards",
                "program_type": "gift_card",
                "currency_id": self.club.currency_id.id,
            }
        )
        last_day = fields.Date.add(fields.Date.today(), days=30)
        cards = self.env["loyalty.card"].create(
            [
                {"program_id": program.id, "points": 25, "code": "044a-bcde-f012", "expiration_date": last_day},
                {"program_id": program.id, "points": 0, "code": "0441-0000-0000"},
            ]
        )
        club = self._make_club(name="Second club")
        wizard = self.env["loyalty.club.adoption"].create({"club_id": club.id, "program_id": program.id})
        self.assertTrue(wizard.code_note)
        wizard.action_adopt()
        gift, message = self.Gift._club_read(club, "044A BCDE F012")
        self.assertEqual((message, gift.legacy, gift.balance, gift.expires_on), (False, True, 25.0, last_day))
        self.assertEqual(cards[0].code, gift.serial)
        self.assertEqual(gift.account_id.lot_ids.expires_at, gift._club_instants()[1])
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FROM loyalty_card WHERE code LIKE '044%%' AND program_id = %s", [program.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_the_report_adds_up(self):
        gift, _code = self._sold(100)
        self._pay(gift, 30)
        other = self._sold(40, key="sale:2")[0]
        other._club_unsell("refund:2")
        self.env.flush_all()
        rows = self.env["loyalty.club.gift.report"].search([("gift_id", "in", (gift + other).ids)], order="id")
        self.assertEqual(
            [(row.issued, row.spent, row.voided, row.liability, row.state) for row in rows],
            [(100.0, 30.0, 0.0, 70.0, "active"), (40.0, 0.0, 40.0, 0.0, "void")],
        )


class TestGiftGive(GiftCommon):
    def _wizard(self, user=None, **values):
        return (
            self.env["loyalty.club.gift.give"]
            .with_user(user or self.env.user)
            .create(
                {
                    "club_id": self.club.id,
                    "branch_id": self.branch.id,
                    "value": 30,
                    "reason": "late delivery",
                    "recipient_name": "Sara",
                    **values,
                }
            )
        )

    def test_a_present_is_loaded_and_the_code_leaves_by_mail_only(self):
        action = self._wizard(delivery="email", recipient_email="sara@example.com").action_give()
        gift = self.Gift.browse(action["res_id"])
        self.assertEqual((gift.balance, gift.recipient_name, gift.sold_by_id), (30.0, "Sara", self.env.user))
        entry = gift.account_id.lot_ids.entry_id
        self.assertEqual((entry.kind, entry.documented, entry.reason), ("earn", False, "late delivery"))

    def test_a_card_sold_at_the_office_is_invoiced_and_loaded_once(self):
        if not self.env.company.chart_template:
            self.env["account.chart.template"].try_loading("generic_coa", self.env.company, install_demo=False)
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        self._wizard(way="sell", partner_id=buyer.id).action_give()
        gift = self.Gift.search([("partner_id", "=", buyer.id)])
        move = self.env["account.move"].browse(gift.origin_id)
        self.assertEqual((move.state, move.amount_total, move.partner_id), ("posted", 30.0, buyer))
        entry = gift.account_id.lot_ids.entry_id
        self.assertEqual((gift.balance, gift.paid, entry.kind, entry.documented), (30.0, 30.0, "load", True))

    def test_who_may_make_no_invoices_is_told_where_else_to_sell(self):
        before = self.Gift.search_count([])
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        wizard = self._wizard(self._user("manager"), way="sell", partner_id=buyer.id)
        self.assertFalse(wizard.may_invoice)
        with self.assertRaisesRegex(UserError, "at a till"):
            wizard.action_give()
        self.assertEqual(self.Gift.search_count([]), before)

    def test_the_only_branch_is_chosen_already(self):
        wizard = self.env["loyalty.club.gift.give"].new({"club_id": self.club.id})
        self.assertEqual(
            wizard.branch_id._origin, self.branch if len(self.club.branch_ids) == 1 else self.branch.browse()
        )

    def test_an_officer_gives_no_large_presents(self):
        officer = self._user("officer")
        wizard = self._wizard(officer, value=5000)
        with self.assertRaisesRegex(UserError, "manager"):
            wizard.action_give()
        wizard.value = 10
        self.assertEqual(wizard.action_give()["type"], "ir.actions.act_url")

    def test_a_card_is_not_made_without_a_way_to_send_it(self):
        before = self.Gift.search_count([])
        with self.assertRaises(UserError):
            self._wizard(delivery="email").action_give()
        self.assertEqual(self.Gift.search_count([]), before)

    def test_disabling_and_enabling_is_done_by_the_right_people(self):
        gift, _code = self._sold()
        officer = self._user("officer")
        Change = self.env["loyalty.club.gift.change"].with_user(officer)
        Change.create({"gift_ids": [(6, 0, gift.ids)], "reason": "stolen"}).action_apply()
        self.assertEqual(gift.state, "disabled")
        with self.assertRaises(Exception) as caught:
            Change.create({"gift_ids": [(6, 0, gift.ids)], "change": "enable", "reason": "x"}).action_apply()
        self.assertIn("manager", str(caught.exception))
        self.assertEqual(gift.state, "disabled")


class TestGiftCodesHttp(ClubCase, HttpCase):
    def test_the_link_to_the_codes_works_once_and_for_its_user_only(self):
        club = self._make_club()
        club._club_ensure_program("gift")
        self._user("officer")
        self._user("manager", login="other_manager")
        batch = self.env["loyalty.club.gift.batch"].create(
            {"name": "Web", "club_id": club.id, "quantity": 3, "value": 50}
        )
        officer = self.env["res.users"].search([("login", "=", "club_officer")])
        url = batch.with_user(officer).action_make_csv()["url"]
        self.authenticate("other_manager", "other_manager")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate("club_officer", "club_officer")
        answer = self.url_open(url)
        lines = answer.content.decode("utf-8-sig").split()
        self.assertEqual((answer.status_code, len(lines), batch.state), (200, 4, "done"))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        code = lines[1].split(",")[1]
        self.assertTrue(self.env["loyalty.club.gift"]._club_read(club, code, for_sale=True)[0])
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(batch.card_count, 3)
