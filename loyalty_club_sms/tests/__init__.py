from . import (
    test_gateway,
    test_gateway_core,
    test_message_code,
    test_message_office,
    test_message_pacing,
    test_message_queue,
    test_message_races,
    test_message_send,
    test_sms,
)
