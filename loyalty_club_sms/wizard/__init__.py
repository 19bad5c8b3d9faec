from . import club_consent_change, club_gateway_test
