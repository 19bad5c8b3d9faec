"""Orders off the main road: settled debts, voided lines, shared drafts, odd prices, other companies and currencies."""

from copy import deepcopy
from itertools import product as combinations

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestPosOddOrders(ClubPosCommon):
    def test_settling_a_customer_account_earns_nothing_again(self):
        """Row 6. The purchase on account earned; its settlement is a special product of the till."""
        lines = [{"product": self.bread, "quantity": 2, "uuid": "row-6"}]
        bought = self.create_ui_order_data(
            lines, customer=self.member.partner_id, payments=[(self.pay_later_pm, 20)], uuid="row-6-order"
        )
        self._send(bought)
        self.assertEqual(self._points(), 20)
        settle = self.create_product("Settle due", self.categ_basic, 20)
        self.patch(
            type(self.env["pos.config"]), "_get_special_products", lambda config: settle
        )  # how Odoo's modules mark such products
        self._sell([(settle, 1)])
        self.assertEqual(self._points(), 20)

    def test_lines_voided_before_payment_earn_nothing(self):
        """Row 10."""
        draft = self._order([(self.bread, 1), (self.tea, 1)], state="draft", payment_ids=[], amount_paid=0)
        saved = self._send(draft)
        tea = saved.lines.filtered(lambda line: line.product_id == self.tea)
        paid = self._order([(self.bread, 1)], uuid=saved.uuid)
        paid["lines"] = [(3, tea.id, 0)]
        self._send(paid)
        self.assertEqual((saved.state, self._points()), ("paid", 10))

    def test_the_same_points_cannot_pay_twice_on_one_order(self):
        """Row 12."""
        self._give(150)
        data = self._order([(self.bread, 10), self._reward_line(10, 100), self._reward_line(10, 100)])
        with self.assertRaises(UserError):
            self._send(data)
        self.assertEqual(self._points(), 150)

    def test_a_reward_is_compared_in_the_amount_that_is_paid(self):
        """Row 42: refused because of another rounded total."""
        self._give(1000)
        order = self._sell([(self.tea, 1), self._reward_line(25.5, 255)])
        self.assertEqual((order.amount_total, order.club_points_spent, order.club_points_earned), (0, 255, 0))

    def test_goods_paid_by_points_in_full_end_at_zero_whatever_price_and_tax(self):
        """Row 23: a full discount left 0.01."""
        self._give(100000)
        for price, rate, quantity in combinations((0.01, 9.99, 33.33), (0, 7, 21), (1, 3)):
            base = round(price * quantity, 2)
            total = round(base * (1 + rate / 100), 2)
            tax = self.env["account.tax"].create({"name": f"{price} {rate} {quantity}", "amount": rate})
            goods = {
                "tax_ids": [(6, 0, tax.ids)],
                "product": self.bread,
                "quantity": quantity,
                "price_unit": price,
                "price_subtotal": base,
                "price_subtotal_incl": total,
            }
            order = self._sell([goods, self._reward_line(total, total * 10)])
            self.assertEqual((order.amount_total, order.club_points_earned), (0, 0), (price, rate, quantity))

    def test_a_reprinted_receipt_shows_the_ledgers_figures_of_its_own_order(self):
        """Row 50: points vanished from a reprint."""
        first = self._sell([(self.bread, 1)])
        self._sell([(self.bread, 7)])
        payload = self.env["pos.order"].with_user(self.cashier)._load_pos_data_read(first, self.till)[0]
        self.assertEqual(
            (payload["club_points_earned"], payload["club_points_balance"], payload["club_member_number"]),
            (10, 10, self.member.number),
        )

    def test_an_order_that_two_devices_share_is_booked_from_its_final_lines(self):
        """Row 51."""
        draft = self._send(self._order([(self.bread, 1)], state="draft", payment_ids=[], amount_paid=0))
        other = self._order([(self.tea, 1)], uuid=draft.uuid, state="draft", payment_ids=[], amount_paid=0)
        self._send(other)
        final = self._order([(self.tea, 1)], uuid=draft.uuid)
        total = 10 + 25.5 + 25.5
        final.update(amount_total=total, amount_paid=total)
        final["payment_ids"][0][2]["amount"] = total
        self._send(final)
        self.assertEqual((draft.state, self._points()), ("paid", int(total)))

    def test_a_replayed_request_finds_the_order_as_the_till_sent_it(self):
        """Core takes the uuid and the lines out of what it is given; after a serialisation failure they were gone."""
        draft = self._order([(self.bread, 1)], state="draft", payment_ids=[], amount_paid=0)
        self._send(draft)
        paid = self._order([(self.bread, 1)], uuid=draft["uuid"], relations_uuid_mapping={})
        paid["lines"] = []
        sent = deepcopy(paid)
        self._send(paid)
        self.assertEqual(paid, sent)

    def test_a_product_reward_costs_what_it_says_for_each_piece(self):
        self._give(30)
        reward = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": self.bread.id,
                "required_points": 12,
            }
        )
        free = self._reward_line(20, 0, reward=reward, quantity=2, price_unit=-10)
        order = self._sell([(self.bread, 3), free])
        self.assertEqual((order.club_points_spent, order.club_points_earned), (24, 10))

    def test_a_product_reward_cannot_take_more_off_than_the_goods_cost(self):
        self._give(30)
        reward = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": self.bread.id,
                "required_points": 12,
            }
        )
        data = self._order([(self.bread, 1), (self.tea, 2), self._reward_line(40, 12, reward=reward)])
        with self.assertRaises(UserError):
            self._send(data)

    def test_a_percentage_cannot_be_larger_than_it_says(self):
        self._give(30)
        reward = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "discount",
                "discount_mode": "percent",
                "discount": 10,
                "discount_applicability": "order",
                "required_points": 5,
            }
        )
        self._sell([(self.bread, 10), self._reward_line(10, 5, reward=reward)])
        self.assertEqual(self._points(), 30 - 5 + 90)
        with self.assertRaises(UserError):
            self._send(self._order([(self.bread, 10), self._reward_line(50, 5, reward=reward)]))

    def test_selling_a_top_up_loads_credit_and_earns_no_points(self):
        top_up = self.create_product("Top-up", self.categ_basic, 50)
        self.club.action_club_make_credit_program()
        credit = self.club.credit_program_id
        credit.rule_ids.write({"product_ids": [(6, 0, top_up.ids)]})
        order = self._sell([(top_up, 1), (self.bread, 1)])
        account = self.member._club_account(credit, create=False)
        self.assertEqual((account.balance, account.kind), (50, "credit"))
        self.assertEqual((order.club_points_earned, order.club_credit_earned, order.club_credit_balance), (10, 50, 50))
        self.assertEqual(sorted(self._entries(order).mapped("kind")), ["earn", "load"])

    def test_a_program_that_is_over_earns_nothing(self):
        self.program.write({"date_from": "2020-01-01", "date_to": "2020-12-31"})
        self._sell([(self.bread, 1)])
        self.assertEqual(self._points(), 0)

    def test_a_till_of_another_company_with_the_clubs_branch_needs_no_right_in_ours(self):
        """Row 21: a card of company A raised an access error in company B."""
        other = self.env["res.company"].create({"name": "Franchise", "currency_id": self.company_currency.id})
        self.club.company_ids = self.company | other
        branch = self.env["loyalty.club.branch"].create(
            {"club_id": self.club.id, "name": "Franchise", "code": "F", "company_id": other.id}
        )
        self._give(40)
        guest = new_test_user(
            self.env,
            "guest",
            groups="base.group_user,point_of_sale.group_pos_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.till.with_context(tracking_disable=True).copy({"name": "Franchise", "club_branch_id": False})
        sheet = self.club.with_user(guest).sudo()._club_identify(self.member.mobile)["members"][0]
        self.assertEqual(sheet["accounts"][0]["balance"], 40)
        self.assertTrue(
            self.club.with_user(guest).with_company(other).name, "a cashier of the franchise reads the club"
        )
        self.assertEqual(branch.company_id, other)

    def test_what_a_till_says_about_the_figures_of_the_receipt_is_not_believed(self):
        """A till sends all fields of an order: empty ones after a lost answer, or anything at all."""
        data = self._order([(self.bread, 1)])
        order = self._send(data)
        self._send({**data, "club_points_earned": False, "club_points_balance": 5000, "club_member_number": False})
        self.assertEqual(
            (order.club_points_earned, order.club_points_balance, order.club_member_number),
            (10, 10, self.member.number),
        )
        stranger = self.env["res.partner"].create({"name": "No member"})
        forged = self._sell([(self.bread, 1)], partner=stranger, club_points_balance=5000, club_member_number="M1")
        self.assertEqual((forged.club_points_balance, forged.club_member_number), (0, False))

    def test_a_combo_earns_on_the_prices_of_its_parts(self):
        """At the till a combo costs nothing itself; its parts carry the price."""
        free = {"price_unit": 0, "price_subtotal": 0, "price_subtotal_incl": 0}
        self._make_combo(self.cheese)
        parts = [("part-1", self.bread, 10), ("part-2", self.tea, 25.5)]
        order = self._order(
            [
                {"product": self.cheese, "quantity": 1, "uuid": "menu", "tax_ids": [(6, 0, [])], **free},
                *({"product": product, "quantity": 1, "uuid": uuid} for uuid, product, _price in parts),
            ]
        )
        order["relations_uuid_mapping"] = {
            "pos.order.line": {uuid: {"combo_parent_id": "menu"} for uuid, _product, _price in parts}
        }
        saved = self._send(order)
        self.assertEqual(len(saved.lines.combo_parent_id), 1)
        self.assertEqual(saved.club_points_earned, 35)
