"""The customer types the code of a discount card on the page of his quotation."""

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_discount import ClubDiscountCommon


@tagged("post_install", "-at_install")
class TestSaleDiscountPortal(ClubDiscountCommon, HttpCase):
    def _page(self, order):
        return self.url_open(order.get_portal_url())

    def _send(self, order, page, **values):
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.url_open(
            order.get_portal_url(suffix="/discount_card"), data={"csrf_token": token, **values}, timeout=60
        )
        self.env.invalidate_all()
        return answer

    def test_a_customer_gets_his_discount_and_takes_it_off(self):
        gift, code = self._card(uses=1)
        order = self._order(state="sent")
        page = self._page(order)
        self.assertIn("discount card? Type its code", page.text)
        page = self._send(order, page, code=code.lower())
        self.assertEqual((order.amount_total, order.club_discount_card), (360, f"…{gift.last_four} · 10 %"))
        self.assertIn(gift.last_four, page.text)
        self.assertNotIn(code, page.text)
        page = self._send(order, page, remove="1")
        self.assertEqual((order.amount_total, order.club_discount_card), (400, False))

    def test_a_wrong_code_is_told_once_and_counted(self):
        self._card()
        order = self._order(state="sent")
        page = self._send(order, self._page(order), code="0" * 16)
        self.assertIn("This card cannot be used", page.text)
        self.assertNotIn("This card cannot be used", self._page(order).text)
        self.assertEqual(order.amount_total, 400)
        self.assertTrue(self.env["loyalty.club.attempt"].search_count([("club_id", "=", self.club.id)]))

    def test_a_stranger_or_a_signed_order_takes_a_card(self):
        _gift, code = self._card()
        order = self._order(state="sent")
        page = self._page(order)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        self.url_open(f"/my/orders/{order.id}/discount_card", data={"csrf_token": token, "code": code})
        self.env.invalidate_all()
        self.assertFalse(order.club_discount_card)
        order.signature = b"R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
        self._send(order, page, code=code)
        self.assertFalse(order.club_discount_card)
        self.assertNotIn("discount card? Type its code", self._page(order).text)

    def test_the_page_of_a_company_without_discount_cards_asks_for_one(self):
        order = self._order(state="sent")
        self.assertNotIn("discount card? Type its code", self._page(order).text)

    def test_the_page_is_read_by_a_portal_user(self):
        _gift, code = self._card()
        user = self.env["res.users"].create(
            {
                "name": "Sara",
                "login": "sara.portal",
                "password": "sara.portal",
                "partner_id": self.partner.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        order = self._order(state="sent")
        self.authenticate(user.login, user.login)
        self._send(order, self._page(order), code=code)
        self.assertEqual(order.amount_total, 360)
