"""Messenger: how the club reaches a member's phone, and where features say what has happened to a member.

An addon with a channel overrides these; base has none, so nothing here costs anything without it.
"""

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
    def _club_send_secret(self, number, text, why, club=None):
        """Queue a text whose secret (the code of a gift card) nobody shall read once it is sent. It is worth something
        for longer than a one-time code, so it is tried for hours.

        :param number: E.164
        :param why: a few words for the log
        :param club: ``loyalty.club`` that sends it
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

    # -- what happened -------------------------------------------------------------------------------------------------

    @api.model
    def _club_listens(self, code, club=None):
        """Whether anything follows from ``code``: ask before working out values that cost a query. Itself costs none.

        :param code: of a ``loyalty.club.trigger``
        :param club: of the members; None: any club
        """
        return False

    @api.model
    def _club_happened(self, code, rows):
        """Tell members what has just happened to them, as far as the club wants it. Never raises for a message's sake.

        :param code: of a ``loyalty.club.trigger``; one that nobody knows or has switched on does nothing
        :param rows: list of dicts: ``member_id``; ``cause`` (text, names what happened; the same cause is told once);
            and as wanted ``values`` ({placeholder: str, Decimal, number, date, datetime (UTC)}; None: not there),
            ``branch_id``, ``origin`` (model, id), ``at`` (naive UTC, default now; what is told too late is not told)
        """
        return

    @api.model
    def _club_text(self, code, member, values, default, club=None):
        """The club's own text for a message that is sent on the spot: a one-time code, a gift card's code.

        :param code: of a ``loyalty.club.trigger``
        :param member: ``loyalty.club.member``, or empty when the text goes to somebody else
        :param values: as in ``_club_happened``
        :param default: the text when the club has none of its own
        :param club: whose text it is, when there is no member
        """
        return default
