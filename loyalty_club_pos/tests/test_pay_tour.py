"""Browser tours: what a cashier does when somebody pays with credit or a card, buys one, or brings goods back."""

from odoo.addons.loyalty_club.tools.gift_code import code_hash
from odoo.tests import tagged

from .common_tour import TillTourCase, make_purse


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestPayTour(TillTourCase):
    """Sara has 40 credit besides her points; the till sells gift cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_purse(cls)

    def test_part_is_paid_with_credit_and_the_rest_in_cash(self):
        self.tour("club_pay_credit")
        order = self.orders()
        self.assertEqual((self.purse.balance, self.purse.held), (30, 0))
        self.assertEqual(sorted(order.payment_ids.mapped("amount")), [5, 10])
        self.assertEqual(order.club_points_earned, 15)

    def test_a_question_open_when_the_browser_died_stops_every_other_payment(self):
        self.tour("club_pay_restart")
        self.assertEqual((self.purse.balance, self.purse.held), (40, 0))
        self.assertEqual(self.orders().payment_ids.mapped("amount"), [10])

    def test_a_payment_taken_off_leaves_nothing_set_aside(self):
        self.tour("club_pay_credit_taken_off")
        self.assertEqual((self.purse.balance, self.purse.held), (40, 0))

    def test_a_gift_card_sold_on_paper_pays_a_part(self):
        self.tour("club_gift_sell_and_pay")
        gift = self.env["loyalty.club.gift"].search([("club_id", "=", self.club.id)])
        self.assertEqual((gift.value, gift.balance), (25, 0))
        sold, paid = self.orders()
        self.assertEqual(sold.lines.club_cards, gift.last_four)
        card = paid.payment_ids.filtered(lambda payment: payment.payment_method_id.club_kind == "gift")
        self.assertEqual((card.amount, card.card_no), (25, gift.last_four))

    def test_wrong_codes_get_one_answer_and_are_counted(self):
        self.tour("club_gift_wrong_codes")
        attempts = self.env["loyalty.club.attempt"].search([("club_id", "=", self.club.id)])
        self.assertEqual(len(attempts), 4)
        self.assertTrue(all(attempts.mapped("till")))

    def test_a_refund_goes_back_to_the_credit_it_was_paid_with(self):
        self.tour("club_refund_to_credit")
        self.assertEqual(self.purse.balance, 40)

    def test_a_discount_card_reduces_each_tax_and_follows_the_basket(self):
        """7 % of coffee (10, no tax) and two cakes (5 and 10 % tax) is 1.47; with one cake 1.085, so 1.08."""
        tax = self.env["account.tax"].create({"name": "Cake tax", "amount": 10})
        self.env["product.product"].search([("name", "=", "Club Cake")]).taxes_id = tax
        batch = self.env["loyalty.club.gift.batch"].create(
            {
                "name": "Tour",
                "club_id": self.club.id,
                "quantity": 1,
                "kind": "discount",
                "percent": 7,
                "uses": 1,
                "activation": "now",
            }
        )
        gift, code, _pin = batch._club_hand_out()[0]
        # a tour is made of fixed text
        gift.sudo().code_hash = code_hash(gift._club_key(), "0000-1111-2222-3333")
        self.tour("club_discount_card")
        sold, back = self.orders()
        self.assertEqual(sold.amount_total, 14.42)
        discounts = sold.lines.filtered("club_discount_gift_id")
        self.assertEqual(discounts.club_discount_gift_id, gift)
        self.assertEqual(len(discounts), 2, "one for each group of taxes")
        self.assertEqual(round(sum(discounts.mapped("price_subtotal_incl")), 2), -1.08)
        self.assertEqual(gift.use_ids.amount, 1.08)
        self.assertEqual(back.amount_total, -14.42, "the discount goes back with the goods by itself")
        self.assertEqual(gift.use_count, 0)
