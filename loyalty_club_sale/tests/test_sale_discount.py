"""Discount cards on orders: a percentage off the price, in step with the order, as often as the card may."""

from decimal import Decimal

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_discount import ClubDiscountCommon


@tagged("post_install", "-at_install")
class TestSaleDiscountLines(ClubDiscountCommon):
    """What stands on the quotation."""

    def test_a_seller_types_the_code_and_sees_no_card(self):
        gift, code = self._card()
        seller = mail_new_test_user(self.env, login="seller", groups="sales_team.group_sale_salesman")
        order = self._order([(self.goods, 2, 100)], user_id=seller.id)
        self.assertTrue(order.club_discount_offered)
        self._type(order, code, user=seller)
        self.assertEqual((order.amount_total, self._given(order)), (180, 20))
        mine = order.with_user(seller)
        self.assertEqual(mine.club_discount_card, f"…{gift.last_four} · 10 %")
        self.assertFalse(mine.club_discount_offered)
        with self.assertRaises(AccessError):
            mine.write({"club_discount_gift_id": gift.id})
        self.assertNotIn(code, str(self._discounts(order).read()) + str(order.message_ids.mapped("body")))
        self.assertEqual(gift.use_count, 0, "a quotation uses nothing")

    def test_a_company_of_two_clubs_takes_the_cards_of_one(self):
        self._card()
        other = self.env["loyalty.club"].create({"name": "Second", "country_id": self.env.ref("base.ir").id})
        _gift, code = self._card(other)
        order = self._order([(self.goods, 1, 100)])
        self._type(order, code)
        self.assertEqual(self._given(order), 10)

    def test_each_tax_is_paid_on_the_reduced_price_to_the_cent(self):
        _gift, code = self._card(percent=7)
        excluded, included = self._tax("Added", 10), self._tax("Inside", 20, price_include_override="tax_included")
        one, two = self._goods("One", 9.99, excluded), self._goods("Two", 25.5, included)
        order = self._order([(one, 3, None), (two, 1, None), (self.goods, 1, 0.05)])
        before = order.amount_total
        self.assertEqual(before, 58.52)
        self._type(order, code)
        # 7 % of 58.52 is 4.0964, and the customer gets no cent that is not there
        self.assertEqual((self._given(order), order.amount_total), (4.09, 54.43))
        discounts = self._discounts(order)
        self.assertEqual(len(discounts), 3, "one for each group of taxes")
        self.assertEqual(discounts.tax_ids, excluded | included)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (54.43, order.amount_tax))

    def test_a_whole_discount_leaves_a_cent(self):
        """Rows 23 and 25: nothing is left, of no tax, however Odoo rounds."""
        _gift, code = self._card(percent=100)
        taxes = [self._tax("A", 9), self._tax("B", 5.5), self._tax("C", 21, price_include_override="tax_included")]
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for number in range(1, 9):
                prices = [number * 1.37, number * 0.73 + 0.01, 9.99 / number]
                lines = [
                    (self._goods(f"{method} {number}", 0, tax), number % 3 + 1, price)
                    for tax, price in zip([*taxes, taxes[0]], [*prices, 0.05], strict=True)
                ]
                order = self._order(lines)
                self._type(order, code)
                self.assertEqual((order.amount_total, order.amount_tax), (0, 0), f"{method} {prices}")

    def test_many_prices_are_exact(self):
        taxes = [self._tax("A", 9), self._tax("B", 5.5), self._tax("C", 21, price_include_override="tax_included")]
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            self._try_many_prices(taxes)

    def _try_many_prices(self, taxes):
        _gift, code = self._card(percent=33.333)
        for number in range(1, 9):
            lines = [
                (self._goods(f"{number} {place}", 0, tax), number * (place + 1) % 7 + 1, number * 1.37 + place)
                for place, tax in enumerate(taxes)
            ]
            order = self._order(lines)
            total = round(order.amount_total * 100)
            self._type(order, code)
            self.assertEqual(round(self._given(order) * 100), total * 33333 // 100000, order.name)
            self.assertEqual(round(order.amount_total * 100), total - total * 33333 // 100000, order.name)
            self.assertAlmostEqual(order.amount_untaxed + order.amount_tax, order.amount_total)

    def test_the_discount_follows_the_lines(self):
        _gift, code = self._card()
        order = self._order([(self.goods, 2, 100)])
        self._type(order, code)
        line = self._discounts(order)
        order.write({"order_line": [Command.update(order.order_line[0].id, {"product_uom_qty": 5})]})
        self.assertEqual((self._given(order), self._discounts(order)), (50, line))
        order.order_line[0].price_unit = 30
        self._commit()
        self.assertEqual(self._given(order), 15)
        self.env["sale.order.line"].create({"order_id": order.id, "product_id": self.goods.id, "price_unit": 50})
        self._commit()
        self.assertEqual(self._given(order), 20)
        taxed = self._goods("Taxed", 100, self._tax("Ten", 10))
        order.write({"order_line": [Command.create({"product_id": taxed.id})]})
        self.assertEqual((self._given(order), len(self._discounts(order))), (31, 2))
        order.order_line.filtered(lambda line: line.product_id == taxed).unlink()
        self._commit()
        self.assertEqual((self._given(order), self._discounts(order)), (20, line))

    def test_the_form_shows_what_was_saved(self):
        _gift, code = self._card()
        order = self._order([(self.goods, 1, 100)])
        self._type(order, code)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        self.assertEqual(order.amount_total, 270)

    def test_a_discount_changed_by_hand_is_put_right(self):
        _gift, code = self._card()
        order = self._order([(self.goods, 1, 100)])
        self._type(order, code)
        self._discounts(order).write({"price_unit": -90, "product_uom_qty": 2})
        self._commit()
        self.assertEqual(self._given(order), 10)
        order.action_update_taxes()
        order.action_update_prices()
        self._commit()
        self.assertEqual((self._given(order), order.amount_total), (10, 90))

    def test_taken_off_by_the_button_and_by_deleting_its_line(self):
        _gift, code = self._card()
        order = self._order([(self.goods, 1, 100)])
        self._type(order, code)
        order.action_club_remove_discount_card()
        self.assertEqual((len(order.order_line), order.amount_total, order.club_discount_card), (1, 100, False))
        self._type(order, code)
        order.write({"order_line": [Command.delete(self._discounts(order).id)]})
        self.assertEqual((len(order.order_line), order.club_discount_card), (1, False))
        self._type(order, code)
        self.assertEqual(order.amount_total, 90)

    def test_a_copy_carries_no_card(self):
        _gift, code = self._card()
        order = self._order([(self.goods, 1, 100)])
        self._type(order, code)
        copy = order.copy()
        self.assertEqual((len(copy.order_line), copy.amount_total, copy.club_discount_card), (1, 100, False))

    def test_stored_value_delivery_and_what_the_scope_leaves_out_cost_the_same(self):
        other = self._goods("Other", 100)
        scope = self.env["loyalty.club.scope"].create(
            {"name": "Goods", "club_id": self.club.id, "line_ids": [], "product_ids": [Command.set(self.goods.ids)]}
        )
        _gift, code = self._card(scope_id=scope.id)
        order = self._order([(self.goods, 1, 100), (other, 1, 100)])
        self._type(order, code)
        self.assertEqual(self._given(order), 10)

    def test_rewards_come_first_and_the_order_of_typing_does_not_matter(self):
        """50 off for 20 points, and 10 % of what is left."""
        self._give(100)
        _gift, code = self._card()
        first, second = self._order(), self._order()
        self._claim(first)
        self._type(first, code)
        self._type(second, code)
        self._claim(second)
        self.assertEqual((first.amount_total, second.amount_total), (315, 315))
        first._update_programs_and_rewards()
        self.assertEqual(first.amount_total, 315)
        first.action_confirm()
        self._assert_totals(first, 31, 20)


@tagged("post_install", "-at_install")
class TestSaleDiscountRefused(ClubDiscountCommon):
    """What a card does not do."""

    def _refuses(self, order, code, text, **values):
        with self.assertRaisesRegex(UserError, text):
            self._type(order, code, **values)
        self.assertFalse(order.club_discount_card)

    def test_every_wrong_card_gets_the_same_answer_and_is_counted(self):
        stopped, code = self._card()
        stopped._club_disable("lost")
        _used, used_code = self._card(uses=1)
        order = self._order()
        self._type(order, used_code)
        order.action_confirm()
        other = self._order()
        messages = set()
        for text in ("x", "0" * 16, code, used_code):
            try:  # assertRaises would take the count back with the rest
                self._type(other, text)
            except UserError as refusal:
                messages.add(str(refusal))
        self.assertEqual((len(messages), other.club_discount_card), (1, False))
        _good, right = self._card()
        self.club.code_tries = 4
        self._refuses(other, right, "cannot be used")

    def test_a_pin_is_asked_for(self):
        _gift, code, pin = self._card(with_pin=True)
        order = self._order()
        self._refuses(order, code, "cannot be used")
        self._type(order, code, pin)
        self.assertEqual(order.amount_total, 360)

    def test_two_cards_on_one_order(self):
        order = self._order()
        self._type(order, self._card()[1])
        with self.assertRaisesRegex(UserError, "one discount card"):
            self._type(order, self._card(percent=20)[1])
        self.assertEqual(order.amount_total, 360)

    def test_a_card_of_another_branch(self):
        other = self.env["loyalty.club.branch"].create(
            {"club_id": self.club.id, "name": "Far", "code": "F", "company_id": self.company.id}
        )
        scope = self.env["loyalty.club.scope"].create(
            {
                "name": "Far",
                "club_id": self.club.id,
                "line_ids": [Command.create({"branch_id": other.id, "share": 100})],
            }
        )
        gift, code = self._card(scope_id=scope.id)
        order = self._order(club_branch_id=self.branch.id)
        self._refuses(order, code, "branch")
        order.club_branch_id = other
        self._type(order, code)
        order.club_branch_id = self.branch
        self.assertIn("branch", order.club_discount_problem)
        order.action_confirm()
        self.assertEqual((order.amount_total, order.club_discount_card, gift.use_count), (400, False, 0))

    def test_an_order_in_another_currency(self):
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": self.setup_other_currency("EUR").id}
        )
        self._refuses(self._order(pricelist_id=pricelist.id), self._card()[1], "pricelist")

    def test_a_card_that_pays(self):
        _card = self._card()
        program = self.club._club_ensure_program("gift")
        _gift, code = self.env["loyalty.club.gift"]._club_sell(program, Decimal(50), key="test:pays")
        self._refuses(self._order(), code, "pays")

    def test_nothing_was_typed(self):
        self._card()
        self._refuses(self._order(), False, "Type the code")

    def test_somebody_who_may_not_change_the_order(self):
        _gift, code = self._card()
        order = self._order()
        reader = mail_new_test_user(self.env, login="other", groups="sales_team.group_sale_salesman")
        order.user_id = self.env.user
        with self.assertRaises(AccessError):
            self._type(order, code, user=reader)

    def test_a_discount_card_as_a_promo_code(self):
        gift, code = self._card()
        order = self._order()
        self.assertTrue(order._try_apply_code("0" * 16).get("not_found"))
        self.assertEqual(order._try_apply_code(code), {})
        self.assertEqual(order.amount_total, 360)
        self.assertIn("one discount card", order._try_apply_code(code)["error"])
        wizard = self.env["sale.loyalty.coupon.wizard"].create({"order_id": self._order().id, "coupon_code": code})
        self.assertEqual(wizard.action_apply()["type"], "ir.actions.act_window_close")
        self.assertEqual((wizard.order_id.amount_total, gift.use_count), (360, 0))
