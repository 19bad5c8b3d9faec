"""Browser tours: a gift card of plastic, and credit where more than a finger on a button is needed."""

from odoo.addons.loyalty_club.tools.gift_code import code_hash
from odoo.tests import new_test_user, tagged

from .common_tour import TillTourCase, make_purse


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestCardTour(TillTourCase):
    """Sara has 40 credit besides her points; the till sells gift cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_purse(cls)

    def test_a_card_from_the_stock_is_sold_at_its_own_price_and_its_code_is_on_no_receipt(self):
        batch = self.env["loyalty.club.gift.batch"].create(
            {"name": "Plastic", "club_id": self.club.id, "quantity": 1, "value": 25}
        )
        gift, _code, _pin = batch._club_hand_out()[0]
        # a tour is made of fixed text
        gift.sudo().write({"code_hash": code_hash(gift._club_key(), "0000-1111-2222-3333"), "last_four": "3333"})
        self.tour("club_gift_plastic")
        sold, paid = self.orders()
        self.assertEqual((gift.state, gift.value, gift.balance), ("active", 25, 15))
        self.assertEqual((sold.lines.club_gift_ids, sold.amount_total), (gift, 25))
        self.assertEqual(paid.payment_ids.card_no, "3333")

    def test_much_credit_wants_the_code_from_the_member_s_mobile_before_it_pays(self):
        self.club.write({"proof_credit": True, "proof_limit_credit": 5})
        texts = self.fix_codes()
        self.tour("club_pay_proof")
        self.assertEqual((self.purse.balance, self.purse.held), (30, 0))
        self.assertEqual(len(texts), 1)

    def test_without_network_credit_pays_what_the_club_lets_go_of_and_cards_nothing(self):
        self.club.sudo().offline_credit = 8
        self.tour("club_pay_offline")
        order = self.orders()
        self.assertTrue(order.club_offline)
        self.assertEqual((self.purse.balance, self.purse.held), (32, 0))
        self.assertEqual(sorted(order.payment_ids.mapped("amount")), [2, 8])

    def test_a_large_return_to_credit_waits_until_a_manager_allows_it_on_the_sale(self):
        self.club.refund_limit = 15
        new_test_user(
            self.env,
            "refund_boss",
            name="Refund boss",
            groups="base.group_user,loyalty_club.group_club_manager,point_of_sale.group_pos_user",
        )
        self.tour("club_refund_waits")
        sale = self.orders().filtered(lambda order: order.amount_total > 0)
        self.assertEqual(self.purse.balance, 20)
        form = f"/odoo/action-point_of_sale.action_pos_pos_form/{sale.id}"
        self.start_tour(form, "club_allow_refund", login="refund_boss", timeout=300)
        self.env.invalidate_all()
        self.assertEqual(sale.club_refund_allowed_by_id.login, "refund_boss")
        self.tour("club_refund_allowed")
        self.assertEqual(self.purse.balance, 40)
