"""Bots: the club's accounts at messengers, and what people write to them."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..gateways.base import Settings, Text, Trouble
from ..gateways.bot import BOTS, UPDATES

_logger = logging.getLogger(__name__)

#: What the person pressed or typed, and no message to anybody.
START, STOP = "/start", "/stop"
#: Calls of one run at most; the next run goes on.
CALLS = 20
TIMEOUT = 10.0


class LoyaltyClubBot(models.Model):
    _name = "loyalty.club.bot"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Messenger Bot"
    _order = "club_id, kind, id"

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    kind = fields.Selection(
        selection=[("telegram", "Telegram"), ("bale", "Bale")], string="Messenger", required=True, default="telegram"
    )
    username = fields.Char(readonly=True, copy=False, help="The bot's name, as the messenger tells it.")
    base_url = fields.Char(
        string="Address of the API",
        help="Leave it empty for the messenger's own; a proxy has another one.",
        groups="base.group_system",
    )
    token = fields.Char(
        copy=False, groups="base.group_system", help="What BotFather gave you. Who has it can write as the bot."
    )
    has_token = fields.Boolean(compute="_compute_has_token", compute_sudo=True)
    offset = fields.Char(readonly=True, copy=False, default="0", groups="base.group_system")
    trouble = fields.Char(string="Last trouble", readonly=True, copy=False)
    polled_at = fields.Datetime(string="Last asked", readonly=True, copy=False)
    link_ids = fields.One2many(comodel_name="loyalty.club.bot.link", inverse_name="bot_id", readonly=True)
    link_count = fields.Integer(string="Connected members", compute="_compute_link_count")

    _one_of_a_kind = models.UniqueIndex("(club_id, kind) WHERE active", "The club has a bot of this messenger already.")

    @api.depends("kind", "club_id.name")
    def _compute_name(self):
        kinds = dict(self._fields["kind"].selection)
        for bot in self:
            bot.name = f"{kinds.get(bot.kind, '')} · {bot.club_id.name or ''}"

    @api.depends("token")
    def _compute_has_token(self):
        for bot in self:
            bot.has_token = bool(bot.token)

    def _compute_link_count(self):
        counts = dict(
            self.env["loyalty.club.bot.link"]._read_group(
                [("bot_id", "in", self.ids), ("state", "=", "linked")], ["bot_id"], ["__count"]
            )
        )
        for bot in self:
            bot.link_count = counts.get(bot, 0)

    def _club_driver(self):
        """The bot's API, with its secrets; for this file and the channel only."""
        self.ensure_one()
        bot = self.sudo()  # the token is the system group's; nothing of it leaves the driver
        return BOTS[bot.kind](Settings(base_url=bot.base_url or "", api_key=bot.token or "", timeout=TIMEOUT))

    @api.model
    def _club_bot(self, club, kind):
        """The club's bot of a messenger that can be used; empty when there is none."""
        return self.sudo().search(  # members and jobs look for it
            [("club_id", "=", club.id), ("kind", "=", kind), ("token", "!=", False), ("username", "!=", False)], limit=1
        )

    # -- set-up --------------------------------------------------------------------------------------------------------

    def action_test(self):
        """Ask the messenger who the bot is: the test of the token, and where its name comes from."""
        self.ensure_one()
        self.check_access("write")
        if not self.has_token:
            raise UserError(self.env._("Type the bot's token first. BotFather of the messenger gives it."))
        try:
            name = self._club_driver().username()
        except Trouble as trouble:
            raise UserError(self.env._("The messenger could not be asked: %s", trouble))
        self.sudo().write({"username": name, "trouble": False})  # checked above
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The bot @%s answers.", name),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- what people write ---------------------------------------------------------------------------------------------

    @api.model
    def _cron_poll(self):
        """Fetch what people wrote to the bots; another run that is at a bot is left alone."""
        bots = self.sudo().search([("token", "!=", False)])
        self.env["ir.cron"]._commit_progress(remaining=len(bots))
        for bot in bots:
            bot._club_poll(commit=True)
            self.env["ir.cron"]._commit_progress(1)

    def _club_poll(self, commit=False):
        """Fetch and read the updates of one bot.

        An update is confirmed by the next call, which names a later one; so the offset is committed first, and an
        update that comes again is known by its number.

        :return: the incoming messages that were new
        """
        self.ensure_one()
        driver = self._club_driver()
        new = self.env["loyalty.club.incoming"]
        for _call in range(CALLS):
            if not self._club_lock():
                break  # another run reads it
            try:
                updates = driver.updates(int(self.sudo().offset or 0))
            except Trouble as trouble:
                self.sudo().write({"trouble": str(trouble), "polled_at": fields.Datetime.now()})
                _logger.info("Bot %s could not be asked: %s", self.id, trouble)
                break
            incoming, replies = self._club_read(updates)
            new |= incoming
            values = {"trouble": False, "polled_at": fields.Datetime.now()}
            if updates:
                values["offset"] = str(max(update.id for update in updates) + 1)
            self.sudo().write(values)
            if commit:
                # what was read is on the books before the messenger forgets it
                self.env.cr.commit()  # pylint: disable=invalid-commit; a job
            self._club_say(driver, replies)
            if len(updates) < UPDATES:
                break
        return new

    def _club_lock(self):
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL("SELECT 1 FROM loyalty_club_bot WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", self.id)
        )
        self.invalidate_recordset(["offset"], flush=False)  # another run may have gone on since
        return bool(rows)

    def _club_read(self, updates):
        """Log and act on updates.

        :return: (new incoming messages, [(chat, text)] to answer after the commit)
        """
        Link, Incoming = self.env["loyalty.club.bot.link"].sudo(), self.env["loyalty.club.incoming"]
        new, replies = Incoming, []
        for update in updates:
            if update.blocked:
                Link._club_blocked(self, [update.chat])
            if not update.chat or not update.text:
                continue
            word, _space, rest = update.text.strip().partition(" ")
            command = word.casefold().partition("@")[0]
            # a token is a secret until it is used, so only the command is logged
            body = command if command in (START, STOP) else update.text
            incoming = Incoming._club_log_bot(self, update, body)
            if not incoming:
                continue  # read before
            new |= incoming
            if command == START:
                replies.append((update.chat, Link._club_start(self, update.chat, rest.strip(), incoming)))
            elif command == STOP:
                replies.append((update.chat, Link._club_stop(self, update.chat, incoming)))
            else:
                answer = incoming._club_act()
                if answer:
                    replies.append((update.chat, answer))
        return new, replies

    def _club_say(self, driver, replies):
        """Answer in the chats; an answer that gets lost is no harm."""
        texts = [Text(f"{number:032x}", chat, body) for number, (chat, body) in enumerate(replies) if body]
        for outcome in driver.send(texts) if texts else ():
            if outcome.state != "accepted":
                _logger.info("Bot %s: an answer did not go: %s %s", self.id, outcome.reason, outcome.detail)
