"""What a salesman, or a clerk who bills, can say of orders, invoices and payments to get value that nobody paid for.

Each test does what its name says would go wrong, by calls that anybody may send: ``write``, ``create``, ``copy``,
defaults in the context, commands, public methods. The server refuses it, or works the figure out itself.
Long because it is one list of attacks.
"""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.addons.loyalty_club_sale.tests.common import ClubSaleCommon
from odoo.addons.loyalty_club_sale.tests.common_discount import ClubDiscountCommon
from odoo.addons.loyalty_club_sale.tests.common_value import ClubValueCommon
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

SALESMAN = "sales_team.group_sale_salesman_all_leads"
CLERK = f"{SALESMAN},account.group_account_invoice"


class Hostile:
    """Attackers with the least role that the attack needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.salesman = new_test_user(cls.env, "hostile_salesman", groups=SALESMAN, **company)
        cls.clerk = new_test_user(cls.env, "hostile_clerk", groups=CLERK, **company)

    def _refused(self, attack, *args, **values):
        """The attack is refused with a reason, and leaves nothing."""
        with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():  # also a missing right
            attack(*args, **values)
            self._commit()
        self.env.invalidate_all()
        return str(refusal.exception)

    def _claimed(self, lines=None, confirm=True):
        """An order of the salesman with a reward of 50 for 20 points, as he sees it."""
        order = self._order(lines)
        self._claim(order)
        if confirm:
            order.action_confirm()
        self._commit()
        return order.with_user(self.salesman)

    def _reward(self, order):
        return order.order_line.filtered("reward_id")


@tagged("post_install", "-at_install")
class TestRewardsOfOrders(Hostile, ClubSaleCommon):
    def setUp(self):
        super().setUp()
        self.account = self._give(100)

    # -- what a reward costs -------------------------------------------------------------------------------------------

    def test_a_confirmed_reward_costs_what_the_salesman_writes(self):
        order = self._claimed()
        other = self.env["loyalty.card"].create({"program_id": self.program.id})
        for vals in (
            {"points_cost": 0},
            {"points_cost": -500},
            {"coupon_id": False},
            {"coupon_id": other.id},
            {"reward_id": False},
            {"reward_identifier_code": "1"},
        ):
            self.assertIn("worked out", self._refused(self._reward(order).write, vals), str(vals))
            self._refused(order.write, {"order_line": [Command.update(self._reward(order).id, vals)]})
        self.assertEqual((self._balance(), order.amount_total), (80 + 35, 350))

    def test_a_confirmed_reward_takes_off_what_the_salesman_writes(self):
        order = self._claimed()
        reward, draft = self._reward(order), self._order().with_user(self.salesman)
        for vals in (
            {"price_unit": -300},
            {"product_uom_qty": 6},
            {"product_uom_qty": -1},
            {"discount": 100},
            {"is_downpayment": True},
            {"product_id": self.goods.id},
            {"order_id": draft.id},
        ):
            self._refused(reward.write, vals)
        reward.write({"name": "Thank you", "price_unit": -50, "points_cost": 20})
        self.assertEqual((reward.name, order.amount_total, self._balance()), ("Thank you", 350, 115))

    def test_a_reward_of_a_quotation_is_typed(self):
        order = self._order().with_user(self.salesman)
        reward, card = self.program.reward_ids, self.account.card_id
        line = {"product_id": reward.discount_line_product_id.id, "price_unit": -390, "name": "Reward"}
        claims = (
            {"reward_id": reward.id},
            {"reward_id": reward.id, "coupon_id": card.id, "points_cost": 0},
            {"coupon_id": card.id, "points_cost": -20},
        )
        for claim in claims:
            self._refused(order.write, {"order_line": [Command.create({**line, **claim})]})
            hidden = {f"default_{name}": value for name, value in claim.items()}
            self._refused(order.order_line.with_context(**hidden).create, {**line, "order_id": order.id})
        plain = order.order_line.create({**line, "order_id": order.id})
        for claim in claims:
            self._refused(plain.write, claim)

    def test_a_second_line_pays_for_the_reward(self):
        """A line with the reward's code and -20 points would make the group cost nothing."""
        order = self._claimed(confirm=False)
        reward = self._reward(order)
        twin = {
            "product_id": self.goods.id,
            "price_unit": 0,
            "coupon_id": reward.coupon_id.id,
            "points_cost": -20,
            "reward_identifier_code": reward.reward_identifier_code,
        }
        self._refused(order.write, {"order_line": [Command.create(twin)]})
        self._refused(order.copy, {"order_line": [Command.create(twin)]})
        order.action_confirm()
        self._assert_totals(order, 35, 20)

    def test_what_is_typed_into_a_quotation_reaches_the_confirmation(self):
        order = self._claimed(confirm=False)
        self._reward(order).write({"price_unit": -390, "product_uom_qty": 3})
        order.action_confirm()
        self._assert_totals(order, 35, 20)
        self.assertEqual(order.amount_total, 350)

    def test_an_order_is_confirmed_by_its_state(self):
        order = self._claimed(confirm=False)
        self.assertIn("Confirm", self._refused(order.write, {"state": "sale"}))
        line = self._reward(order).copy_data()[0]
        self._refused(
            self.env["sale.order"].with_user(self.salesman).create,
            {"partner_id": self.partner.id, "state": "sale", "order_line": [Command.create(line)]},
        )

    # -- orders that go back -------------------------------------------------------------------------------------------

    def test_a_cancelled_order_gives_the_reward_back_that_its_invoice_still_has(self):
        order = self._claimed()
        invoice = self._invoice(order.sudo(False).with_env(self.env))
        self._pay(invoice)
        order._action_cancel()
        self._commit()
        self.assertEqual((invoice.amount_total, self._balance()), (350, 80), "the discount stays, so does its price")
        order.action_draft()
        self._refused(self._reward(order).unlink)
        order.action_confirm()
        self._commit()
        self._assert_totals(order, 35, 20)
        order._action_cancel()
        self._credit(invoice)
        self.assertEqual(self._balance(), 100)

    def test_a_confirmed_order_is_made_a_quotation_by_its_state(self):
        order = self._claimed()
        order.write({"state": "draft"})
        self._commit()
        self.assertEqual(self._balance(), 100, "a quotation earns nothing")
        order.action_confirm()
        self._assert_totals(order, 35, 20)

    def test_an_order_is_deleted_with_what_it_booked(self):
        order = self._claimed().with_env(self.env)
        self._pay(self._invoice(order))
        order._action_cancel()
        self._commit()
        self.assertIn("still stand", self._refused(order.unlink))

    def test_the_customer_of_booked_points_is_replaced(self):
        other = self._member(name="Reza")
        order = self._claimed()
        self.assertIn("customer stays", self._refused(order.write, {"partner_id": other.partner_id.id}))
        order._action_cancel()
        self._commit()
        order.write({"partner_id": other.partner_id.id})
        self.assertEqual((self._balance(), self._balance(other)), (100, 0))

    def test_the_date_of_an_order_chooses_its_programs(self):
        double = self._goods("Double", 10)
        order = self._order().with_user(self.salesman)
        self.program.date_from = fields.Date.today() + timedelta(days=5)
        order.action_confirm()
        order.write({"date_order": fields.Datetime.now() + timedelta(days=6)})
        order.write({"order_line": [Command.create({"product_id": double.id})]})
        self._assert_totals(order, 0)

    # -- what an order is worth ----------------------------------------------------------------------------------------

    def test_the_salesman_writes_what_a_line_costs_in_all(self):
        order = self._order().with_user(self.salesman)
        lie = {"price_total": 1000000, "price_subtotal": 1000000}
        order.order_line.write(lie)
        order.write({"amount_total": 5, "order_line": [Command.create({"product_id": self.goods.id, **lie})]})
        hidden = {f"default_{name}": value for name, value in lie.items()}
        order.order_line.with_context(**hidden).create({"order_id": order.id, "product_id": self.goods.id})
        order.action_confirm()
        order.order_line.write(lie)
        self._assert_totals(order, 60)
        self.assertEqual(order.amount_total, 600)

    def test_goods_below_zero_leave_the_points_of_the_others(self):
        saffron = self._goods("Saffron", 200)
        order = self._order([(self.goods, 2, 100), (saffron, -1, 200)])
        order.action_confirm()
        self._assert_totals(order, 0)
        self.program.rule_ids.write({"reward_point_mode": "unit", "reward_point_amount": 7})
        order = self._order([(self.goods, 1, 100), (self.goods, -1, 100)])
        order.action_confirm()
        self._assert_totals(order, 0)

    def test_a_discount_is_hidden_from_the_points(self):
        """As a down payment, a delivery, pieces below zero, a reward of Odoo's eWallet."""
        wallet = self.env["loyalty.program"].create({"name": "Wallet", "program_type": "ewallet"})
        wallet.reward_ids = [Command.clear(), Command.create({"reward_type": "discount", "discount_mode": "per_point"})]
        disguises = [
            {"price_unit": -390, "is_downpayment": True},
            {"price_unit": 390, "product_uom_qty": -1},
            {"price_unit": 390, "product_uom_qty": -1, "is_downpayment": True},
            {"price_unit": -390, "reward_id": wallet.reward_ids.id},
        ]
        if "is_delivery" in self.env["sale.order.line"]._fields:
            disguises.append({"price_unit": -390, "is_delivery": True})
        for disguise in disguises:
            order = self._order().with_user(self.salesman)
            order.action_confirm()
            line = {"product_id": self._goods("Off", 0).id, "name": "Off", **disguise}
            order.write({"order_line": [Command.create(line)]})
            self._commit()
            self._assert_totals(order, 1)
            self.assertEqual(order.amount_total, 10, str(disguise))

    # -- invoices ------------------------------------------------------------------------------------------------------

    def test_a_paid_invoice_of_somebody_pays_another_order(self):
        self.club.sale_earn_state = "paid"
        paid = self._order()
        paid.action_confirm()
        invoice = self._invoice(paid)
        self._pay(invoice)
        self._assert_totals(paid, 40)
        order = self._order().with_user(self.salesman)
        order.action_confirm()
        items = invoice.invoice_line_ids
        self._refused(order.order_line.write, {"invoice_lines": [Command.link(items.id)]})
        linked = {"product_id": self.goods.id, "invoice_lines": [Command.link(items.id)]}
        self._refused(order.write, {"order_line": [Command.create(linked)]})
        self._refused(items.with_user(self.clerk).write, {"sale_line_ids": [Command.link(order.order_line.id)]})
        self._assert_totals(order, 0)

    def test_an_invoice_is_called_paid(self):
        self.club.sale_earn_state = "paid"
        order = self._order()
        order.action_confirm()
        invoice = self._invoice(order)
        for lie in ({"payment_state": "paid"}, {"payment_state": "invoicing_legacy"}, {"amount_residual": 0}):
            invoice.with_user(self.clerk).write(lie)
            order._club_reconcile()
            self._assert_totals(order, 0)

    def _loose_note(self, invoice, amount, **values):
        """A credit note of ``amount`` that names no line of an order."""
        note = self._reverse_invoice(invoice)
        note.invoice_line_ids = [
            Command.clear(),
            Command.create({"product_id": self.goods.id, "name": "Sorry", "price_unit": amount, "tax_ids": False}),
        ]
        return note

    def test_a_credit_note_of_no_order_leaves_the_points(self):
        for state, left in (("confirmed", 20), ("invoiced", 20), ("paid", 20)):
            self.club.sale_earn_state = state
            order = self._order()
            order.action_confirm()
            invoice = self._invoice(order)
            note = self._loose_note(invoice, 200)
            note.action_post()
            self._commit()
            self._pay(invoice)
            self._assert_totals(order, left)

    def test_an_invoice_written_off_earns(self):
        self.club.sale_earn_state = "paid"
        order = self._order()
        order.action_confirm()
        invoice = self._invoice(order)
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create(
            {
                "amount": 100,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.company_data["default_account_expense"].id,
            }
        )._create_payments()
        self._commit()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self._assert_totals(order, 10)

    def test_a_credit_note_of_the_reward_alone_gives_its_points_back(self):
        """The discount comes back only with goods of the order; other lines carry no reward back."""
        order = self._claimed().with_env(self.env)
        invoice = self._invoice(order)
        note = self._reverse_invoice(invoice)
        goods = note.invoice_line_ids.filtered(lambda item: item.price_total > 0)
        goods.write({"sale_line_ids": [Command.clear()], "quantity": 1, "price_unit": 60})
        note.action_post()
        self._commit()
        self._assert_totals(order, *self._totals(order))
        self.assertEqual(self._totals(order)[1], 20)

    def test_the_reward_is_credited_at_price_zero(self):
        order = self._claimed().with_env(self.env)
        note = self._reverse_invoice(self._invoice(order))
        reward = note.invoice_line_ids.filtered(lambda item: item.sale_line_ids.reward_id)
        (note.invoice_line_ids - reward).unlink()
        reward.price_unit = 0
        note.action_post()
        self._commit()
        self._assert_totals(order, 35, 20)


