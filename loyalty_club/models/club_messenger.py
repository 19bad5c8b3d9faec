"""Messenger: how the club reaches a member's phone. An addon with a channel overrides these; base has none."""

from odoo import api, models


class LoyaltyClubMessenger(models.AbstractModel):
    _name = "loyalty.club.messenger"
    _description = "Club Messenger"

    @api.model
    def _club_can_send(self):
        """Whether there is a channel at all."""
        return False

    @api.model
    def _club_send_code(self, number, text):
        """Send a text with a secret at once, after the commit; nothing readable of it is kept.

        :param number: E.164
        :return: whether there is a channel that took it
        """
        return False

    @api.model
    def _club_send_text(self, number, text, purpose):
        """Queue a text for a member.

        :param number: E.164
        :param purpose: a word that says why (``gift``, ``statement``, …), for the channel's own rules
        :return: whether there is a channel that took it
        """
        return False
