"""Paying with credit at the till: set aside, captured with the order, given back; and what an accountant reads.

Long because it is one list of what can go wrong with one kind of payment.
"""

from decimal import Decimal

from odoo import fields
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_pay import ClubPayCommon

#: Queries of setting a payment aside, and of what an order costs more that is paid with it, not with cash.
PLACED, TAKEN = 10, 14


@tagged("post_install", "-at_install")
class TestPosCredit(ClubPayCommon):
    def setUp(self):
        super().setUp()
        self.account = self._load_credit(100)

    def test_part_is_paid_with_credit_and_the_rest_in_cash(self):
        order = self._pay([(self.bread, 10)], {"credit": 30.4, "cash": 69.6})
        self.assertEqual((self.account.balance, self.account.held), (69.6, 0))
        self.assertEqual((order.state, order.club_credit_spent, order.club_credit_balance), ("paid", 30.4, 69.6))
        entry = self._entries(order).filtered(lambda entry: entry.kind == "redeem")
        self.assertTrue(entry.documented)
        self.assertEqual((entry.branch_id, entry.amount), (self.branch, -30.4))

    def test_what_is_paid_with_credit_earns_like_money(self):
        """Row 33: earning on the reward-paid amount; a payment does not reduce the base."""
        order = self._pay([(self.bread, 10)], {"credit": 100})
        self.assertEqual((order.club_points_earned, self.account.balance), (100, 0))

    def test_credit_reduces_no_tax_base(self):
        """Row 25: a payment-type redemption is no discount."""
        order = self._pay([(self.cheese, 1)], {"credit": 40, "cash": 4})
        self.assertEqual((order.amount_total, order.amount_tax), (44, 4))

    def test_credit_is_spent_to_the_last_cent(self):
        """Row 30: the last 0.40 on a card was unusable."""
        self._pay([(self.bread, 10)], {"credit": 99.6, "cash": 0.4})
        self.assertEqual(self.account.balance, 0.4)
        self._pay([(self.bread, 1)], {"credit": 0.4, "cash": 9.6})
        self.assertEqual((self.account.balance, self.account.available), (0, 0))

    def test_a_payment_that_the_server_never_confirmed_is_refused(self):
        """“Force done” on the till skips the terminal."""
        payment = self._payment("credit", 20)
        with self._refused("not confirmed"):
            self._send(self._pay_order([(self.bread, 2)], [payment]))
        self.assertEqual(self.account.balance, 100)

    def test_a_payment_changed_after_it_was_set_aside_takes_exactly_what_the_order_says(self):
        for amount in (15, 35):
            payment = self._payment("credit", 20)
            order = self._pay_order([(self.bread, 10)], [payment])
            self._start(payment, order)
            payment[2]["amount"] = amount
            order = self._pay_order([(self.bread, 10)], [payment, self._cash(100 - amount)])
            self._send(order)
        self.assertEqual((self.account.balance, self.account.held), (50, 0))

    def test_more_than_is_there_is_refused_before_the_order_is_paid(self):
        payment = self._payment("credit", 100.01)
        answer = self._start(payment, self._pay_order([(self.bread, 11)], [payment]))
        self.assertEqual(answer["status"], "refused")
        self.assertIn("100", answer["message"])
        self.assertEqual(self.account.held, 0)

    def test_two_open_orders_never_drain_each_other(self):
        """Row 5: finishing one order drained the wallet for both."""
        one, two = self._payment("credit", 60), self._payment("credit", 60)
        first = self._pay_order([(self.bread, 6)], [one])
        second = self._pay_order([(self.bread, 6)], [two])
        self.assertEqual(self._start(one, first)["status"], "held")
        refused = self._start(two, second)
        self.assertEqual(refused["status"], "refused")
        self.assertIn("40", refused["message"])
        self._send(first)
        self.assertEqual((self.account.balance, self.account.held), (40, 0))
        with self.assertRaises(UserError):
            self._send(second)
        self.assertEqual(self.account.balance, 40)

    def test_a_paid_order_leaves_the_payments_of_other_open_orders_alone(self):
        """Row 4: paying one order booked others."""
        one, two = self._payment("credit", 10), self._payment("credit", 20)
        first, second = self._pay_order([(self.bread, 1)], [one]), self._pay_order([(self.bread, 2)], [two])
        self._start(one, first)
        self._start(two, second)
        self._send(first)
        self.assertEqual((self.account.balance, self.account.held), (90, 20))

    def test_the_same_payment_asked_twice_is_set_aside_once(self):
        payment = self._payment("credit", 20)
        order = self._pay_order([(self.bread, 2)], [payment])
        self.assertEqual([self._start(payment, order)["status"] for _try in range(3)], ["held"] * 3)
        self.assertEqual(self.account.held, 20)

    def test_a_payment_taken_off_gives_back_and_can_be_tried_again(self):
        payment = self._payment("credit", 20)
        order = self._pay_order([(self.bread, 2)], [payment])
        for _try in range(3):
            self._start(payment, order)
            self.assertEqual(self._till_call("club_pay_cancel", payment[2]["uuid"]), {"status": "released"})
            self.assertEqual(self.account.held, 0)
        self._start(payment, order)
        self._send(order)
        self.assertEqual((self.account.balance, self.account.held), (80, 0))

    def test_an_order_sent_again_is_paid_once(self):
        payment = self._payment("credit", 20)
        data = self._pay_order([(self.bread, 2)], [payment])
        self._start(payment, data)
        order = self._send(data)
        self._send(data)
        order.action_pos_order_paid()
        self.assertEqual(self.account.balance, 80)
        self.assertEqual(self._till_call("club_pay_cancel", payment[2]["uuid"]), {"status": "released"})
        self.assertEqual(self.account.balance, 80)

    def test_a_draft_that_is_cancelled_or_removed_gives_back(self):
        for remove in ("action_pos_order_cancel", "remove_from_ui", "line"):
            payment = self._payment("credit", 20)
            data = {**self._pay_order([(self.bread, 2)], [payment]), "state": "draft"}
            self._start(payment, data)
            draft = self._send(data)
            self.assertEqual((self.account.held, draft.state), (20, "draft"))
            if remove == "line":
                draft.payment_ids.unlink()
            elif remove == "remove_from_ui":
                draft.remove_from_ui(draft.ids)
            else:
                draft.action_pos_order_cancel()
            self.assertEqual((self.account.held, self.account.balance), (0, 100), remove)

    def test_a_till_that_dies_leaves_nothing_set_aside(self):
        payment = self._payment("credit", 20)
        data = self._pay_order([(self.bread, 2)], [payment])
        self._start(payment, data)
        hold = self.env["loyalty.club.hold"]._club_of_payments([payment[2]["uuid"]])[payment[2]["uuid"]]
        hold.expires_at = "2020-01-01"
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_hold").method_direct_trigger()
        self.assertEqual((hold.state, self.account.held), ("released", 0))
        # the cashier comes back to the order: what is still there is taken
        self._send(data)
        self.assertEqual(self.account.balance, 80)

    def test_the_payments_of_a_paid_order_are_not_exchanged(self):
        """The till's “Edit payment” would leave the credit spent and the goods paid in cash."""
        order = self._pay([(self.bread, 10)], {"credit": 60, "cash": 40})
        credit = order.payment_ids.filtered(lambda payment: payment.payment_method_id.club_kind)
        cash = order.payment_ids - credit
        for commands in ([(1, credit.id, {"amount": 10})], [(2, credit.id)]):
            with self._refused("Refund the order"):
                order.write({"payment_ids": commands})
        with self._refused("Refund it first"):
            order.write({"payment_ids": [(2, cash.id), self._payment("credit", 40)]})
        self.assertEqual(self.account.balance, 40)

    def test_credit_is_never_paid_out_as_change(self):
        payment = self._payment("credit", 30)
        data = self._pay_order([(self.bread, 2)], [payment])
        data.update(amount_return=-10)
        self._start(payment, data, lines=None)
        with self._refused("change"):
            self._send(data)
        self.assertEqual(self.account.balance, 100)

    def test_credit_buys_no_other_stored_value(self):
        payment = self._payment("credit", 50)
        data = self._pay_order([(self.sold["gift"], 1)], [payment])
        self.assertEqual(self._start(payment, data)["status"], "refused")
        self._start(payment, data, lines=None)
        with self.assertRaises(UserError):
            self._send(data)
        self.assertEqual(self.account.balance, 100)

    def test_credit_of_one_member_does_not_pay_for_another(self):
        reza = self._member(name="Reza")
        payment = self._payment("credit", 20)
        data = self._pay_order([(self.bread, 2)], [payment], member=reza)
        self._start(payment, data)
        with self._refused("not the customer"):
            self._send(data)
        self.assertEqual(self.account.balance, 100)

    def test_a_blocked_member_pays_nothing(self):
        self.member._club_set_state("blocked")
        payment = self._payment("credit", 20)
        answer = self._start(payment, self._pay_order([(self.bread, 2)], [payment]))
        self.assertEqual(answer["status"], "refused")
        self.assertIn("blocked", answer["message"])

    def test_who_works_at_no_till_takes_no_payments(self):
        auditor = self._user("auditor", self.company)
        with self.assertRaises(AccessError):
            self._till_call("club_pay_look", "credit", self.member.partner_id.id, user=auditor)

    def test_nonsense_is_answered_and_changes_nothing(self):
        payment = self._payment("credit", 20)
        data = self._pay_order([(self.bread, 2)], [payment])
        for amount in (0, -5, "abc", False, 20.001):
            payment[2]["amount"] = amount
            answer = self._start(payment, data)
            self.assertIn(answer["status"], ("refused", "held"), amount)
            self.assertEqual(answer["status"] == "held", amount == 20.001)
        self.assertEqual(self._till_call("club_pay_look", "points", 1)["status"], "refused")

    def test_the_till_never_loads_credit_and_cards_as_programs(self):
        programs = self.till._get_program_ids()
        self.assertIn(self.program, programs)
        self.assertFalse(programs & (self.credit | self.gifts | self.prepaid))
        data = self.till._club_till_data()
        self.assertEqual(data["sells"][str(self.sold["gift"].id)], "gift")
        card = self.account.card_id
        answer = self.till.use_coupon_code(card.code, "2030-01-01 00:00:00", self.member.partner_id.id, False)
        self.assertFalse(answer["successful"])

    def test_granted_credit_comes_from_rules_and_is_not_in_the_documents(self):
        """Row 34 and 48: cash-back for next time, from the rules that grant, never from a top-up."""
        self.credit.rule_ids = [
            (0, 0, {"club_grants": True, "reward_point_mode": "money", "reward_point_amount": 0.05})
        ]
        data = self.till._club_till_data()["credit"]
        self.assertEqual([rule["points"] for rule in data["rules"]], ["0.05"])
        order = self._pay([(self.bread, 10), (self.sold["credit"], 1)], {"cash": 150})
        entries = self._entries(order).filtered(lambda entry: entry.account_id == self.account)
        self.assertEqual(
            sorted((entry.kind, entry.amount, entry.documented) for entry in entries),
            [("earn", 5, False), ("load", 50, True)],
        )
        self.assertEqual((order.club_points_earned, order.club_credit_earned, self.account.balance), (100, 55, 155))

    def test_setting_aside_and_capturing_cost_few_queries(self):
        self._pay([(self.bread, 1)], {"credit": 10})  # what is asked once and kept
        self._pay([(self.bread, 1)], {"cash": 10})

        def queries(call):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            call()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with_cash = queries(lambda: self._send(self._pay_order([(self.bread, 1)], [self._cash(10)])))
        payment = self._payment("credit", 10)
        data = self._pay_order([(self.bread, 1)], [payment])
        placed = queries(lambda: self._start(payment, data))
        with_credit = queries(lambda: self._send(data))
        self.assertEqual(self.account.balance, 80)
        self.assertLessEqual(placed, PLACED)
        self.assertLessEqual(with_credit - with_cash, TAKEN)

    # -- fuzz ----------------------------------------------------------------------------------------------------------

    def test_any_price_tax_and_rounding_is_paid_to_zero(self):
        """Row 23: a full discount left 0.01; a payment leaves nothing."""
        self._load_credit(10000)
        for price, rate, quantity in ((0.01, 0, 1), (9.99, 7, 3), (33.33, 21, 7), (12.345, 10, 2)):
            base = round(price * quantity, 2)
            total = round(base * (1 + rate / 100), 2)
            tax = self.env["account.tax"].create({"name": f"{rate}", "amount": rate})
            goods = {
                "tax_ids": [(6, 0, tax.ids)],
                "product": self.bread,
                "quantity": quantity,
                "price_unit": price,
                "price_subtotal": base,
                "price_subtotal_incl": total,
            }
            data = self._pay_order([goods], [self._payment("credit", total)])
            data.update(amount_total=total)
            self._start(data["payment_ids"][0], data)
            order = self._send(data)
            self.assertEqual((order.state, order.amount_paid), ("paid", total))

    def test_the_receipt_tells_which_credit_ends_first(self):
        later = fields.Datetime.add(fields.Datetime.now(), days=90)
        sooner = self.club._club_end_of(fields.Date.add(self.club._club_today(), days=20))
        self._load_credit(7, new_lots=(NewLot(Decimal(7), self.branch.id, None, later),))
        self._load_credit(5, new_lots=(NewLot(Decimal(5), self.branch.id, None, sooner),))
        order = self._pay([(self.bread, 1)], {"credit": 2, "cash": 8})
        self.assertEqual(order.club_credit_expiring, 3, "what ends first is spent first")
        self.assertEqual(order.club_credit_expires_on, fields.Date.add(self.club._club_today(), days=20))

    def test_credit_without_an_end_has_no_last_day_on_the_receipt(self):
        order = self._pay([(self.bread, 1)], {"credit": 2, "cash": 8})
        self.assertEqual((order.club_credit_expiring, order.club_credit_expires_on), (0, False))

    def test_the_list_of_customers_shows_what_they_can_spend(self):
        stranger = self.env["res.partner"].create({"name": "Nobody's member"})
        partner = self.member.partner_id
        found = self._till_call("club_credit_of", [partner.id, stranger.id])
        self.assertEqual(found, {str(partner.id): 100})
        self._start(self._payment("credit", 30), self._order([(self.bread, 10)]))
        self.assertEqual(self._till_call("club_credit_of", [partner.id]), {str(partner.id): 70}, "30 are set aside")

    def test_who_works_at_no_till_reads_no_credit(self):
        nobody = new_test_user(self.env, "not_at_a_till", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._till_call("club_credit_of", [self.member.partner_id.id], user=nobody)
