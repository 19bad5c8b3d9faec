"""Incoming messages: logged once each, read for opt-out words, and shown to officers when nobody can read them."""

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.phone import is_mobile, to_e164
from odoo.addons.loyalty_club.tools.text import search_key
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..rules.consent import ADVERTISING
from ..rules.incoming import OPT_IN, OPT_OUT, OTHER, read

#: Longer ones are cut: nobody opts out with a novel.
MAX_BODY = 2000


class LoyaltyClubIncoming(models.Model):
    _name = "loyalty.club.incoming"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Incoming Message"
    _log_access = False
    _order = "id desc"
    _rec_name = "address"

    key = fields.Char(required=True, readonly=True, help="Names the message; the same one is never read twice.")
    channel = fields.Selection(
        selection=[("sms", "SMS"), ("telegram", "Telegram"), ("bale", "Bale")], required=True, readonly=True
    )
    gateway_id = fields.Many2one(
        comodel_name="loyalty.club.gateway", readonly=True, index="btree_not_null", ondelete="set null"
    )
    bot_id = fields.Many2one(
        comodel_name="loyalty.club.bot", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null", ondelete="cascade")
    address = fields.Char(string="From", required=True, readonly=True)
    body = fields.Text(string="Text", readonly=True)
    at = fields.Datetime(string="Written", readonly=True, help="As the gateway tells it.")
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            (OPT_OUT, "Stop advertising"),
            (OPT_IN, "Agree to advertising"),
            ("command", "Connected"),
            (OTHER, "Something else"),
        ],
        string="Meaning",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[("new", "To read"), ("done", "Done")], required=True, readonly=True, default="new"
    )
    member_ids = fields.Many2many(comodel_name="loyalty.club.member", string="Members", readonly=True)
    consent_ids = fields.One2many(comodel_name="loyalty.club.consent", inverse_name="incoming_id", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Done by", readonly=True, ondelete="set null")

    _key_unique = models.Constraint("UNIQUE (key)", "This message is logged already.")
    _to_read = models.Index("(received_at) WHERE state = 'new'")

    # -- receiving -----------------------------------------------------------------------------------------------------

    @api.model
    def _club_received(self, gateway, incomings):
        """Log what came to a gateway's lines and act on it. The same message again, at once or later, does nothing.

        :param gateway: ``loyalty.club.gateway``; :param incomings: list of ``gateways.base.Incoming``
        :return: the new ones
        """
        company = gateway.sudo().company_id
        clubs = (
            self.env["loyalty.club"].sudo().search([("company_id", "!=", False)])
        )  # a job's question: in whose countries numbers are read
        ours = clubs.filtered(lambda club: club._club_is_of(company))
        regions = list(dict.fromkeys([*ours.mapped("country_id.code"), company.country_id.code, "IR"]))
        rows = [
            {
                "key": f"gateway:{gateway.id}:{incoming.ref}",
                "channel": "sms",
                "gateway_id": gateway.id,
                "company_id": company.id or None,
                "address": self._club_number(incoming.number, regions),
                "body": incoming.body,
                "at": incoming.at,
            }
            for incoming in incomings
        ]
        new = self._club_log(rows)
        new._club_find_members()
        new._club_act()
        return new

    @api.model
    def _club_number(self, number, regions):
        """A mobile number in international form, read in the first region where it is one; else as it came."""
        forms = (to_e164(number, region) for region in regions if region)
        return next((form for form in forms if form and is_mobile(form)), number)

    @api.model
    def _club_log_bot(self, bot, update, body):
        """Log one message to a bot; empty when it was logged before. Nothing is done about it yet."""
        new = self._club_log(
            [
                {
                    "key": f"bot:{bot.id}:{update.id}",
                    "channel": bot.kind,
                    "bot_id": bot.id,
                    "company_id": bot.club_id.company_id.id,
                    "address": f"{bot.id}:{update.chat}",
                    "body": body,
                    "at": update.at,
                }
            ]
        )
        new._club_find_members()
        return new

    @api.model
    def _club_log(self, rows):
        """Insert rows whose key is new, and give those; what another worker logs at this moment is his."""
        try:
            with self.env.cr.savepoint():
                ids = self._club_insert(rows)
        except SerializationFailure:
            if len(rows) == 1:
                return self.sudo().browse()
            return self.sudo().union(*(self._club_log([row]) for row in rows))
        return self.sudo().browse(ids)  # the log is written here only

    def _club_insert(self, rows):
        if not rows:
            return []
        now = fields.Datetime.now()
        names = ("key", "channel", "gateway_id", "bot_id", "company_id", "address", "body", "at")
        values = SQL(", ").join(
            SQL(
                "(%s)",
                SQL(", ").join(
                    SQL("%s::%s", self._club_plain(row.get(name)), SQL(self._fields[name].column_type[1]))
                    for name in names
                ),
            )
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO loyalty_club_incoming (%(names)s, received_at, kind, state)
                   SELECT given.*, %(now)s, 'other', 'new' FROM (VALUES %(values)s) given
                   ON CONFLICT (key) DO NOTHING RETURNING id""",
                names=SQL(", ").join(map(SQL.identifier, names)),
                now=now,
                values=values,
            ),
            log_exceptions=False,  # two who log the same message is normal
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @staticmethod
    def _club_plain(value):
        """A value as PostgreSQL takes it: texts without NUL, and not endless."""
        return value.replace("\x00", "")[:MAX_BODY] if isinstance(value, str) else value

    def _club_find_members(self):
        """Note whose numbers and chats these are: members of the clubs of the gateway's company, or of the bot's."""
        Member = self.env["loyalty.club.member"].sudo()  # whoever fetches the messages
        numbers = self.filtered(lambda incoming: incoming.channel == "sms").mapped("address")
        by_number = (
            Member.search([("mobile", "in", numbers), ("merged_into_id", "=", False)]).grouped("mobile")
            if numbers
            else {}
        )
        links = (
            self.env["loyalty.club.bot.link"]
            .sudo()
            .search([("bot_id", "in", self.bot_id.ids), ("state", "=", "linked")])
            if self.bot_id
            else self.env["loyalty.club.bot.link"]
        )
        by_chat = {f"{link.bot_id.id}:{link.chat}": link.member_id for link in links} if links else {}
        for incoming in self:
            if incoming.channel == "sms":
                members = by_number.get(incoming.address, Member)
                incoming.member_ids = members.filtered(
                    lambda member, company=incoming.company_id: member.club_id._club_is_of(company)
                )
            else:
                incoming.member_ids = by_chat.get(incoming.address, Member)

    # -- acting --------------------------------------------------------------------------------------------------------

    def _club_act(self):
        """Do what the texts say: withdraw, agree, or leave it to an officer.

        :return: the answer for the person (of the last one), where the channel answers for free; else False
        """
        answer = False
        words = self.env["loyalty.club.incoming.word"]._club_words(self.member_ids.club_id | self.bot_id.club_id)
        for incoming in self:
            key = search_key(incoming.body or "")
            kinds = {club: read(key, words[club.id]) for club in incoming.member_ids.club_id | incoming.bot_id.club_id}
            outs = incoming.member_ids.filtered(lambda m, kinds=kinds: kinds[m.club_id] == OPT_OUT)
            ins = incoming.member_ids.filtered(
                lambda m, kinds=kinds: kinds[m.club_id] == OPT_IN and m.state == "active"
            )
            incoming._club_opt_out(outs)
            incoming._club_opt_in(ins)
            found = set(kinds.values()) or {read(key, words[0])}
            kind = next((kind for kind in (OPT_OUT, OPT_IN) if kind in found), OTHER)
            incoming.write({"kind": kind, "state": "new" if kind == OTHER else "done"})
            answer = incoming._club_answer(kind)
        return answer

    def _club_opt_out(self, members):
        """The moment of receiving counts: gateways do not agree on whose clock theirs is."""
        members._club_withdraw_consent(
            list(ADVERTISING), [self.channel], "incoming", incoming_id=self.id, note=(self.body or "")[:200]
        )

    def _club_opt_in(self, members):
        for member in members:
            for purpose in ADVERTISING:
                text = self.env["loyalty.club.consent.text"]._club_text(member.club_id, purpose)
                if text:
                    member._club_give_consent(
                        purpose,
                        self.channel,
                        "incoming",
                        text_id=text.id,
                        incoming_id=self.id,
                        note=(self.body or "")[:200],
                    )

    def _club_answer(self, kind):
        if self.channel == "sms" or not self.member_ids:
            return False
        if kind == OPT_OUT:
            return self.env._("You will get no more advertising here. Messages about your own purchases still come.")
        if kind == OPT_IN:
            return self.env._("Thank you. You will get news and offers here. Write “stop” to end it.")
        return False

    # -- what officers do ----------------------------------------------------------------------------------------------

    def _club_check_officer(self):
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers settle incoming messages."))
        self.check_access("read")

    def action_done(self):
        """It was read, and nothing follows for the consents."""
        self._club_check_officer()
        self.sudo().write({"state": "done", "user_id": self.env.uid})  # officers settle, and write nothing else

    def action_opt_out(self):
        """A person read it as: stop."""
        self._club_check_officer()
        for incoming in self:
            incoming.sudo()._club_opt_out(incoming.sudo().member_ids)
        self.sudo().write({"kind": OPT_OUT, "state": "done", "user_id": self.env.uid})  # as above


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_is_of(self, company):
        """Whether a gateway of ``company`` may speak for this club: one of its companies, or above or below them."""
        self.ensure_one()
        ours = self.company_id | self.company_ids
        return not company or bool(company & ours.parent_ids or ours & company.parent_ids)
