from . import (
    card_batch,
    gift_codes,
    portal_club,
    portal_pin,
    portal_transfer,
    referral,
)
