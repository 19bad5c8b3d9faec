"""The customer's PIN in the portal: he sets it himself, and knows the old one when he changes it."""

from odoo.exceptions import UserError
from odoo.http import request, route

from .portal_club import PortalClub


class PortalPin(PortalClub):
    @route("/my/club/<int:member_id>/pin", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_pin(self, member_id, **form):
        """The form; sent, it sets the PIN. Nothing that was typed is shown again."""
        member = self._club_my_members().filtered(lambda own: own.id == member_id and own.state == "active")
        if not member:
            raise request.not_found()
        error, done = False, False
        if request.httprequest.method == "POST":
            try:
                error = member._club_change_pin(form.get("old"), form.get("pin"), form.get("again"))
                done = not error
            except UserError as refused:
                error = str(refused)
        values = {"page_name": "my_club", "member": member, "error": error, "done": done}
        return request.render("loyalty_club.portal_pin", values)