@tagged("post_install", "-at_install")
class TestStoredValueOfOrders(Hostile, ClubValueCommon):
    def _sold(self, *more, price=1000):
        order = self._order([(self.top_up, 1, price), *more])
        order.action_confirm()
        return order

    def test_credit_is_sold_against_a_discount(self):
        for more in ((self.goods, 1, -1000), (self.goods, -1, 1000), (self.goods, -10, 100)):
            self.assertIn("below its price", self._refused(self._sold, more))
        order = self._sold().with_user(self.salesman)
        order.write({"order_line": [Command.create({"product_id": self.goods.id, "price_unit": -1000})]})
        invoice = order.with_env(self.env)._create_invoices(final=True)
        self.assertIn("below its price", self._refused(invoice.action_post))
        goods = self._sold((self.goods, 1, 1000), (self.goods, 1, -400))
        self._pay(self._invoice(goods, final=True))
        self.assertEqual(self._credit_balance(), 1000)

    def test_an_invoice_gets_a_discount_that_its_order_has_not(self):
        invoice = self._sold()._create_invoices()
        loose = {"name": "Off", "quantity": 1, "price_unit": -900, "tax_ids": False}
        invoice.with_user(self.clerk).write({"invoice_line_ids": [Command.create(loose)]})
        self.assertIn("below its price", self._refused(invoice.action_post))

    def test_credit_is_taxed(self):
        tax = self.percent_tax(900)
        order = self._order([(self.top_up, 1, 100)]).with_user(self.salesman)
        order.order_line.write({"tax_ids": [Command.set(tax.ids)]})
        self.assertIn("tax", self._refused(order.action_confirm))
        order = self._sold()
        invoice = order._create_invoices()
        invoice.invoice_line_ids.with_user(self.clerk).write({"tax_ids": [Command.set(tax.ids)]})
        self.assertIn("tax", self._refused(invoice.action_post))

    def test_an_invoice_of_credit_is_written_off(self):
        invoice = self._invoice(self._sold())
        wizard = self.env["account.payment.register"].with_user(self.clerk)
        wizard = wizard.with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create(
            {
                "amount": 1,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.company_data["default_account_expense"].id,
            }
        )._create_payments()
        self._commit()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._credit_balance(), 1)

    def test_an_invoice_of_credit_is_set_off_against_an_entry(self):
        invoice = self._invoice(self._sold())
        receivable = invoice.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        expense = self.company_data["default_account_expense"]
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {"account_id": receivable.account_id.id, "credit": 1000, "partner_id": self.partner.id}
                    ),
                    Command.create({"account_id": expense.id, "debit": 1000}),
                ]
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered("credit")).reconcile()
        self._commit()
        self.assertEqual((invoice.payment_state, self._credit_balance()), ("paid", 0))

    def test_an_invoice_of_credit_is_set_off_against_a_credit_note_of_nothing(self):
        invoice = self._invoice(self._sold())
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner.id,
                "invoice_line_ids": [Command.create({"name": "Sorry", "price_unit": 1000, "tax_ids": False})],
            }
        )
        note.action_post()
        lines = (invoice | note).line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        lines.reconcile()
        self._commit()
        self.assertFalse(invoice.amount_residual)
        self.assertEqual(self._credit_balance(), 0)

    def test_an_invoice_of_credit_is_called_paid(self):
        order = self._sold()
        invoice = self._invoice(order)
        for lie in ({"payment_state": "paid"}, {"payment_state": "invoicing_legacy"}):
            invoice.with_user(self.clerk).write(lie)
            order._club_reconcile()
            self.assertEqual(self._credit_balance(), 0)

    def test_one_payment_pays_ten_invoices_of_credit(self):
        """Reconciled rows that are made by hand count for no more than the payment has."""
        invoice = self._invoice(self._sold())
        small = self._register_payment(self._billed([(self.goods, 1, 10)]))
        item = self.env["account.move.line"].search(
            [("payment_id", "=", small.id), ("account_id.account_type", "=", "asset_receivable")]
        )
        self.assertEqual(item.credit, 10)
        receivable = invoice.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        row = {"debit_move_id": receivable.id, "credit_move_id": item.id}
        amounts = dict.fromkeys(("amount", "debit_amount_currency", "credit_amount_currency"), 1000)
        self.env["account.partial.reconcile"].with_user(self.clerk).create({**row, **amounts})
        self._commit()
        self.assertLess(self._credit_balance(), 11)

    def test_goods_that_are_paid_become_credit(self):
        order = self._order([(self.goods, 1, 1000)])
        order.action_confirm()
        self._pay(self._invoice(order))
        seller = order.with_user(self.salesman)
        try:
            with self.env.cr.savepoint():
                seller.order_line.write({"product_id": self.top_up.id})
                self._commit()
        except UserError:
            pass  # Odoo refuses it for some products
        self.assertEqual(self._credit_balance(), 0)

    def test_credit_comes_back_with_a_credit_note_of_nothing(self):
        self._pay(self._invoice(self._sold()))
        line = {"product_id": self.top_up.id, "price_unit": 1000, "tax_ids": False}
        note = (
            self.env["account.move"]
            .with_user(self.clerk)
            .create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.partner.id,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )
        self.assertIn("Credit Note", self._refused(note.action_post))

    def test_more_credit_is_credited_than_was_sold(self):
        invoice = self._invoice(self._sold())
        self._pay(invoice)
        for quantity in (2, 1):
            note = self._reverse_invoice(invoice)
            note.invoice_line_ids.quantity = quantity
            if quantity == 2:
                self.assertIn("left to credit", self._refused(note.action_post))
            else:
                note.action_post()
        self.assertIn("left to credit", self._refused(self._reverse_invoice(invoice).action_post))

    def test_a_down_payment_is_not_counted(self):
        order = self._sold()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        first = wizard.create({"advance_payment_method": "percentage", "amount": 10})._create_invoices(order)
        first.action_post()
        last = self._invoice(order, final=True)
        self._pay(last)
        self.assertEqual(self._credit_balance(), 900, "what is paid is there")
        self._pay(first)
        order._club_reconcile()
        self.assertEqual(self._credit_balance(), 1000)

    def test_cards_are_worth_more_than_was_paid(self):
        """The price of ten cards is raised after the invoice."""
        gift = self._value_program("gift")
        card = self._sells(gift, "Gift card")
        order = self._order([(card, 10, 100)])
        order.action_confirm()
        invoice = self._invoice(order)
        order.with_user(self.salesman).order_line.write({"price_unit": 5000})
        self._commit()
        self._pay(invoice)
        cards = order.order_line._club_cards()
        self.assertLessEqual(sum(cards.mapped("value")), 1000)

    # -- payments ------------------------------------------------------------------------------------------------------

    def test_a_payment_is_rejected_and_its_invoice_stays_paid(self):
        account = self._give(100, program=self.credit)
        invoice = self._billed()
        payment = self._register(invoice).with_user(self.clerk)
        for attack in (payment.action_reject, lambda: payment.write({"state": "draft"})):
            try:
                with self.env.cr.savepoint():
                    attack()
                    self._commit()
            except UserError:
                pass
            paid = 100 - invoice.amount_residual
            self.assertEqual(account.balance, 100 - paid)

    def test_a_payment_becomes_one_of_another_kind(self):
        account = self._give(100, program=self.credit)
        other = self._member(name="Reza")
        self._give(100, member=other, program=self.credit)
        payment = self._register(self._billed()).with_user(self.clerk)
        for vals in (
            {"journal_id": self.company_data["default_journal_cash"].id},
            {"amount": 1},
            {"partner_id": other.partner_id.id},
            {"payment_type": "outbound"},
        ):
            self._refused(payment.write, vals)
        cash = self._register_payment(self._billed()).with_user(self.clerk)
        self._refused(cash.write, {"journal_id": self.journals["credit"].id})
        self.assertEqual(account.balance, 0)

    def test_a_payment_is_made_posted(self):
        """Somebody without credit: a payment that is created in its last state takes it like any other."""
        values = {
            "journal_id": self.journals["credit"].id,
            "partner_id": self.partner.id,
            "payment_type": "inbound",
            "partner_type": "customer",
            "amount": 100,
        }
        Payment = self.env["account.payment"].with_user(self.clerk)
        for state in ("in_process", "paid"):
            self._refused(lambda state=state: Payment.create({**values, "state": state}))
            self._refused(lambda state=state: Payment.with_context(default_state=state).create(values))

    def test_a_cancelled_payment_is_posted_again(self):
        account = self._give(100, program=self.credit)
        payment = self._register(self._billed())
        payment.action_cancel()
        self._commit()
        payment.with_user(self.clerk).action_post()
        self._commit()
        self.assertEqual(account.balance, 100 if payment.state == "canceled" else 0)

    def test_an_online_payment_is_called_done(self):
        self.club._club_offer_online()
        self._give(1000, program=self.credit)
        provider = self.env["payment.provider"].search([("club_id", "=", self.club.id), ("club_kind", "=", "credit")])
        order = self._order()
        values = {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids.id,
            "amount": 400,
            "currency_id": order.currency_id.id,
            "partner_id": self.partner.id,
            "reference": "hostile",
            "operation": "online_direct",
            "sale_order_ids": [Command.set(order.ids)],
        }
        Transaction = self.env["payment.transaction"].with_user(self.clerk)
        for state in ("done", "authorized"):
            self._refused(lambda state=state: Transaction.create({**values, "state": state}))
            self._refused(lambda state=state: Transaction.sudo().create({**values, "state": state}))
        transaction = Transaction.sudo().create(values).sudo(False)
        for state in ("done", "authorized"):
            self._refused(transaction.write, {"state": state})
        self.assertIn("not paid", self._refused(transaction.sudo()._set_done))
        transaction.sudo()._club_pay(self._account(self.member, self.credit).sudo())
        self.assertEqual((transaction.state, self._credit_balance()), ("done", 600))
        for vals in ({"amount": 4000}, {"operation": "refund"}, {"partner_id": self.env.user.partner_id.id}):
            self._refused(transaction.write, vals)


