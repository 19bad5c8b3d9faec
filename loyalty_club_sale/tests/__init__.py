from . import (
    test_sale_books,
    test_sale_core,
    test_sale_customer_account,
    test_sale_documents,
    test_sale_member,
    test_sale_order,
    test_sale_payment,
    test_sale_races,
    test_sale_referral,
    test_sale_score,
    test_sale_value,
    test_sale_walk,
)
