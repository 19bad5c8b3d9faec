from . import gateway_callback
from . import portal_messages
