from . import club_gateway_test
from . import club_consent_change
