"""Browser tours: what a cashier does with members at a real till, and what the ledger says afterwards."""

from functools import wraps
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .common_tour import TillTourCase


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestTillTour(TillTourCase):
    def test_a_scanned_card_earns_and_the_receipt_shows_it(self):
        self.tour("club_scan_and_sell")
        self.assertEqual(self.account.balance, 120)
        self.assertEqual(self.orders().partner_id, self.sara.partner_id)

    def test_an_unknown_mobile_joins_in_one_step_and_earns(self):
        self.tour("club_join_and_sell")
        reza = self.env["loyalty.club.member"].search([("mobile", "=", "+989351234567")])
        self.assertEqual((reza.partner_id.name, reza.joined_channel), ("Reza", "till"))
        self.assertEqual(reza.account_ids.balance, 10)

    def test_a_member_spends_the_amount_he_chose_and_no_more(self):
        self.tour("club_redeem")
        order = self.orders()
        self.assertEqual((order.amount_total, order.club_points_spent), (16, 40))
        self.assertEqual(self.account.balance, 76)

    def test_the_browser_sends_no_points_of_managed_programs(self):
        PosOrder = type(self.env["pos.order"])
        refuse = AssertionError("the till sent points of a managed program")
        with patch.object(PosOrder, "confirm_coupon_programs", side_effect=refuse) as confirm:
            self.tour("club_redeem")
        confirm.assert_not_called()

    def test_a_free_product_costs_what_is_shown_and_no_second_one_is_taken(self):
        coffee = self.env["product.product"].search([("name", "=", "Club Coffee")])
        self.program.reward_ids = [
            Command.create({"reward_type": "product", "reward_product_id": coffee.id, "required_points": 30})
        ]
        self.tour("club_free_product")
        self.assertEqual(self.account.balance, 90)

    def test_a_card_is_read_beside_gs1(self):
        self.env.company.nomenclature_id = self.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature")
        self.main_pos_config.club_id = False
        self.main_pos_config.club_id = self.club
        self.tour("club_scan_and_sell")
        self.assertEqual(self.account.balance, 120)

    def test_an_overspend_comes_back_as_a_draft_with_the_reason(self):
        PosOrder = type(self.env["pos.order"])
        original = PosOrder.validate_coupon_programs

        def meanwhile(orders, *args):
            answer = original(orders, *args)
            if self.account.balance == 100:
                self._post(self.account, 60, "redeem")
            return answer

        with patch.object(PosOrder, "validate_coupon_programs", meanwhile):
            self.tour("club_overspend_refused")
        self.assertEqual(self.account.balance, 50)
        self.assertEqual(self.orders().amount_total, 10)

    def test_a_refund_by_line_returns_what_was_paid_and_the_points(self):
        self.tour("club_refund_by_line")
        self.assertEqual(self.orders().mapped("amount_total"), [12, -4, -8])
        self.assertEqual(self.account.balance, 100)

    def test_a_replaced_card_is_refused_with_the_reason(self):
        self.card._club_replace(reason="worn out")
        self.tour("club_replaced_card_refused")
        self.assertFalse(self.orders())

    def test_an_order_paid_without_network_earns_when_it_arrives(self):
        self.tour("club_offline_then_sync")
        order = self.orders()
        self.assertTrue(order.club_offline)
        self.assertEqual(self.account.balance, 110)

    def test_spending_without_network_within_the_budget_becomes_a_debt_where_it_is_not_covered(self):
        self.club.sudo().offline_budget = 30
        PosOrder = type(self.env["pos.order"])
        original = PosOrder.sync_from_ui

        @wraps(original)
        def after_another_till(orders, payload):
            if any(order.get("club_offline") for order in payload) and self.account.balance == 100:
                self._post(self.account, 90, "redeem")
            return original(orders, payload)

        with patch.object(PosOrder, "sync_from_ui", after_another_till):
            self.tour("club_offline_budget")
        order = self.orders()
        self.assertEqual((order.amount_total, order.club_points_spent), (7, 30))
        # 10 were left, 30 are spent, 7 earned: 13 are owed, and somebody is told
        self.assertEqual((self.account.balance, self.account.debt), (-13, 13))
        self.assertEqual(self.env["loyalty.club.exception"].search([("club_id", "=", self.club.id)]).kind, "debt")

    def test_a_network_lost_unnoticed_stops_spending_before_the_order_is_paid(self):
        self.tour("club_network_lost_while_spending")
        self.assertFalse(self.orders().club_offline)
        self.assertEqual(self.account.balance, 44)
