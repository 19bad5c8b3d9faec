"""Install: let every barcode nomenclature that tills use know the membership cards."""


def post_init_hook(env):
    env["barcode.nomenclature"].search([])._club_add_card_rule()
