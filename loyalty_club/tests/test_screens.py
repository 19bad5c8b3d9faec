"""Screens: every menu opens for everybody who has it, and nobody sees a menu that is not for him."""

from lxml import etree

from odoo.tests import tagged

from .common import ClubCommon

ROLES = ("cashier", "officer", "manager", "auditor", "accountant")


@tagged("post_install", "-at_install")
class TestScreens(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._user(role) for role in ROLES}
        cls.member = cls._member(name="Sara")
        cls._post(cls._account(cls.member), 500, branch_id=cls.branch.id)
        cls.env["loyalty.club.exception"]._club_report("check", cls.club, "Look at this")
        cls.env["loyalty.club.adjustment"].create({"member_id": cls.member.id, "amount": 5, "reason": "Test"})
        cls.env["loyalty.club.card.batch"].create({"name": "B", "club_id": cls.club.id, "quantity": 3}).action_make()
        cls.env["loyalty.club.seal"]._club_seal(cls.club)

    def test_every_screen_of_every_menu_opens_for_everybody_who_has_the_menu(self):
        for role in ROLES:
            user = self.users[role]
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            ours = [
                menu
                for menu in menus.values()
                if str(menu.get("xmlid", "")).startswith("loyalty_club.") and menu.get("action_model")
            ]
            self.assertTrue(ours, role)
            for menu in ours:
                action = self.env[menu["action_model"]].browse(menu["action_id"]).sudo()
                model = self.env[action.res_model].with_user(user)
                views = model.get_views([(view_id, kind) for view_id, kind in action.views] + [(False, "search")])
                for kind in {"list", "form", "kanban"} & set(views["views"]):
                    nodes = etree.fromstring(views["views"][kind]["arch"]).iter("field")
                    shown = {
                        node.get("name") for node in nodes if not any(up.tag == "field" for up in node.iterancestors())
                    }
                    model.search([], limit=2).read(sorted(shown))

    def test_cashiers_see_members_and_cards_managers_also_the_settings(self):
        def seen(role):
            menus = self.env["ir.ui.menu"].with_user(self.users[role]).load_menus(False).values()
            return {
                menu["xmlid"].removeprefix("loyalty_club.loyalty_club_")
                for menu in menus
                if str(menu.get("xmlid", "")).startswith("loyalty_club.")
            }

        self.assertEqual(seen("cashier"), {"menu", "member_menu", "cards_menu", "card_menu"})
        self.assertLessEqual({"config_menu", "club_menu", "seal_menu", "adjustment_menu"}, seen("manager"))
        self.assertFalse({"config_menu", "seal_menu"} & seen("officer"))
        self.assertLessEqual({"seal_menu", "entry_menu", "config_menu"}, seen("auditor"))
