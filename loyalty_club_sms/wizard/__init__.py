from . import club_campaign_confirm, club_consent_change, club_enrol, club_gateway_test
