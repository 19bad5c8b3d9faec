"""Connecting a messenger account with a member: a one-time link from his own page, opened in the messenger."""

import hashlib
import secrets
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.consent import ADVERTISING

TOKEN_MINUTES = 30
KEPT_DAYS = 1


def _hash(token):
    """The token is 192 random bits, so a plain hash of it can't be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


class LoyaltyClubBotToken(models.Model):
    _name = "loyalty.club.bot.token"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "One-Time Link to a Bot"
    _log_access = False
    _rec_name = "member_id"

    bot_id = fields.Many2one(comodel_name="loyalty.club.bot", required=True, index=True, ondelete="cascade")
    member_id = fields.Many2one(comodel_name="loyalty.club.member", required=True, index=True, ondelete="cascade")
    token_hash = fields.Char(required=True)
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()

    _token_unique = models.Constraint("UNIQUE (token_hash)", "This link exists already.")

    @api.model
    def _club_make(self, bot, member):
        """The address of a new link; it works once, for half an hour, and replaces the member's earlier ones."""
        self = self.sudo()  # the caller knows that it is the member
        if not bot or bot.club_id != member.club_id or member.state != "active":
            raise UserError(self.env._("This messenger can't be connected."))
        self.search([("bot_id", "=", bot.id), ("member_id", "=", member.id)]).unlink()
        token = secrets.token_urlsafe(24)
        self.create(
            {
                "bot_id": bot.id,
                "member_id": member.id,
                "token_hash": _hash(token),
                "expires_at": fields.Datetime.now() + timedelta(minutes=TOKEN_MINUTES),
            }
        )
        return bot._club_driver().link(bot.username, token)

    @api.model
    def _club_take(self, bot, token):
        """The member whose link this is, and the link is used up; empty: never made, used or too old.

        One statement: of two people who open the same link, one gets it.
        """
        now = fields.Datetime.now()
        self.flush_model()
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        """UPDATE loyalty_club_bot_token SET used_at = %(now)s
                            WHERE token_hash = %(hash)s AND bot_id = %(bot)s AND used_at IS NULL
                              AND expires_at > %(now)s RETURNING member_id""",
                        now=now,
                        hash=_hash(token),
                        bot=bot.id,
                    ),
                    log_exceptions=False,
                )
                rows = self.env.cr.fetchall()
        except SerializationFailure:  # somebody used it at this moment
            rows = []
        self.invalidate_model(["used_at"], flush=False)
        return self.env["loyalty.club.member"].sudo().browse(rows[0][0] if rows else ())

    @api.autovacuum
    def _gc_old(self):
        old = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.env.cr.execute(SQL("DELETE FROM loyalty_club_bot_token WHERE expires_at < %s", old))


class LoyaltyClubBotLink(models.Model):
    _name = "loyalty.club.bot.link"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Member's Messenger Account"
    _order = "id desc"
    _rec_name = "member_id"

    bot_id = fields.Many2one(
        comodel_name="loyalty.club.bot", required=True, readonly=True, index=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="bot_id.club_id", store=True, index=True)
    kind = fields.Selection(related="bot_id.kind")
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", required=True, readonly=True, index=True, ondelete="cascade"
    )
    chat = fields.Char(required=True, readonly=True, groups="base.group_system")
    state = fields.Selection(
        selection=[("linked", "Connected"), ("blocked", "Blocked by the member"), ("ended", "Ended")],
        required=True,
        readonly=True,
        default="linked",
    )
    linked_at = fields.Datetime(string="Connected on", required=True, readonly=True, default=fields.Datetime.now)
    ended_at = fields.Datetime(string="Ended on", readonly=True)

    _one_per_member = models.UniqueIndex("(bot_id, member_id) WHERE state = 'linked'", "He is connected already.")
    _one_per_chat = models.UniqueIndex("(bot_id, chat) WHERE state = 'linked'", "That account is connected already.")

    @api.model
    def _club_linked(self, members, kind=None):
        """The connections of members with bots that are in use."""
        domain = [("member_id", "in", members.ids), ("state", "=", "linked"), ("bot_id.active", "=", True)]
        return self.sudo().search(domain + ([("bot_id.kind", "=", kind)] if kind else []))

    def _club_end(self, state="ended"):
        """End connections: nothing is sent there any more."""
        open_links = self.sudo().filtered(lambda link: link.state == "linked")  # the callers know who asks
        open_links.write({"state": state, "ended_at": fields.Datetime.now()})
        open_links.flush_recordset()

    @api.model
    def _club_blocked(self, bot, chats):
        """People stopped the bot in their messenger; all that may still be sent there is nothing."""
        self.sudo().search([("bot_id", "=", bot.id), ("chat", "in", list(chats)), ("state", "=", "linked")])._club_end(
            "blocked"
        )

    @api.model
    def _club_blocked_addresses(self, addresses):
        """The messenger said of these addresses of a channel that the person stopped the bot."""
        chats = {}
        for address in addresses:
            bot_id, _colon, chat = address.partition(":")
            if bot_id.isdigit():
                chats.setdefault(int(bot_id), []).append(chat)
        for bot_id, own in chats.items():
            self._club_blocked(self.env["loyalty.club.bot"].browse(bot_id), own)

    @api.model
    def _club_start(self, bot, chat, token, incoming):
        """``/start``: connect the chat with the member whose link was opened. :return: the answer for the chat"""
        if not token:
            return self.env._(
                "To connect this chat with %s, open your own page in the club and press the button there.",
                bot.club_id.name,
            )
        member = self.env["loyalty.club.bot.token"].sudo()._club_take(bot, token)
        if not member or member.state != "active":
            return self.env._("This link is used up or too old. Get a new one on your own page in the club.")
        self.search(
            [("bot_id", "=", bot.id), ("state", "=", "linked"), "|", ("chat", "=", chat), ("member_id", "=", member.id)]
        )._club_end()
        self.create({"bot_id": bot.id, "member_id": member.id, "chat": chat})
        incoming.write({"kind": "command", "state": "done", "member_ids": [(4, member.id)]})
        text = self.with_context(lang=member.partner_id.lang or self.env.lang)
        return text.env._(
            "This chat is connected with %s. Write /stop to end it.",
            member.club_id.with_context(**text.env.context).name,
        )

    @api.model
    def _club_stop(self, bot, chat, incoming):
        """``/stop``: advertising is withdrawn and the connection ends. :return: the answer for the chat"""
        links = self.search([("bot_id", "=", bot.id), ("chat", "=", chat), ("state", "=", "linked")])
        incoming.write(
            {"kind": "opt_out", "state": "done", "member_ids": [(4, member.id) for member in links.member_id]}
        )
        links.member_id._club_withdraw_consent(
            list(ADVERTISING), [bot.kind], "incoming", incoming_id=incoming.id, note=incoming.body
        )
        links._club_end()
        return self.env._("This chat is no longer connected. Nothing more will be sent here.")


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    bot_link_ids = fields.One2many(
        comodel_name="loyalty.club.bot.link",
        inverse_name="member_id",
        string="Messengers",
        readonly=True,
        groups="loyalty_club.group_club_officer,loyalty_club.group_club_auditor",
    )
