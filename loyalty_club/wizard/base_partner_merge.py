"""Merging contacts: accounts move by transfer entries, members and cards follow, nothing is lost."""

from odoo import models
from odoo.exceptions import AccessError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Managed cards are merged through the ledger first; core then sees only its own."""
        self._club_merge_members(src_partners, dst_partner)
        return super()._merge_loyalty_cards(src_partners, dst_partner)

    def _club_merge_members(self, src_partners, dst_partner):
        Member = self.env["loyalty.club.member"].sudo()
        members = Member.search(
            [("partner_id", "in", (src_partners | dst_partner).ids), ("merged_into_id", "=", False)], order="id"
        )
        for club in members.club_id:
            ours = members.filtered(lambda member, club=club: member.club_id == club)
            if len(ours) > 1 and not (self.env.su or self.env.user.has_group("loyalty_club.group_club_manager")):
                raise AccessError(
                    self.env._(
                        "These contacts are members of %s and their balances would be joined: ask a club manager.",
                        club.name,
                    )
                )
            target = ours.filtered(lambda member: member.partner_id == dst_partner) or ours[0]
            (ours - target)._club_merge_into(target)
            if target.partner_id != dst_partner:
                target.partner_id = dst_partner
                target.flush_recordset(["partner_id"])  # the database lets a card go to its member only
                target.account_ids.card_id.write({"partner_id": dst_partner.id})
