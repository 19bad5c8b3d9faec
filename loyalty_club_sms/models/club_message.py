"""Messages: the queue and the lasting log of everything that is sent to a member."""

from odoo import api, fields, models

LANES = [("code", "One-time code"), ("service", "Service"), ("campaign", "Campaign")]
PURPOSES = [("code", "One-time code"), ("service", "Service"), ("news", "News"), ("offers", "Offers")]
#: Messages of these purposes need consent, keep quiet hours and count for the cap of a day.
ADVERTISING = ("news", "offers")
STATES = [
    ("waiting", "Waiting"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("failed", "Failed"),
    ("blocked", "Blocked"),
    ("cancelled", "Cancelled"),
    ("unsure", "Unsure"),
]
#: What certainly did not reach the member, and may be sent again.
NOT_GONE = ("failed", "blocked", "cancelled")


class LoyaltyClubMessage(models.Model):
    _name = "loyalty.club.message"
    _inherit = ["loyalty.club.origin.mixin", "loyalty.club.guarded.mixin"]
    _description = "Message to a Member"
    _log_access = False  # 100,000 of a campaign are written by SQL; who caused it is user_id, when is queued_at
    _order = "id desc"
    _rec_name = "why"

    uuid = fields.Char(required=True, readonly=True, copy=False, help="Names the message at the gateway.")
    key = fields.Char(
        required=True, readonly=True, copy=False, help="Names the cause; the same cause is never sent twice."
    )
    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True, ondelete="restrict")
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, ondelete="restrict")
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True, ondelete="set null")
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Of a message to somebody who is no member.",
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Caused by", readonly=True, ondelete="set null")

    is_test = fields.Boolean(
        string="Test", readonly=True, help="To the mobile of whoever pressed the button; that asks for it already."
    )

    channel = fields.Selection(
        selection=lambda self: self.env["loyalty.club.channel"]._club_names(),
        required=True,
        readonly=True,
        default="sms",
        help="The way it goes, or went.",
    )
    channels = fields.Char(readonly=True, help="Ways in the order in which they are tried, with commas between them.")
    address = fields.Char(readonly=True, help="The number (or chat) it goes to; empty until it is sent to a member.")
    lane = fields.Selection(selection=LANES, required=True, readonly=True)
    purpose = fields.Selection(selection=PURPOSES, required=True, readonly=True)

    values = fields.Json(readonly=True, groups="base.group_system", help="What goes into the template.")
    body = fields.Text(string="Text", readonly=True)
    secret = fields.Json(readonly=True, groups=fields.NO_ACCESS)  # text of a code; emptied with the sending
    lang = fields.Char(string="Language", readonly=True)
    why = fields.Char(string="Reason", readonly=True, help="What it is about: a purchase, a birthday, a campaign.")
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(model_field="origin_model", readonly=True)

    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="waiting",
        help="Unsure: it may have gone, and nobody can tell. Such a message is never sent again by itself.",
    )
    reason = fields.Char(string="Reason code", readonly=True)
    reason_text = fields.Char(string="Why not", compute="_compute_reason_text")
    detail = fields.Char(readonly=True, help="What the gateway said.")
    queued_at = fields.Datetime(string="Queued", required=True, readonly=True)
    not_before = fields.Datetime(required=True, readonly=True, help="It is not sent earlier.")
    not_after = fields.Datetime(readonly=True, help="It is worth nothing later, and is cancelled then.")
    attempts = fields.Integer(readonly=True)
    tried = fields.Char(readonly=True, help="Gateways and channels that it was handed to.")
    worker = fields.Integer(readonly=True, groups=fields.NO_ACCESS)  # who is sending it right now
    ref = fields.Char(string="Reference", readonly=True, copy=False, help="The gateway's number of the message.")
    parts = fields.Integer(readonly=True, help="Parts of an SMS that it counts as.")
    cost = fields.Float(digits=(16, 3), readonly=True, help="In the gateway's currency.")
    called_at = fields.Datetime(string="Handed over", readonly=True, help="When it was last handed to the gateway.")
    sent_at = fields.Datetime(string="Sent", readonly=True)
    delivered_at = fields.Datetime(string="Delivered", readonly=True)

    _key_unique = models.Constraint("UNIQUE (key)", "This is queued already.")
    _waiting = models.Index("(lane, not_before, id) WHERE state = 'waiting'")
    _sending = models.Index("(worker) WHERE state = 'sending'")
    _queued = models.Index("USING brin (queued_at)")  # rows come in this order, so it costs next to nothing

    @api.model
    def _club_reasons(self):
        """{reason code: what it says to people}; whoever brings new codes adds them with super()."""
        return {}

    @api.depends("reason", "detail")
    def _compute_reason_text(self):
        texts = self._club_reasons()
        for message in self:
            message.reason_text = texts.get(message.reason, message.reason or False)
