from . import (
    base_partner_merge,
    club_adoption,
    club_card_change,
    club_enrol,
    club_event_give,
    club_gift_change,
    club_gift_give,
    club_statement,
    club_tie,
    loyalty_generate,
)
