{
    "name": "Loyalty Club: SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "summary": "The club talks to its members: gateways, a queue that can be trusted, consent, automations, campaigns",
    "author": "Loyalty Club",
    "website": "https://loyalty-club.example",
    "license": "LGPL-3",
    "depends": ["loyalty_club", "sms", "link_tracker"],
    "data": [
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/gateway_cron.xml",
        "data/message_cron.xml",
        "views/club_message_views.xml",
        "views/menus.xml",
    ],
    "auto_install": ["loyalty_club", "sms"],
}
