"""A real till in a browser, with one member."""

import secrets
from unittest.mock import patch

from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.addons.point_of_sale.tests.test_frontend import TestPointOfSaleHttpCommon

from .common import set_rules

CARD = "9364000000000019"


class TillTourCase(ClubCase, TestPointOfSaleHttpCommon):
    """Sara has 100 points; a point is earned per unit of money, and ten points are worth one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("loyalty_club.group_club_manager")
        cls.env["loyalty.program"].search([]).active = False
        cls.club = cls._make_club(
            name="Tour club", company_id=cls.env.company.id, currency_id=cls.main_pos_config.currency_id.id
        )
        cls.program = cls.club.points_program_id
        cls.program.portal_point_name = "Points"
        set_rules(cls.program, worth=0.1, opens=1)
        cls.reward = cls.program.reward_ids
        cls.main_pos_config.club_id = cls.club
        for name, price in (("Club Coffee", 10), ("Club Cake", 5)):
            cls.env["product.product"].create(
                {
                    "name": name,
                    "list_price": price,
                    "available_in_pos": True,
                    "taxes_id": False,
                    "is_storable": False,
                }
            )
        cls.sara = cls._member(name="Sara", mobile="09120000001")
        cls.env["loyalty.club.card"]._club_insert(cls.club, [CARD])
        cls.card = cls.env["loyalty.club.card"].search([("number", "=", CARD)])
        cls.card._club_activate(cls.sara)
        cls.account = cls._account(cls.sara)
        cls._post(cls.account, 100)

    def tour(self, name):
        self.main_pos_config.with_user(self.pos_user).open_ui()
        self.start_pos_tour(name, timeout=300)
        self.env.invalidate_all()

    def fix_codes(self):
        """The dice always say 123456; the list of the texts that were sent to mobiles."""
        texts = []
        Messenger = self.env.registry["loyalty.club.messenger"]
        for patcher in (
            patch.object(secrets, "randbelow", lambda _limit: 123456),
            # the phone network, which is not ours
            patch.object(Messenger, "_club_can_send", lambda _messenger: True),
            patch.object(Messenger, "_club_send_code", lambda _messenger, _number, text: texts.append(text) or True),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)
        return texts

    def orders(self):
        return self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)], order="id")


def make_purse(case):
    """Give Sara 40 credit, and let the till take and sell stored value."""
    case.credit = case.club._club_ensure_program("credit")
    case.gifts = case.club._club_ensure_program("gift")
    case.gifts.trigger_product_ids = case.env["product.product"].create(
        {"name": "Club Gift", "list_price": 50, "available_in_pos": True, "taxes_id": False, "is_storable": False}
    )
    case.credit.name, case.gifts.name = "Club credit", "Club gift cards"
    case.club.action_club_make_payment_methods()
    case.purse = case._account(case.sara, case.credit)
    case._post(case.purse, 40, kind="load")
