from . import base_partner_merge, club_adoption
