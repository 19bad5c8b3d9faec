"""The PIN in the customer portal: set by the member himself, and by nobody else for him."""

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ClubCase


@tagged("post_install", "-at_install")
class TestPortalPin(ClubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club(proof_points=True)
        cls.user = new_test_user(cls.env, "pin_customer", groups="base.group_portal", name="Sara")
        cls.sara = cls._member(name="Sara", partner=cls.user.partner_id)
        cls.reza = cls._member(name="Reza")

    def send(self, member, **form):
        self.authenticate("pin_customer", "pin_customer")
        return self.url_open(
            f"/my/club/{member.id}/pin", data={"csrf_token": Request.csrf_token(self), **form} if form else None
        )

    def test_the_member_sets_and_changes_his_pin(self):
        self.assertIn("/pin", self.send_home().text)
        self.assertIn("PIN", self.send(self.sara).text)
        self.assertIn("is set", self.send(self.sara, pin="1397", again="1397").text)
        self.assertTrue(self.sara.has_pin)
        answer = self.send(self.sara, old="1111", pin="2468", again="2468").text
        self.assertIn("4 tries are left", answer)
        self.assertNotIn("2468", answer)

    def send_home(self):
        self.authenticate("pin_customer", "pin_customer")
        return self.url_open("/my/club")

    def test_nobody_sets_another_member_s_pin(self):
        self.assertEqual(self.send(self.reza, pin="1397", again="1397").status_code, 404)
        self.assertFalse(self.reza.has_pin)
