"""Channels: the ways to a member. One narrow interface, so that queue and campaigns know none of them by name."""

from odoo import api, models
from odoo.tools import SQL

from ..gateways.base import Outcome
from ..rules.consent import ADVERTISING


class LoyaltyClubChannel(models.AbstractModel):
    _name = "loyalty.club.channel"
    _description = "Channel to Members"

    # -- registry ------------------------------------------------------------------------------------------------------

    @api.model
    def _club_models(self):
        """{code: model} of all channels; an addon with another one adds it with super()."""
        return {"sms": "loyalty.club.channel.sms"}

    @api.model
    def _club_channel(self, code):
        """The channel with this code, as an empty recordset of its model. One that is gone reaches nobody."""
        return self.env[self._club_models().get(code, self._name)]

    @api.model
    def _club_names(self):
        """[(code, name)] of all channels, in the user's language."""
        return [(code, self.env["ir.model"]._get(model).name) for code, model in self._club_models().items()]

    # -- what a channel does -------------------------------------------------------------------------------------------

    @api.model
    def _club_address(self, members):
        """Where members are reached; set-based.

        :return: {member id: address}; who can't be reached this way is left out
        """
        return {}

    @api.model
    def _club_is_ready(self, club):
        """Whether the club has set this channel up."""
        return True

    @api.model
    def _club_deliver(self, company, purpose, branch, texts):
        """Hand texts over; writes nothing to the database and never raises for what the other side does.

        :param purpose: of the messages: code, service, news or offers
        :param branch: ``loyalty.club.branch``, empty or None
        :param texts: list of ``gateways.base.Text``; ``number`` is the address on this channel
        :return: list of ``gateways.base.Outcome``
        """
        return [Outcome(text.uuid, "refused", None, "config", detail="There is no such channel.") for text in texts]


class LoyaltyClubChannelSms(models.AbstractModel):
    _name = "loyalty.club.channel.sms"
    _inherit = "loyalty.club.channel"
    _description = "SMS"

    @api.model
    def _club_address(self, members):
        members.flush_model(["mobile"])
        rows = self.env.execute_query(
            SQL("SELECT id, mobile FROM loyalty_club_member WHERE id = ANY(%s) AND mobile <> ''", members.ids)
        )
        return dict(rows)

    @api.model
    def _club_deliver(self, company, purpose, branch, texts):
        kind = "advertising" if purpose in ADVERTISING else purpose
        line = self.env["loyalty.club.gateway"]._club_line(company, kind, branch)
        if not line:
            return [Outcome(text.uuid, "refused", None, "sender", detail="There is no line.") for text in texts]
        return line.gateway_id._club_deliver(line, texts)
