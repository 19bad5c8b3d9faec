"""Gift and prepaid cards by sale order: sold, mailed, spent, refunded; and paying with them in the back office."""

import re
from decimal import Decimal

from odoo.addons.loyalty_club.tools.sealed import unseal
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_value import ClubValueCommon

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


@tagged("post_install", "-at_install")
class TestSaleCards(ClubValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift = cls._value_program("gift")
        cls.card = cls._sells(cls.gift, "Gift card")
        cls.partner.email = "sara@example.com"
        cls._mail_template()

    @classmethod
    def _mail_template(cls):
        """The mail that carries a code."""
        if cls.env.ref("loyalty_club.mail_template_gift", raise_if_not_found=False):
            return
        template = cls.env["mail.template"].create(
            {
                "name": "A card",
                "model_id": cls.env["ir.model"]._get_id("loyalty.club.gift"),
                "email_to": "{{ object.recipient_email }}",
                "body_html": "<p><t t-out=\"ctx.get('club_code')\"/></p>",
                "auto_delete": True,
            }
        )
        name = {"module": "loyalty_club", "name": "mail_template_gift", "model": "mail.template", "res_id": template.id}
        cls.env["ir.model.data"].create(name)

    def setUp(self):
        super().setUp()
        self.codes = []
        server, sent = self.registry["ir.mail_server"], self.codes

        def keep(_server, message, **_values):
            sent.extend(CODE.findall(message.get_body(("plain",)).get_content()))
            return message["Message-Id"]

        # what arrives at the mail server; what is kept of a mail has no code
        self.patch(server, "_disable_send", lambda _server: False)
        self.patch(server, "_connect__", lambda _server, **_values: None)
        self.patch(server, "send_email", keep)

    def _sold(self, quantity=1, price=50, product=None, paid=True):
        order = self._order([(product or self.card, quantity, price)])
        order.action_confirm()
        invoice = self._invoice(order)
        if paid:
            self._pay(invoice)
        return order, invoice

    def _cards(self, order, state="active"):
        cards = self.env["loyalty.club.gift"].union(*(line._club_cards() for line in order.order_line))
        return cards.filtered(lambda card: card.state == state)

    def _by_code(self, invoices, code, amount=None, kind="gift", **values):
        return self._register(invoices, amount, kind=kind, club_code=code, **values)

    def test_two_cards_on_one_order_become_none(self):
        """Row 29: N cards in one order, invoiced, each with its own code, sent once."""
        order, invoice = self._sold(3, 33.34, paid=False)
        self.assertFalse(self._cards(order))
        self._pay(invoice)
        cards = self._cards(order)
        self.assertEqual((len(cards), len(set(self.codes))), (3, 3))
        self.assertEqual(sum(Decimal(str(card.value)) for card in cards), Decimal("100.02"))
        self.assertEqual((self._owed("gift"), order.club_card_count), (Decimal("100.02"), 3))
        order._club_reconcile()
        self.assertEqual((len(self._cards(order)), len(self.codes)), (3, 3))
        self.assertFalse(self._balance(), "stored value earns nothing")

    def test_a_code_can_be_read_again(self):
        order, _invoice = self._sold()
        self.assertFalse(self.env["mail.message"].search([("body", "ilike", self.codes[0])]))
        self.assertFalse(self._cards(order).sudo().code_mail_id, "one mail, deleted when it is sent")

    def test_refunded_gift_card_no_longer_works(self):
        """Row 14."""
        order, invoice = self._sold(2)
        first, second = self.codes
        self._credit(invoice, quantity=1)
        self.assertEqual((len(self._cards(order)), len(self._cards(order, "void"))), (1, 1))
        with self.assertRaisesRegex(UserError, "cannot be used"):
            self._by_code(self._billed(), second, 10)
        self._by_code(self._billed(), first, 10)
        with self.assertRaises(UserError) as caught:
            self._credit(invoice, quantity=1)
        self.assertIn("taken back", str(caught.exception))

    def test_a_card_whose_payment_bounces_blocks_the_bank(self):
        order, invoice = self._sold()
        self._by_code(self._billed(), self.codes[0], 10)
        invoice.line_ids.remove_move_reconcile()
        self._commit()
        found = self.env["loyalty.club.exception"].search([("origin_model", "=", "sale.order")])
        self.assertEqual((found.origin_id, len(self._cards(order))), (order.id, 1))
        self._pay(invoice)
        self.assertEqual(len(self._cards(order)), 1)

    def test_a_gift_card_pays_an_invoice_in_parts(self):
        self._sold(1, 50)
        code = self.codes[0]
        invoice = self._billed()
        payment = self._by_code(invoice, code, 20)
        self._assert_books(
            payment, [("liability", 20, 0), (self.company_data["default_account_receivable"].name, 0, 20)], "gift"
        )
        self._by_code(invoice, code.lower().replace("-", " "), 30)
        self._pay(invoice)
        self.assertEqual((invoice.payment_state, self._owed("gift")), ("paid", 0))
        note = self._credit(invoice)
        self._register(note, 50, kind="gift")
        self.assertEqual(self._owed("gift"), 50)
        with self.assertRaisesRegex(UserError, "Return the rest as credit"):
            self._register(note, 50, kind="gift")
        self._register(note, 50)
        self.assertEqual((note.payment_state, self._credit_balance()), ("paid", 50))

    def test_a_wrong_code_is_tried_for_ever(self):
        """After some tries also the right one is refused, with the same words."""
        self._sold()
        invoice = self._billed()
        messages = set()
        for _time in range(self.club.code_tries + 1):
            with self.assertRaisesRegex(UserError, "cannot be used") as caught:  # keeps the tries, unlike assertRaises
                self._by_code(invoice, "0000-0000-0000-0000", 10)
            messages.add(str(caught.exception))
        with self.assertRaisesRegex(UserError, "cannot be used") as caught:
            self._by_code(invoice, self.codes[0], 10)
        self.assertEqual({str(caught.exception)}, messages)

    def test_no_code_pays(self):
        self._sold()
        with self.assertRaisesRegex(UserError, "Type the code"):
            self._register(self._billed(), 10, kind="gift")

    def test_the_code_is_kept(self):
        self._sold()
        invoice = self._billed()
        form = Form(
            self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        )
        form.journal_id = self.journals["gift"]
        form.club_code = self.codes[0]
        form.amount = 20
        wizard = form.save()
        self.env.invalidate_all()
        self.assertFalse(wizard.club_code)
        self.assertEqual(wizard._create_payments().amount, 20)
        self.assertEqual(self._owed("gift"), 30)

    def test_lost_codes_are_sent_again(self):
        """New codes; the old ones die, and what is used keeps its own."""
        order, _invoice = self._sold(2)
        used, lost = self.codes
        self._by_code(self._billed(), used, 10)
        order.action_club_new_codes()
        self._commit()
        self.assertEqual((len(self.codes), len(self._cards(order)), self._owed("gift")), (3, 2, 90))
        with self.assertRaisesRegex(UserError, "cannot be used"):
            self._by_code(self._billed(), lost, 10)
        self._by_code(self._billed(), self.codes[2], 50)

    def test_a_prepaid_card_carries_its_price(self):
        """It carries the club's multiple; only what was paid is in the invoice's entry."""
        prepaid = self._value_program("prepaid")
        card = self._sells(prepaid, "Prepaid card")
        order, _invoice = self._sold(1, 100, product=card)
        face = self._cards(order).balance
        self.assertEqual((face, self._owed("prepaid")), (100 * self.club.prepaid_factor, 100))
        self.assertEqual(self.books["prepaid"]._club_tie()["difference"], 0)

    def _prepaid_contract(self, share):
        """A product that sells prepaid cards which pay ``share`` percent of a ticket at the branch."""
        prepaid = self._value_program("prepaid")
        contract = {"branch_id": self.branch.id, "share": share}
        scope = {"name": "Contract", "club_id": self.club.id, "line_ids": [Command.create(contract)]}
        self.club.prepaid_scope_id = self.env["loyalty.club.scope"].create(scope)
        return self._sells(prepaid, "Prepaid card")

    def test_two_prepaid_cards_pay_the_share_of_one_invoice_twice(self):
        self._sold(2, 50, product=self._prepaid_contract(30))
        first, second = self.codes
        invoice = self._billed()
        self._by_code(invoice, first, 20, kind="prepaid")
        with self.assertRaisesRegex(UserError, "together pay at most"), self.env.cr.savepoint():
            self._by_code(invoice, second, 20, kind="prepaid")
        with self.assertRaisesRegex(UserError, "together pay at most"), self.env.cr.savepoint():
            self._by_code(invoice, first, 10.01, kind="prepaid")
        self._by_code(invoice, second, 10, kind="prepaid")
        self._pay(invoice)
        self._by_code(self._billed(), second, 30, kind="prepaid")
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_customer_without_address_gets_his_code_by_sms(self):
        self.partner.write({"email": False, "phone": "09121234567"})
        order, _invoice = self._sold()
        [card] = self._cards(order)
        message = self.env["loyalty.club.message"].search([("address", "=", "+989121234567")], order="id desc", limit=1)
        self.assertEqual((message.lane, message.body, card.recipient_mobile), ("service", False, "+989121234567"))
        self.assertIn(card.serial, message.why)
        self.env.cr.execute("SELECT secret ->> 'sealed' FROM loyalty_club_message WHERE id = %s", [message.id])
        text = unseal(self.env["loyalty.club.gift"]._club_key(), self.env.cr.fetchone()[0])["body"]
        code = CODE.search(text).group()
        self.assertEqual(self.env["loyalty.club.gift"].sudo()._club_read(self.club, code)[0], card)
        self.assertFalse(self.codes, "no mail")

    def test_a_customer_without_address_never_gets_his_code(self):
        self.partner.write({"email": False, "phone": False})
        order, _invoice = self._sold()
        found = self.env["loyalty.club.exception"].search([("origin_id", "=", order.id)])
        self.assertIn("New codes", found.message)
        self.partner.email = "sara@example.com"
        order.action_club_new_codes()
        self.assertEqual((len(self.codes), len(self._cards(order))), (1, 1))

    def test_a_gift_code_is_guessed_as_a_promo_code(self):
        self._sold()
        order = self._order()
        attempts = self.env["loyalty.club.attempt"].search_count([])
        for code in (self.codes[0], "0000-0000-0000-0000"):
            answer = order._try_apply_code(code)
            self.assertTrue(answer["not_found"])
            self.assertIn("invalid", answer["error"])
        self.assertEqual(self.env["loyalty.club.attempt"].search_count([]), attempts + 2)
        order._try_apply_code("SUMMER")
        self.assertEqual(self.env["loyalty.club.attempt"].search_count([]), attempts + 2)

    def test_half_a_card_is_sold(self):
        order = self._order([(self.card, 1.5, 50)])
        with self.assertRaisesRegex(UserError, "whole pieces"):
            order.action_confirm()
