from . import club_messenger, sms_sms
