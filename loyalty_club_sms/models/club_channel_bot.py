"""Messenger bots as channels. An address names the bot and the chat, so a text finds its way without the member."""

from odoo import api, models

from ..gateways.base import Outcome


class LoyaltyClubChannel(models.AbstractModel):
    _inherit = "loyalty.club.channel"

    @api.model
    def _club_models(self):
        return {
            **super()._club_models(),
            "telegram": "loyalty.club.channel.telegram",
            "bale": "loyalty.club.channel.bale",
        }


class LoyaltyClubChannelBot(models.AbstractModel):
    _name = "loyalty.club.channel.bot"
    _inherit = "loyalty.club.channel"
    _description = "Messenger"

    _club_kind = None

    @api.model
    def _club_address(self, members):
        """``<bot id>:<chat>`` of the members who connected this messenger."""
        links = self.env["loyalty.club.bot.link"]._club_linked(members, self._club_kind)
        return {link.member_id.id: f"{link.bot_id.id}:{link.chat}" for link in links}

    @api.model
    def _club_is_ready(self, club):
        bots = self.env["loyalty.club.bot"].sudo()  # that there is one is no secret
        return bool(club and bots.search_count([("club_id", "=", club.id), ("kind", "=", self._club_kind)], limit=1))

    @api.model
    def _club_deliver(self, company, purpose, branch, texts):
        outcomes, by_bot = {}, {}
        for text in texts:
            bot_id, _colon, chat = (text.number or "").partition(":")
            by_bot.setdefault(int(bot_id) if bot_id.isdigit() else 0, []).append((text, chat))
        bots = self.env["loyalty.club.bot"].sudo().search([("id", "in", list(by_bot)), ("token", "!=", False)])
        for bot in bots:
            addressed = [_to_chat(text, chat) for text, chat in by_bot[bot.id]]
            outcomes.update({outcome.uuid: outcome for outcome in bot._club_driver().send(addressed)})
        missing = "The bot is no longer in use."
        return [
            outcomes.get(text.uuid) or Outcome(text.uuid, "refused", None, "number", detail=missing) for text in texts
        ]


def _to_chat(text, chat):
    # a template of an SMS gateway means nothing to a messenger
    return type(text)(text.uuid, chat, text.body)


class LoyaltyClubChannelTelegram(models.AbstractModel):
    _name = "loyalty.club.channel.telegram"
    _inherit = "loyalty.club.channel.bot"
    _description = "Telegram"

    _club_kind = "telegram"


class LoyaltyClubChannelBale(models.AbstractModel):
    _name = "loyalty.club.channel.bale"
    _inherit = "loyalty.club.channel.bot"
    _description = "Bale"

    _club_kind = "bale"
