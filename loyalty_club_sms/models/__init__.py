from . import (
    club_message,
    club_message_queue,
    club_messenger,
    sms_sms,
)
