"""Stored value in the shop of the replay: credit for the next time, top-ups and gift cards, with their accounts."""

import hashlib

#: The characters of a gift card's code.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS = ("credit", "gift")


class Value:
    """What the tills sell and pay with, by kind of value: ``credit`` and ``gift``."""

    def __init__(self, club, percent: int):
        club.env.registry.clear_cache()
        self.programs = {kind: club._club_ensure_program(kind) for kind in KINDS}
        self._grant(percent)
        company = club.company_id
        for kind in KINDS:
            club._club_book(kind, company) or club.env["loyalty.club.book"]._club_set_up(club, kind, company)
        self.methods = {kind: club._club_payment_method(kind, company) for kind in KINDS}
        self.products = {kind: program.trigger_product_ids[:1] for kind, program in self.programs.items()}
        for product in self.products.values():
            product.available_in_pos = True

    def _grant(self, percent: int) -> None:
        """A percentage of what was paid is credit for the next time."""
        program = self.programs["credit"]
        program.club_digits = 2
        if not program.rule_ids.filtered("club_grants"):
            rule = {"club_grants": True, "reward_point_mode": "money", "reward_point_amount": percent / 100}
            program.rule_ids = [(0, 0, {**rule, "minimum_qty": 0})]


def gift_code(basket: int) -> str:
    """The code of the gift card that was bought with a basket: as random as a digest, and the same in every run.

    >>> len(gift_code(1))
    16
    """
    digest = hashlib.sha256(f"gift:{basket}".encode()).digest()
    return "".join(ALPHABET[byte % 32] for byte in digest[:16])
