"""The customer's own pages: what he has in each club, and until when."""

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request, route


class PortalClub(CustomerPortal):
    @route("/my/club", type="http", auth="user", website=True, readonly=True)
    def portal_my_club(self, **_kwargs):
        """Every membership of the customer with its balances and their lots."""
        members = self._club_my_members()
        values = {"page_name": "my_club", "members": members, "sheets": members._club_portal_sheets()}
        return request.render("loyalty_club.portal_my_club", values)

    def _club_my_members(self):
        """The customer's memberships. As superuser: customers have no rights on members, and see their own only."""
        return (
            request.env["loyalty.club.member"]
            .sudo()
            .search([("partner_id", "=", request.env.user.partner_id.id), ("state", "!=", "left")])
        )
