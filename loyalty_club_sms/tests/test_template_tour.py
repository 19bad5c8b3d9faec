"""Browser tour: writing a text with the picker and the preview."""

from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.tests import HttpCase, tagged


@tagged("-standard", "post_install", "-at_install", "club_tour")
class TestTemplateTour(ClubCase, HttpCase):
    def test_a_text_is_written_with_placeholders_and_seen_as_it_will_be_read(self):
        club = self._make_club(name="Tour")
        self._user("manager", login="text_manager")
        template = self.env["loyalty.club.template"].create({"name": "T", "body": "Hello", "club_id": club.id})
        url = f"/odoo/action-loyalty_club_sms.loyalty_club_template_action/{template.id}"
        self.start_tour(url, "club_template", login="text_manager")
        self.assertEqual(template.body, "Dear:{name}")
