{
    "name": "Loyalty Club: Sales",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "summary": "Sale orders earn and spend through the club's ledger, and stay in step with it to the last credit note",
    "author": "Loyalty Club",
    "website": "https://loyalty-club.example",
    "license": "LGPL-3",
    "depends": ["loyalty_club", "sale_loyalty"],
    "auto_install": True,
    "data": [
        "security/ir.model.access.csv",
        "views/account_payment_views.xml",
        "views/sale_order_views.xml",
    ],
}
