"""Paying in the portal: credit and cards, over HTTP, as a customer does."""

import re
from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import fields
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.addons.payment.tests.http_common import PaymentHttpCommon
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import JsonRpcException, tagged

from .common_value import ClubValueCommon


@tagged("post_install", "-at_install")
class TestSaleOnline(ClubValueCommon, PaymentHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._value_program("gift")
        cls.club._club_offer_online()
        providers = cls.env["payment.provider"].search([("club_id", "=", cls.club.id)])
        cls.credit_provider = providers.filtered(lambda provider: provider.club_kind == "credit")
        cls.gift_provider = providers.filtered(lambda provider: provider.club_kind == "gift")
        cls.visitor = cls.env["res.users"].create(
            {
                "name": "Sara",
                "login": "sara.portal",
                "password": "sara.portal",
                "partner_id": cls.partner.id,
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )

    def setUp(self):
        self.enable_post_process_patcher = False  # Odoo's case does without accounting otherwise
        super().setUp()

    def _start(self, document, provider=None, amount=None, token=None):
        """Start a transaction as the payment form does; its processing values."""
        provider = provider or self.credit_provider
        is_order = document._name == "sale.order"
        route = f"/my/orders/{document.id}/transaction" if is_order else f"/invoice/transaction/{document.id}"
        if amount is None:
            amount = document.amount_total if is_order else document.amount_residual
        return self.make_jsonrpc_request(
            route,
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids.id,
                "token_id": None,
                "amount": amount,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/my",
                "is_validation": False,
                "access_token": document._portal_ensure_token() if token is None else token,
            },
            timeout=60,
        )

    def _finish(self, values, **params):
        """Pay as our part of the form does, then look at the status page's poll."""
        self.make_jsonrpc_request("/payment/loyalty_club/pay", {"reference": values["reference"], **params}, timeout=60)
        self.make_jsonrpc_request("/payment/status/poll", {}, timeout=60)
        self.env.invalidate_all()
        self._commit()
        return self.env["payment.transaction"].search([("reference", "=", values["reference"])])

    def _quotation(self, price=100):
        return self._order([(self.goods, 1, price)], require_payment=True, require_signature=False)

    def test_an_order_paid_with_credit_in_the_portal_is_booked_twice(self):
        account = self._give(130, program=self.credit)
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        page = self.url_open(order.get_portal_url())
        self.assertIn("130", page.text)
        self.assertIn(f'data-club-provider="{self.credit_provider.id}"', page.text)
        transaction = self._finish(self._start(order))
        self.assertEqual((transaction.state, order.state, account.balance), ("done", "sale", 30))
        payment = transaction.payment_id
        self.assertEqual((payment.state, payment.journal_id), ("paid", self.journals["credit"]))
        receivable = self.company_data["default_account_receivable"].name
        self._assert_books(payment, [("liability", 100, 0), (receivable, 0, 100)])
        entries = self.env["loyalty.club.entry"].search([("kind", "=", "redeem"), ("club_id", "=", self.club.id)])
        self.assertEqual((entries.mapped("amount"), entries.documented), ([-100], True))

    def test_a_refund_of_an_online_payment_and_its_reset(self):
        """Row 49: refunded in part, then the payment can't be undone beyond what is left of it."""
        account = self._give(100, program=self.credit)
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        transaction = self._finish(self._start(order))
        refund = transaction._refund(40)
        refund._post_process()
        self._commit()
        self.assertEqual((refund.state, account.balance), ("done", 40))
        self.assertEqual((refund.payment_id.payment_type, self._owed()), ("outbound", -60))
        transaction.payment_id.action_draft()
        refund.payment_id.action_draft()
        self._commit()
        self.assertEqual((account.balance, self._owed()), (100, 0))
        transaction.payment_id.action_post()
        self._commit()
        self.assertEqual((account.balance, self._owed()), (0, -100))

    def test_a_large_online_refund_is_made_by_one_person_alone(self):
        account = self._give(100, program=self.credit)
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        transaction = self._finish(self._start(order))
        self.club.refund_limit = 50
        transaction._refund(30)
        with self.assertRaisesRegex(UserError, "Another person"), self.env.cr.savepoint():
            transaction._refund(30)
        self.assertEqual(account.balance, 30)
        boss = self._user("manager")
        boss.group_ids |= self.env.ref("account.group_account_invoice")
        transaction.payment_id.with_user(boss).action_club_allow_refund()
        transaction._refund(30)
        self.assertEqual(account.balance, 60)

    def test_credit_expires_between_the_payment_page_and_the_payment(self):
        """Row 19: refused before anything is charged; the order stays as it was."""
        soon = NewLot(Decimal(100), None, None, fields.Datetime.now() + timedelta(minutes=10))
        account = self._account(self.member, self.credit)
        self._post(account, 100, new_lots=(soon,))
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        values = self._start(order)
        with (
            freeze_time(fields.Datetime.now() + timedelta(minutes=11)),
            self.assertRaises(JsonRpcException),
            self.assertLogs("odoo.http", "WARNING"),
        ):
            self._finish(values)
        self.assertEqual((order.state, order.amount_paid, account.held, account.balance), ("draft", 0, 0, 100))

    def test_an_invoice_is_paid_in_part_with_what_there_is(self):
        account = self._give(40, program=self.credit)
        invoice = self._billed()
        self.authenticate("sara.portal", "sara.portal")
        transaction = self._finish(self._start(invoice))
        self.assertEqual((transaction.amount, invoice.amount_residual, account.balance), (40, 60, 0))

    def test_a_browser_names_its_own_amount(self):
        """More than is open is not taken, less than nothing does not pay out, and too little confirms no order."""
        account = self._give(500, program=self.credit)
        invoice, order = self._billed(), self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        self._finish(self._start(invoice, amount=400))
        self.assertEqual(account.balance, 400)
        for amount in (-50, 0):
            with self.assertRaises(JsonRpcException):
                self._finish(self._start(order, amount=amount))
        self._finish(self._start(order, amount=1))
        self.assertEqual((order.state, account.balance), ("draft", 399))

    def test_too_little_credit_pays_an_order(self):
        account = self._give(99, program=self.credit)
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        with self.assertRaises(JsonRpcException), self.assertLogs("odoo.http", "WARNING"):
            self._finish(self._start(order))
        self.assertEqual((account.balance, account.held, order.state), (99, 0, "draft"))

    def test_the_same_order_is_paid_in_two_windows(self):
        account = self._give(500, program=self.credit)
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        self._start(order)
        second = self._start(order)
        self._finish(second)
        with self.assertRaises(JsonRpcException):
            self._finish(second)
        with self.assertRaises(JsonRpcException):
            self._finish(self._start(order))
        self.assertEqual(account.balance, 400)

    def test_a_stranger_pays_with_somebody_elses_credit(self):
        account = self._give(500, program=self.credit)
        order = self._quotation()
        with self.assertRaises(JsonRpcException):
            self._finish(self._start(order))
        other = self._member(name="Ali").partner_id
        self.visitor.copy({"name": "Ali", "login": "ali.portal", "password": "ali.portal", "partner_id": other.id})
        self.authenticate("ali.portal", "ali.portal")
        with self.assertRaises(JsonRpcException):
            self._start(order, token="wrong")
        with self.assertRaises(JsonRpcException):
            self._finish(self._start(order))
        self.assertEqual(account.balance, 500)

    def test_another_visitors_transaction_is_paid(self):
        account = self._give(500, program=self.credit)
        order = self._quotation()
        values = self._start(order)
        self.authenticate("sara.portal", "sara.portal")
        with self.assertRaises(JsonRpcException):
            self._finish(values)
        self.assertEqual(account.balance, 500)

    def test_credit_is_offered_to_whom_it_does_not_serve(self):
        Provider = self.env["payment.provider"]
        euro = self.setup_other_currency("EUR")
        args = (self.company.id, self.partner.id, 100)

        def offered(user, currency):
            found = Provider.with_user(user).sudo()._get_compatible_providers(*args, currency_id=currency.id)
            return (self.credit_provider in found, self.gift_provider in found)

        public = self.env.ref("base.public_user")
        self.assertEqual(offered(self.visitor, self.company.currency_id), (False, True), "no credit yet")
        self._give(5, program=self.credit)
        self.assertEqual(offered(self.visitor, self.company.currency_id), (True, True))
        self.assertEqual(offered(self.visitor, euro), (False, False))
        self.assertEqual(offered(public, self.company.currency_id), (False, True))

    def test_a_cancelled_payment_keeps_the_credit_set_aside(self):
        account = self._give(100, program=self.credit)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.credit_provider.id,
                "payment_method_id": self.credit_provider.payment_method_ids.id,
                "amount": 60,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.partner.id,
                "operation": "online_direct",
            }
        )
        account._club_authorise(Decimal(60), key=transaction._club_key())
        self.assertEqual(account.held, 60)
        transaction._set_canceled()
        self.assertEqual(account.held, 0)

    def test_credit_bought_online_is_there_before_it_is_paid(self):
        """Odoo's own providers sell it as well; the invoice is made with the payment."""
        self._create_dummy_payment_method_for_provider(
            provider=self.dummy_provider, journal=self.company_data["default_journal_bank"]
        )
        order = self._order([(self.top_up, 1, 100)], require_payment=True)
        transaction = self._create_transaction(
            "direct",
            amount=100,
            currency_id=order.currency_id.id,
            partner_id=self.partner.id,
            sale_order_ids=[Command.set(order.ids)],
            provider_id=self.dummy_provider.id,
            payment_method_id=self.payment_method_id,
        )
        self.assertEqual(self._credit_balance(), 0)
        transaction._set_done()
        transaction._post_process()
        self._commit()
        self.assertEqual((order.state, order.invoice_ids.payment_state), ("sale", "paid"))
        self.assertEqual((self._credit_balance(), self._owed()), (100, 100))

    def test_much_credit_is_spent_without_the_members_word(self):
        """Above the club's limit the page asks for a one-time code; it is good for this order alone."""
        sent = []
        self.patch(self.registry["loyalty.club.messenger"], "_club_can_send", lambda _self: True)
        self.patch(
            self.registry["loyalty.club.messenger"],
            "_club_send_code",
            lambda _self, _number, text: sent.append(re.search(r"[0-9]{6}", text).group()) or True,
        )
        self.club.write({"proof_credit": True, "proof_limit_credit": 50})
        account = self._give(300, program=self.credit)
        order = self._quotation()
        self.authenticate("sara.portal", "sara.portal")
        values = self._start(order)
        route = "/payment/loyalty_club/pay"
        answer = self.make_jsonrpc_request(route, {"reference": values["reference"]}, timeout=60)
        self.assertTrue(answer["question"])
        self.assertEqual((answer["state"], account.balance, len(sent)), ("draft", 300, 1))
        wrong = {"reference": values["reference"], "confirmation": "000000" if sent[0] != "000000" else "111111"}
        self.assertTrue(self.make_jsonrpc_request(route, wrong, timeout=60)["question"])
        other = self._start(self._quotation())
        stolen = {"reference": other["reference"], "confirmation": sent[0]}
        self.assertTrue(self.make_jsonrpc_request(route, stolen, timeout=60)["question"])
        transaction = self._finish(self._start(order), confirmation=sent[0])
        self.env.invalidate_all()
        self.assertEqual((transaction.state, account.balance), ("done", 200))
