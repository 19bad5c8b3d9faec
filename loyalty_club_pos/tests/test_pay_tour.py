"""Browser tours: what a cashier does when somebody pays with credit or a card, buys one, or brings goods back."""

from odoo.tests import tagged

from .common_tour import TillTourCase


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestPayTour(TillTourCase):
    """Sara has 40 credit besides her points; the till sells gift cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls.club._club_ensure_program("credit")
        cls.gifts = cls.club._club_ensure_program("gift")
        product = cls.env["product.product"].create(
            {
                "name": "Club Gift",
                "list_price": 50,
                "available_in_pos": True,
                "taxes_id": False,
                "is_storable": False,
            }
        )
        cls.gifts.trigger_product_ids = product
        cls.credit.name, cls.gifts.name = "Club credit", "Club gift cards"
        cls.club.action_club_make_payment_methods()
        cls.purse = cls._account(cls.sara, cls.credit)
        cls._post(cls.purse, 40, kind="load")

    def test_part_is_paid_with_credit_and_the_rest_in_cash(self):
        self.tour("club_pay_credit")
        order = self.orders()
        self.assertEqual((self.purse.balance, self.purse.held), (30, 0))
        self.assertEqual(sorted(order.payment_ids.mapped("amount")), [5, 10])
        self.assertEqual(order.club_points_earned, 15)

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
