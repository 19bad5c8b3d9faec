"""Transfers in the customer portal: whom and how much, then a page that shows what will happen, then the transfer.

The receiver is named by membership number or mobile and shown by a masked name only; wrong names are counted.
"""

from odoo.exceptions import UserError
from odoo.http import request, route

from ..tools.amount import to_amount
from .portal_club import PortalClub

#: How many receivers one customer may look for in an hour, right or wrong: the page is no telephone book.
LOOKUPS, WINDOW = 10, 3600


class PortalTransfer(PortalClub):
    def _club_my_member(self, member_id):
        member = self._club_my_members().filtered(lambda own: own.id == member_id and own.state == "active")
        if not member or not member._club_transfer_programs():
            raise request.not_found()
        return member

    def _club_my_draft(self, member, transfer_id):
        transfer = request.env["loyalty.club.transfer"].sudo().browse(transfer_id).exists()
        if not transfer or transfer.from_member_id != member:
            raise request.not_found()
        return transfer  # of the customer's own member, checked above

    @route("/my/club/<int:member_id>/transfer", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_transfer(self, member_id, **form):
        """The form; sent, it becomes a draft to confirm."""
        member = self._club_my_member(member_id)
        error = False
        if request.httprequest.method == "POST":
            try:
                transfer = self._club_draft(member, form)
                return request.redirect(f"/my/club/{member.id}/transfer/{transfer.id}")
            except UserError as refused:
                error = str(refused)
        values = {
            "page_name": "my_club",
            "member": member,
            "programs": member._club_transfer_programs(),
            "sheet": member._club_portal_sheets()[member.id],
            "form": form,
            "error": error,
        }
        return request.render("loyalty_club.portal_transfer", values)

    def _club_draft(self, member, form):
        allowed, _count, _wait = (
            request.env["loyalty.club.attempt"].sudo()._club_take(f"transfer:lookup:{request.env.uid}", LOOKUPS, WINDOW)
        )
        if not allowed:
            raise UserError(request.env._("You have looked for many members. Try again in an hour."))
        receiver = member._club_find_receiver(form.get("receiver"))
        try:
            amount = to_amount(form.get("amount") or "0", 3)
        except ValueError:
            raise UserError(request.env._("Enter an amount above zero.")) from None
        return member._club_portal_draft(receiver, form.get("value"), amount, (form.get("reason") or "")[:80])

    @route(
        "/my/club/<int:member_id>/transfer/<int:transfer_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_transfer_confirm(self, member_id, transfer_id, code=None, send=None, **_form):
        """What will happen; sent, it happens. Sent twice, it happens once."""
        member = self._club_my_member(member_id)
        transfer = self._club_my_draft(member, transfer_id)
        answer = {}
        if request.httprequest.method == "POST" and transfer.state == "draft":
            answer = (
                transfer._club_portal_code(request.httprequest.remote_addr) if send else self._club_go(transfer, code)
            )
        values = {
            "page_name": "my_club",
            "member": member,
            "transfer": transfer,
            "needs_code": transfer.state == "draft" and transfer._club_needs_proof(),
            **transfer._club_portal_values(),
            **answer,
        }
        return request.render("loyalty_club.portal_transfer_confirm", values)

    def _club_go(self, transfer, code):
        try:
            with request.env.cr.savepoint():
                transfer._club_make_with_code(code)
        except UserError as refused:
            return {"error": str(refused)}
        return {}
