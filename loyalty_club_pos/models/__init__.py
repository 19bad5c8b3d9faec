from . import (
    barcode,
    club_branch,
    club_member,
    loyalty_program,
    pos_config,
    pos_order,
    pos_order_basket,
    pos_order_referral,
    pos_order_refund,
    pos_proof,
    res_config_settings,
)
