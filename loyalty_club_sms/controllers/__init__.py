from . import campaign_link, gateway_callback, portal_messages
