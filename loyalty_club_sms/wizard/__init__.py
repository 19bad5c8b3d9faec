from . import club_gateway_test
