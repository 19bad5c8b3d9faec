"""A discount card on the customer's page of his quotation."""

from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

#: Where a session keeps what the page has to say once.
MESSAGE = "club_discount_message"


class ClubDiscountPortal(CustomerPortal):
    @route()
    def portal_order_page(self, order_id, **kwargs):
        response = super().portal_order_page(order_id, **kwargs)
        if MESSAGE in request.session and getattr(response, "qcontext", None):
            response.qcontext[MESSAGE] = request.session.pop(MESSAGE)
        return response

    @route("/my/orders/<int:order_id>/discount_card", type="http", auth="public", methods=["POST"], website=True)
    def portal_discount_card(self, order_id, access_token=None, code="", pin="", remove=None, **_kwargs):
        """Put the card with this code on the quotation, or take it off; back to the page, with the reason why not."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if order_sudo._club_discount_in_portal():
            if remove:
                order_sudo._club_remove_discount_card()
            else:
                problem = order_sudo._club_apply_discount_card(code[:40], pin[:12])
                if problem:
                    request.session[MESSAGE] = problem
        return request.redirect(order_sudo.get_portal_url(anchor="club_discount"))