@tagged("post_install", "-at_install")
class TestDiscountCardsOfOrders(Hostile, ClubDiscountCommon):
    def setUp(self):
        super().setUp()
        self.gift, code = self._card(uses=1) if "uses" in self.env["loyalty.club.gift.batch"]._fields else self._card()
        self.order = self._order().with_user(self.salesman)
        self._type(self.order, code)
        self.order.action_confirm()
        self._commit()

    def test_a_card_is_used_for_nothing(self):
        """Its lines are called something else, so that the use would be given back and the discount stay."""
        self.assertTrue(self.order.sudo()._club_discount_use())
        lines = self._discounts(self.order)
        for vals in ({"club_discount": False}, {"price_unit": -300}, {"order_id": self._order().id}):
            quiet = lines.with_context(loyalty_club_discount=True)
            self._refused(quiet.write, vals)
        self.assertEqual((self.order.amount_total, len(self.order.sudo()._club_discount_use())), (360, 1))

    def test_the_context_hides_a_discount_card_from_the_points(self):
        self._assert_totals(self.order, 36)
        order = self.order.with_context(loyalty_club_before_discount=True)
        order.write({"order_line": [Command.create({"product_id": self.goods.id})]})
        self._commit()
        self.assertEqual(self._totals(self.order)[0], Decimal(self.order.amount_total) // 10)
