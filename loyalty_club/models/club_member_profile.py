"""A completed profile: noticed when the contact or the member is written, given once."""

from odoo import api, models

from .club_event_type import PROFILE

WATCHED = frozenset(PROFILE.values())


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._club_look_at_profiles()
        return members

    def _club_look_at_profiles(self):
        """Give to those of these members whose profile is complete now."""
        Kind = self.env["loyalty.club.event.type"]
        if not any(code == "profile_complete" for _club, code in Kind._club_kinds_on()):
            return
        for club, members in self.sudo().grouped("club_id").items():  # whoever types the last field, e.g. the member
            kind = Kind._club_kind(club, "profile_complete")
            if not kind:
                continue
            names = kind._club_profile_fields()
            complete = members.filtered(
                lambda member, names=names: member.state == "active" and all(member.partner_id[name] for name in names)
            )
            self._club_events("profile_complete", [(member.id, "once") for member in complete])


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & set(vals):
            self.sudo().club_member_ids._club_look_at_profiles()  # contacts are written by people without the club
        return result
