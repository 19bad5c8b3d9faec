from . import account_payment_register, sale_discount_card
