"""Gift and prepaid cards at the till: sold on plastic and on paper, spent in parts, taken back, guessed at."""

from odoo.addons.loyalty_club.tools.gift_code import new_code
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common_pay import ClubPayCommon


@tagged("post_install", "-at_install")
class TestPosGifts(ClubPayCommon):
    def _sell_cards(self, *lines, **values):
        """Sell cards as the till does; (order, [codes]). ``lines``: (kind, quantity, price)."""
        products = [
            {
                "product": self.sold[kind],
                "quantity": quantity,
                "price_unit": price,
                "price_subtotal": price * quantity,
                "price_subtotal_incl": price * quantity,
            }
            for kind, quantity, price in lines
        ]
        total = sum(quantity * price for _kind, quantity, price in lines)
        data = self._pay_order(products, [self._cash(total)], **values)
        codes = {line[2]["uuid"]: [new_code() for _piece in range(int(line[2]["qty"]))] for line in data["lines"]}
        order = self._send({**data, "club_codes": codes})
        return order, [code for some in codes.values() for code in some]

    def _gift(self, code):
        return self.env["loyalty.club.gift"]._club_find(self.club, code)

    def _pay_with_card(self, code, amount, lines=None, kind="gift", rest=0, **values):
        payments = [self._payment(kind, amount), *([self._cash(rest)] if rest else [])]
        data = self._pay_order(lines or [(self.bread, 1)], payments, partner=self.env["res.partner"], **values)
        answer = self._start(payments[0], data, kind=kind, code=code)
        self.assertEqual(answer["status"], "held", answer)
        return self._send(data)

    def test_a_card_is_sold_on_paper_and_spent_in_parts(self):
        """Row 12 and 30: used again and again; the last 0.40 unusable."""
        _order, (code,) = self._sell_cards(("gift", 1, 50))
        gift = self._gift(code)
        self.assertEqual((gift.balance, gift.state, gift.paid), (50, "active", 50))
        self._pay_with_card(code, 9.6, rest=0.4)
        self._pay_with_card(code, 40, [(self.bread, 4)])
        self.assertEqual(gift.account_id.balance, 0.4)
        self._pay_with_card(code, 0.4, rest=9.6)
        self.assertEqual(gift.account_id.balance, 0)
        payment = self._payment("gift", 0.01)
        answer = self._start(payment, self._pay_order([(self.bread, 1)], [payment]), kind="gift", code=code)
        self.assertEqual(answer["status"], "refused")

    def test_several_cards_of_several_programs_in_one_order_with_and_without_invoice(self):
        """Row 29: two cards made none; the code went to the wrong program, or was lost with the invoice."""
        for invoiced in (False, True):
            order, codes = self._sell_cards(("gift", 2, 30), ("prepaid", 1, 20), ("gift", 1, 45.5), to_invoice=invoiced)
            gifts = [self._gift(code) for code in codes]
            self.assertEqual([gift.kind for gift in gifts], ["gift", "gift", "prepaid", "gift"])
            self.assertEqual([gift.balance for gift in gifts], [30, 30, 200, 45.5])
            self.assertEqual(order.lines.club_gift_ids, gifts[0] + gifts[1] + gifts[2] + gifts[3])
            self.assertEqual(bool(order.account_move), invoiced)
            entries = self._entries(order).filtered(lambda entry: entry.account_id.kind == "prepaid")
            self.assertEqual(
                sorted((entry.kind, entry.amount, entry.documented) for entry in entries),
                [("earn", 180, False), ("load", 20, True)],
            )

    def test_selling_and_spending_a_card_earn_once(self):
        """Row 34: points on the sale of a card, and again when it is spent."""
        order, (code,) = self._sell_cards(("gift", 1, 50))
        self.assertEqual((order.club_points_earned, self._points()), (0, 0))
        payment = self._payment("gift", 10)
        data = self._pay_order([(self.bread, 1)], [payment])
        self._start(payment, data, kind="gift", code=code)
        self.assertEqual(self._send(data).club_points_earned, 10)

    def test_the_code_is_kept_nowhere(self):
        order, (code,) = self._sell_cards(("gift", 1, 50))
        self.assertEqual(order.lines.club_cards, code[-4:])
        self.env.flush_all()
        for table in ("pos_order", "pos_order_line", "pos_payment", "loyalty_club_gift", "loyalty_card"):
            rows = self.env.execute_query_dict(SQL("SELECT * FROM %s", SQL.identifier(table)))
            self.assertNotIn(code, str(rows), table)

    def test_the_same_sale_sent_again_makes_no_second_card(self):
        """Row 2."""
        data = self._pay_order([(self.sold["gift"], 1)], [self._cash(50)])
        data["club_codes"] = {data["lines"][0][2]["uuid"]: [new_code()]}
        order = self._send(data)
        self._send(data)
        order.action_pos_order_paid()
        self.assertEqual(self.env["loyalty.club.gift"].search_count([("origin_id", "=", order.id)]), 1)

    def test_a_card_without_a_code_is_not_sold(self):
        with self._refused("no code"):
            self._send(self._pay_order([(self.sold["gift"], 1)], [self._cash(50)]))

    def test_a_refunded_gift_card_no_longer_works(self):
        """Row 14: the card was refunded, its code still worked."""
        order, (code, other) = self._sell_cards(("gift", 2, 50))
        refund = self._refund(order, {order.lines: 1})
        gifts = self._gift(code) + self._gift(other)
        self.assertEqual(sorted(gifts.mapped("state")), ["active", "void"])
        refund.action_pos_order_paid()
        self.assertEqual(sorted(gifts.mapped("state")), ["active", "void"])
        void = gifts.filtered(lambda gift: gift.state == "void")
        dead = code if void == self._gift(code) else other
        payment = self._payment("gift", 10)
        answer = self._start(payment, self._pay_order([(self.bread, 1)], [payment]), kind="gift", code=dead)
        self.assertEqual(answer["status"], "refused")

    def test_a_spent_card_is_not_taken_back(self):
        order, (code,) = self._sell_cards(("gift", 1, 50))
        self._pay_with_card(code, 10)
        with self._refused("only"):
            self._refund(order)
        self.assertEqual(self._gift(code).state, "active")

    def test_a_refund_goes_back_onto_the_card(self):
        """Row 15."""
        _order, (code,) = self._sell_cards(("gift", 1, 50))
        bought = self._pay_with_card(code, 40, [(self.bread, 5)], rest=10)
        self._refund_to(bought, {"gift": 40, "cash": 10})
        self.assertEqual(self._gift(code).balance, 50)
        cash = self._sell([(self.bread, 1)])
        with self._refused("more than what was paid"):
            self._refund_to(cash, {"gift": 10})

    def test_wrong_codes_are_counted_and_told_apart_by_nobody(self):
        """Row 46 and 13."""
        _order, (code,) = self._sell_cards(("gift", 1, 50))
        answers = {self._till_call("club_gift_balance", new_code())["message"] for _try in range(30)}
        self.assertEqual(len(answers), 1)
        locked = self._till_call("club_gift_balance", code)
        self.assertEqual((locked["status"], locked["message"]), ("refused", answers.pop()))
        payment = self._payment("gift", 10)
        answer = self._start(payment, self._pay_order([(self.bread, 1)], [payment]), kind="gift", code=code)
        self.assertEqual(answer["status"], "refused")

    def test_a_gift_card_is_not_a_prepaid_card(self):
        _order, (code,) = self._sell_cards(("gift", 1, 50))
        payment = self._payment("prepaid", 10)
        answer = self._start(payment, self._pay_order([(self.bread, 1)], [payment]), kind="prepaid", code=code)
        self.assertEqual(answer["status"], "refused")
        self.assertIn("another kind", answer["message"])

    def test_two_prepaid_cards_pay_the_share_of_one_ticket_twice(self):
        contract = {"branch_id": self.branch.id, "share": 30}
        scope = {"name": "Contract", "club_id": self.club.id, "line_ids": [Command.create(contract)]}
        self.club.prepaid_scope_id = self.env["loyalty.club.scope"].create(scope)
        _order, codes = self._sell_cards(("prepaid", 2, 20))

        def pay(*amounts):
            payments = [self._payment("prepaid", amount) for amount in amounts]
            data = self._pay_order([(self.bread, 10)], [*payments, self._cash(100 - sum(amounts))])
            for payment, code in zip(payments, codes, strict=False):
                self.assertEqual(self._start(payment, data, kind="prepaid", code=code)["status"], "held")
            return self._send(data)

        with self._refused("together pay at most"), self.env.cr.savepoint():
            pay(30, 30)
        with self._refused("together pay at most"), self.env.cr.savepoint():
            pay(20, 10.01)
        self.assertEqual(pay(20, 10).state, "paid")
        self.assertEqual([self._gift(code).balance for code in codes], [180, 190])

    def test_the_books_tie_when_the_register_is_closed(self):
        """Row 27 and 26: sale and use of a card on one account; credit and refunds with their signs."""
        self._load_credit(0.01, key="tie")
        _order, (code,) = self._sell_cards(("gift", 1, 50))
        self._pay([(self.sold["credit"], 1)], {"cash": 50})
        paid = self._pay([(self.bread, 4)], {"credit": 30, "cash": 10})
        self._pay_with_card(code, 20, [(self.bread, 2)])
        self._refund_to(paid, {"credit": 15}, {paid.lines: 1.5})
        balances = self._close()
        book = self.club._club_book
        self.assertEqual(balances[book("gift", self.company).liability_account_id], -30)
        self.assertEqual(balances[book("credit", self.company).liability_account_id], -35)
        self._check_ledger()

    def _sample(self):
        """Odoo's sample program, as it stands in the company of a new installation."""
        sample = self.env.ref("loyalty.gift_card_program").sudo()
        sample.company_id = self.company
        sample.action_unarchive()
        return sample

    def test_one_gift_card_is_sold_at_the_till_and_not_odoo_s_sample_beside_it(self):
        sample = self._sample()
        theirs = sample.trigger_product_ids
        theirs.available_in_pos, self.sold["gift"].available_in_pos = True, False
        self.club.action_club_make_payment_methods()
        self.assertTrue(self.sold["gift"].available_in_pos)
        self.assertEqual((sample.active, theirs.available_in_pos), (False, False))

    def test_odoo_s_gift_cards_stay_where_somebody_holds_one(self):
        sample = self._sample()
        self.env["loyalty.card"].create({"program_id": sample.id, "points": 5})
        self.club.action_club_make_payment_methods()
        self.assertTrue(sample.active)
        self.assertTrue(sample.trigger_product_ids.available_in_pos)

    def test_ways_to_pay_are_named_in_the_language_of_whoever_stands_at_the_till(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        club = self._make_club(name="Bazaar", currency_id=self.company_currency.id, company_id=self.company.id)
        club.with_context(lang="fa_IR").name = "بازار"
        club._club_ensure_program("gift")
        method = club._club_payment_method("gift", self.company)
        self.assertEqual(method.name, "Bazaar gift cards")
        self.assertIn("بازار", method.with_context(lang="fa_IR").name)
