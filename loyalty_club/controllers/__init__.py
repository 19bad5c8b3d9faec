from . import card_batch, portal_club, portal_transfer, referral
