"""What people agree to while they join. Base asks for nothing; an addon that sends messages asks and writes it down."""

from odoo import api, models


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_consent_asks(self):
        """What somebody who joins is asked to agree to, in the language of who reads it.

        :return: list of dicts: ``purpose`` (offers, news), ``text_id`` (which version), ``text``
        """
        self.ensure_one()
        return []


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model
    def _club_enrol(self, club, mobile=None, name=None, partner=None, consents=None, **values):
        """See above; and what he agreed to.

        :param consents: list of dicts: ``purpose`` and ``text_id`` of what was ticked, see ``_club_consent_asks``;
            ``place``: name of the till, optional
        """
        member, created = super()._club_enrol(club, mobile=mobile, name=name, partner=partner, **values)
        if consents:
            member._club_note_consents(
                consents, values.get("joined_channel", "backoffice"), values.get("joined_branch_id")
            )
        return member, created

    def _club_note_consents(self, consents, channel, branch_id=False):
        """Write down what was agreed to on joining; see ``_club_enrol``. :param channel: a ``joined_channel``"""
