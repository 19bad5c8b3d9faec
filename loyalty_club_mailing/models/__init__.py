from . import (
    club_campaign,
    mailing_mailing,
    res_partner,
)
