"""Discount cards at the till: a percentage off the price, as often as the card may, to the cent and no more."""

from odoo import fields
from odoo.tests import tagged

from .common_pay import ClubPayCommon


@tagged("post_install", "-at_install")
class TestPosDiscount(ClubPayCommon):
    def _card(self, **values):
        """(card, code) of a discount card that is in use."""
        batch = self.env["loyalty.club.gift.batch"].create(
            {
                "name": "Spring",
                "club_id": self.club.id,
                "quantity": 1,
                "kind": "discount",
                "percent": 10,
                "activation": "now",
                **values,
            }
        )
        gift, code, _pin = batch._club_hand_out()[0]
        return gift, code

    def _basket(self, lines=None, **values):
        return self._order(lines or [(self.bread, 2)], partner=self.env["res.partner"], **values)

    def _ask(self, order, code, **values):
        return self._till_call("club_discount_start", order["uuid"], code, lines=self._ticket(order), **values)

    def _reduced(self, order, answer, amount=None, **values):
        """The order with its discount line, paid in cash."""
        amount = answer["amount"] if amount is None else amount
        line = {
            "product": self.club.discount_product_id,
            "quantity": 1,
            "price_unit": -amount,
            "price_subtotal": -amount,
            "price_subtotal_incl": -amount,
            "tax_ids": [(6, 0, [])],
            "club_discount_token": answer["token"],
        }
        goods = [
            {**vals, "product": self.env["product.product"].browse(vals["product_id"]), "quantity": vals["qty"]}
            for _command, _id, vals in order["lines"]
        ]
        values.setdefault("partner", self.env["res.partner"].browse(order["partner_id"] or ()))
        again = self._order([*goods, line], **values)
        return {**again, "uuid": order["uuid"]}

    def _buy(self, code, lines=None, **values):
        order = self._basket(lines)
        answer = self._ask(order, code)
        assert answer["status"] == "ok", answer
        return self._send(self._reduced(order, answer, **values))

    def test_a_card_reduces_the_price_and_the_use_is_written_down_once(self):
        gift, code = self._card(uses=2)
        order = self._basket()
        answer = self._ask(order, code)
        self.assertEqual((answer["percent"], answer["amount"], answer["last_four"]), (10, 2, code[-4:]))
        self.assertNotIn(code, str(answer))
        sent = self._reduced(order, answer)
        saved = self._send(sent)
        self._send(sent)
        self.assertEqual(saved.amount_total, 18)
        self.assertEqual((gift.use_count, gift.use_ids.amount, gift.use_ids.branch_id), (1, 2, self.branch))
        self.assertEqual(gift.use_ids.origin_id, saved.id)
        self.assertEqual(saved.lines.club_discount_gift_id, gift)

    def test_a_card_that_was_used_up_meanwhile_is_refused_with_its_order(self):
        gift, code = self._card(uses=1)
        first, second = self._basket(), self._basket()
        answers = [self._ask(first, code), self._ask(second, code)]
        self._send(self._reduced(first, answers[0]))
        with self._refused("as often as it may be"):
            self._send(self._reduced(second, answers[1]))
        self.assertEqual(gift.use_count, 1)
        self.assertEqual(self._ask(self._basket(), code)["status"], "refused")

    def test_a_discount_above_what_the_card_gives_is_refused(self):
        gift, code = self._card()
        order = self._basket()
        answer = self._ask(order, code)
        with self._refused("not"):
            self._send(self._reduced(order, answer, amount=2.01))
        self.assertEqual(gift.use_count, 0)

    def test_the_limit_per_use_and_the_last_minor_unit_hold(self):
        _gift, code = self._card(percent=33.3, max_amount=5)
        self.assertEqual(self._ask(self._basket([(self.tea, 1)]), code)["amount"], 5)
        _gift, code = self._card(percent=7)
        # 7 % of 44.00 incl. tax and 25.50 is 4.865, and the customer gets no cent that is not there
        self.assertEqual(self._ask(self._basket([(self.cheese, 1), (self.tea, 1)]), code)["amount"], 4.86)

    def test_stored_value_is_never_sold_at_a_discount(self):
        _gift, code = self._card()
        answer = self._ask(self._basket([(self.sold["gift"], 1), (self.bread, 1)]), code)
        self.assertEqual((answer["amount"], answer["product_ids"]), (1, self.bread.ids))
        self.assertEqual(self._ask(self._basket([(self.sold["gift"], 1)]), code)["status"], "refused")

    def test_every_wrong_card_gets_the_same_answer(self):
        _gift, over = self._card(validity="date", valid_until=fields.Date.today())
        self.env["loyalty.club.gift"].search([], order="id desc", limit=1).sudo().expires_on = "2020-01-01"
        stopped, code = self._card()
        stopped.sudo().state = "disabled"
        order = self._basket()
        answers = [self._ask(order, text) for text in ("0000-0000-0000-0000", over, code)]
        self.assertEqual(len({answer["message"] for answer in answers}), 1)
        self.assertEqual({tuple(answer) for answer in answers}, {("status", "message")})

    def test_a_token_of_another_order_or_made_up_gives_nothing(self):
        gift, code = self._card()
        other, order = self._basket(), self._basket()
        answer = self._ask(other, code)
        for token in (answer["token"], f"{gift.id}-{'0' * 64}", "x", f"{gift.id}-é"):
            with self._refused("scan the card again"):
                self._send(self._reduced(order, {**answer, "token": token}))
        self.assertEqual(gift.use_count, 0)

    def test_without_network_the_use_is_noted_for_a_person(self):
        gift, code = self._card(uses=1)
        first, second = self._basket(), self._basket()
        answers = [self._ask(first, code), self._ask(second, code)]
        self._send(self._reduced(first, answers[0]))
        order = self._send(self._reduced(second, answers[1], club_offline=True))
        self.assertEqual(order.state, "paid")
        note = self.env["loyalty.club.exception"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )
        self.assertEqual((note.kind, note.amount), ("refused", 2))
        self.assertEqual(gift.use_count, 1)

    def test_the_use_comes_back_with_the_whole_discount_only(self):
        gift, code = self._card(uses=1)
        order = self._buy(code)
        goods = order.lines.filtered(lambda line: line.product_id == self.bread)
        discount = order.lines - goods
        self._refund(order, {goods: 1, discount: 0.5})
        self.assertEqual(gift.use_count, 1)
        self._refund(order, {goods: 1, discount: 0.5})
        self.assertEqual(gift.use_count, 0)
        self._buy(code)

    def test_points_are_earned_on_what_was_paid(self):
        _gift, code = self._card()
        order = self._order([(self.bread, 2)])
        saved = self._send(self._reduced(order, self._ask(order, code), member=self.member, partner=None))
        self.assertEqual(saved.club_points_earned, 18)
