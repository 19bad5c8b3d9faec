{
    "name": "Loyalty Club: E-mail",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "summary": "A campaign's audience gets an e-mail, too: Odoo's mailing with the members who agreed to e-mail",
    "author": "Loyalty Club",
    "website": "https://loyalty-club.example",
    "license": "LGPL-3",
    "depends": ["loyalty_club_sms", "mass_mailing"],
    "data": ["views/club_campaign_views.xml"],
    "auto_install": True,
}
