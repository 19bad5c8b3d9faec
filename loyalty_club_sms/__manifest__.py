{
    "name": "Loyalty Club: SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "summary": "The club reaches its members by SMS: one-time codes at once, other texts through Odoo's queue",
    "author": "Loyalty Club",
    "website": "https://loyalty-club.example",
    "license": "LGPL-3",
    "depends": ["loyalty_club", "sms"],
    "auto_install": True,
}
