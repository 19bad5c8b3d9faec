"""Who pays with which balance, for documents that name partners."""

from odoo import api, models


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model
    def _club_of_partners(self, club, partners):
        """The member of ``club`` among ``partners``: the first active one in their order, else any; or empty."""
        members = self.search(
            [("club_id", "=", club.id), ("partner_id", "in", partners.ids), ("merged_into_id", "=", False)]
        )
        order = {partner.id: place for place, partner in enumerate(partners)}
        return members.sorted(lambda member: (member.state != "active", order[member.partner_id.id]))[:1]


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    def _club_payer(self, left=True):
        """Whose balance this is, and what can be spent of it now when ``left`` says so."""
        self.ensure_one()
        who = self.member_id.display_name or self.display_name
        if not left:
            return who
        return self.env._("%(who)s: %(amount)s can be spent", who=who, amount=self._club_format(self.available))
