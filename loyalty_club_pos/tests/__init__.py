from . import (
    test_pos_books,
    test_pos_customer_account,
    test_pos_members,
    test_pos_odd_orders,
    test_pos_order,
    test_pos_proof,
    test_pos_races,
    test_pos_referral,
    test_pos_refund,
    test_proof_tour,
    test_referral_tour,
    test_till_tour,
)
