from . import gateway_callback, portal_messages
