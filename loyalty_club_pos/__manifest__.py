{
    "name": "Loyalty Club: Point of Sale",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "summary": "The till finds the member, and points are booked by the server with the order",
    "author": "Loyalty Club",
    "website": "https://loyalty-club.example",
    "license": "LGPL-3",
    "depends": ["loyalty_club", "pos_loyalty"],
    "auto_install": True,
    "data": [
        "security/groups.xml",
        "data/barcode_rules.xml",
        "views/pos_config_views.xml",
        "views/pos_order_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": ["loyalty_club_pos/static/src/**/*"],
        "web.assets_tests": ["loyalty_club_pos/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["loyalty_club_pos/static/tests/unit/**/*"],
    },
    "post_init_hook": "post_init_hook",
}
