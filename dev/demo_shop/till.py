"""Paying and selling stored value at the sample club's tills: payment methods, and the goods that sell it."""

from .setup import both

#: English and Persian name, price and kind of what sells value.
GOODS = (
    ("Top-up of credit", "شارژ اعتبار", 50, "credit"),
    ("Gift card", "کارت هدیه", 100, "gift"),
    ("Prepaid discount card", "کارت تخفیف پیش‌پرداخته", 20, "prepaid"),
)


def fill(place, users, now) -> None:
    """Let every till of the club take and sell credit, gift cards and prepaid cards; quick, and without orders."""
    env, club = place.env, place.club
    tills = env["pos.config"].search([("club_id", "=", club.id)])
    category = tills.iface_available_categ_ids[:1]
    for english, persian, price, kind in GOODS:
        program = club._club_ensure_program(kind)
        book = club._club_book(kind, club.company_id) or env["loyalty.club.book"]._club_set_up(club, kind)
        values = {
            "list_price": price,
            "type": "service",
            "taxes_id": [(5,)],
            "property_account_income_id": book.liability_account_id.id,
            "available_in_pos": True,
            "pos_categ_ids": [(6, 0, category.ids)],
        }
        # cards have a product of their own already; Odoo has one top-up for all clubs
        product = program.trigger_product_ids if kind != "credit" else env["product.product"].create({"name": english})
        product.write(values)
        both(product, "name", english, persian)
        program.trigger_product_ids = product
    club._club_sell_at_tills()
    for till in tills:
        methods = env["pos.payment.method"].union(
            *(club._club_payment_method(kind, till.company_id) for *_names, kind in GOODS)
        )
        # the sample's registers are open already
        till.with_context(bypass_payment_method_ids_forbidden_change=True).payment_method_ids |= methods
