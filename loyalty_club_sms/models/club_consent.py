"""Consent: what each member said about advertising, with its proof. Rows are added and never changed."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

PURPOSES = [("news", "News"), ("offers", "Offers")]
CHANNELS = [("sms", "SMS"), ("email", "E-mail"), ("telegram", "Telegram"), ("bale", "Bale")]
SOURCES = [
    ("till", "Till"),
    ("web", "Joined on the web"),
    ("portal", "Own page of the member"),
    ("office", "Office"),
    ("incoming", "Message of the member"),
    ("import", "Import"),
    ("merge", "Merged member"),
]
#: Where somebody joined, and what that is as a source of consent.
SOURCE_OF_JOINING = {"till": "till", "web": "web", "import": "import"}
#: What an import may say; the rest is the importer's.
IMPORTED = {"member_id", "purpose", "channel", "given", "at", "note", "place", "branch_id", "text_id"}


class LoyaltyClubConsent(models.Model):
    _name = "loyalty.club.consent"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Consent"
    _order = "at desc, id desc"
    _rec_name = "member_id"

    member_id = fields.Many2one(comodel_name="loyalty.club.member", required=True, ondelete="cascade")
    club_id = fields.Many2one(related="member_id.club_id", store=True, precompute=True, index=True)
    purpose = fields.Selection(selection=PURPOSES, required=True, string="About")
    channel = fields.Selection(selection=CHANNELS, required=True, default="sms")
    given = fields.Boolean(help="Ticked: the member agreed. Not ticked: the member withdrew.")
    state = fields.Selection(
        selection=[("given", "Given"), ("withdrawn", "Withdrawn")], compute="_compute_state", string="What was said"
    )
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    source = fields.Selection(selection=SOURCES, string="How", required=True, default="import", readonly=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", ondelete="restrict")
    place = fields.Char(help="Name of the till, or where the paper is kept.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Noted by",
        default=lambda self: self.env.user,
        readonly=True,
        ondelete="restrict",
    )
    text_id = fields.Many2one(
        comodel_name="loyalty.club.consent.text",
        ondelete="restrict",
        help="The version of the text that the member was shown.",
    )
    lang = fields.Char(string="Language of the text", readonly=True)
    note = fields.Char(string="Proof", help="What shows it: the signed form, the letter, the words of the message.")
    incoming_id = fields.Many2one(
        comodel_name="loyalty.club.incoming",
        string="Message",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _latest = models.Index("(member_id, purpose, channel, at DESC, id DESC)")

    @api.depends("given")
    def _compute_state(self):
        for consent in self:
            consent.state = "given" if consent.given else "withdrawn"

    def init(self):
        """Have PostgreSQL keep the rows as they are."""
        self.env.registry.post_init(
            self.env["loyalty.club.check"]._club_install_guards, "loyalty_club_sms/sql/consent.sql"
        )

    # -- rows are added and never changed --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:  # rights let managers only; everything else writes as superuser, by the methods below
            vals_list = [self._club_imported(dict(vals)) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What a member agreed to is proof and stays. Note the change as a new row."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What a member agreed to is proof and is never deleted."))

    def _club_imported(self, vals):
        """A row of a file, checked: no later than now, and with its proof.

        :raises UserError: with what is wrong
        """
        unknown = set(vals) - IMPORTED
        if unknown:
            raise UserError(self.env._("An import of consents has no column “%s”.", ", ".join(sorted(unknown))))
        at = fields.Datetime.to_datetime(vals.get("at"))
        if not at:
            raise UserError(self.env._("Every row needs the time at which the member said it."))
        if at > fields.Datetime.now():
            raise UserError(self.env._("A member cannot have agreed in the future: %s.", vals["at"]))
        if vals.get("given") and not (vals.get("note") or "").strip():
            raise UserError(
                self.env._("A consent needs its proof: write in “Proof” what shows it, such as the form and its place.")
            )
        # what a row does not say is not filled in by defaults of whoever imports it
        return {**dict.fromkeys(IMPORTED - {"channel"}, False), **vals}

    # -- who may be written to -------------------------------------------------------------------------------------

    @api.model
    def _club_latest(self, member_ids, purposes=None, channels=None):
        """The latest word of members, in one query.

        :return: {(member id, purpose, channel): True given, False withdrawn}; who never said anything is left out
        """
        if not member_ids:
            return {}
        self.flush_model(["member_id", "purpose", "channel", "given", "at"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (member_id, purpose, channel) member_id, purpose, channel, given
                     FROM loyalty_club_consent
                    WHERE member_id = ANY(%(members)s) AND purpose = ANY(%(purposes)s) AND channel = ANY(%(channels)s)
                 ORDER BY member_id, purpose, channel, at DESC, id DESC""",
                members=list(member_ids),
                purposes=list(purposes or dict(PURPOSES)),
                channels=list(channels or dict(CHANNELS)),
            )
        )
        return {(member, purpose, channel): bool(given) for member, purpose, channel, given in rows}

    @api.model
    def _club_given_query(self, purpose, channel):
        """SQL: ids of the members who agree to a purpose on a channel, for the conditions of others' statements."""
        self.flush_model(["member_id", "purpose", "channel", "given", "at"])
        return SQL(
            """SELECT last.member_id FROM (
                   SELECT DISTINCT ON (member_id) member_id, given FROM loyalty_club_consent
                    WHERE purpose = %s AND channel = %s ORDER BY member_id, at DESC, id DESC) last
                WHERE last.given""",
            purpose,
            channel,
        )
