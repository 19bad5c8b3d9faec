"""The club's texts go through the queue of messages; secrets leave it at once."""

from uuid import uuid4

from odoo import api, models


class LoyaltyClubMessenger(models.AbstractModel):
    _inherit = "loyalty.club.messenger"

    @api.model
    def _club_can_send(self):
        return True

    @api.model
    def _club_send_code(self, number, text):
        self._club_queue_text(number, text, "code", self.env._("One-time code"))
        return True

    @api.model
    def _club_send_secret(self, number, text, why, club=None):
        self._club_queue_text(number, None, "service", why, secret={"body": text}, club_id=club.id if club else None)
        return True

    @api.model
    def _club_send_text(self, number, text, purpose):
        self._club_queue_text(number, text, "service", purpose)
        return True

    def _club_queue_text(self, number, text, lane, why, **more):
        """Queue the club's own text; the member is whoever has the number in a club of the company."""
        # cashiers and members have no rights on the queue, nor on the members of other clubs
        Member = self.env["loyalty.club.member"].sudo()
        company = self.env.company
        of_company = [("mobile", "=", number), ("state", "!=", "left"), ("club_id.company_id", "parent_of", company.id)]
        member = Member.search(of_company, order="id", limit=1)
        row = {"key": f"text:{uuid4().hex}", "lane": lane, "purpose": lane, "why": why, "address": number, "body": text}
        row.update(more)
        if member:
            row.update(member_id=member.id, company_id=company.id)
        return self.env["loyalty.club.message"].sudo()._club_queue([row])
