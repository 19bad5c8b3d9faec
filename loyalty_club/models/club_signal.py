"""Signals: what looks odd in a day's bookings, for a manager to look at. A signal accuses nobody."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    signal_same_member = fields.Integer(
        string="One cashier serves one member, times a day",
        default=5,
        help="0 switches this signal off, like each of the others.",
    )
    signal_staff = fields.Integer(string="A cashier serves himself, times a day", default=1)
    signal_refunds = fields.Integer(string="Returns by one cashier a day", default=10)
    signal_refund_amount = fields.Float(
        string="Only returns up to",
        digits=(16, 3),
        help="Points or money that come back at once. 0 counts all returns.",
    )
    signal_burst = fields.Float(
        string="Times more bookings than usual",
        default=4.0,
        digits=(6, 1),
        help="Against the average of the days on which this cashier, or this member, was active in the last month.",
    )
    signal_adjustments = fields.Integer(string="Adjustments by one person a day", default=10)
    signal_codes = fields.Integer(string="Wrong codes and PINs with one person a day", default=10)
    signal_fresh = fields.Integer(string="New members who spend at once, with one cashier a day", default=3)
    signal_fresh_hours = fields.Integer(string="New is who joined, hours ago", default=24)
    signal_day = fields.Date(string="Looked at up to", readonly=True, copy=False)

    _signals_positive = models.Constraint(
        "CHECK (signal_same_member >= 0 AND signal_staff >= 0 AND signal_refunds >= 0 AND signal_refund_amount >= 0 "
        "AND signal_burst >= 0 AND signal_adjustments >= 0 AND signal_codes >= 0 AND signal_fresh >= 0 "
        "AND signal_fresh_hours >= 0)",
        "Thresholds of signals are zero or more.",
    )


class LoyaltyClubSignal(models.Model):
    _name = "loyalty.club.signal"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Signal for the Manager"
    _log_access = False
    _order = "day desc, id desc"

    kind = fields.Selection(
        selection=[
            ("same_member", "One member many times"),
            ("staff", "Served himself"),
            ("refunds", "Many returns"),
            ("burst", "Far more than usual"),
            ("adjustments", "Many adjustments"),
            ("codes", "Many wrong codes"),
            ("fresh", "New members spend at once"),
            ("limits", "A limit was raised"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="One signal for one thing and day.")
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="cascade")
    day = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Cashier", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True, ondelete="set null")
    count = fields.Integer(string="Times", readonly=True)
    usual = fields.Float(string="On a usual day", digits=(16, 1), readonly=True)
    amount = fields.Float(digits=(16, 3), readonly=True)
    limit = fields.Char(readonly=True, help="Model and field of the limit that was raised.")
    explanation = fields.Char(compute="_compute_explanation")
    state = fields.Selection(
        selection=[("open", "Open"), ("seen", "Seen")], default="open", required=True, readonly=True, index=True
    )
    note = fields.Char(help="What came out of it.")
    seen_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="set null")
    seen_at = fields.Datetime(readonly=True)

    _key_unique = models.Constraint("UNIQUE (key)", "This was noticed before.")

    @api.depends("kind", "day", "user_id", "member_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for signal in self:
            signal.display_name = f"{kinds.get(signal.kind, '')} · {signal.user_id.name or signal.member_id.name or ''}"

    @api.depends("kind", "count", "usual", "amount", "limit")
    def _compute_explanation(self):
        texts = {
            "same_member": self.env._("The same cashier booked %(count)s purchases or rewards of one member."),
            "staff": self.env._("The cashier booked %(count)s purchases or rewards for his own membership."),
            "refunds": self.env._("The cashier took back %(count)s purchases."),
            "burst": self.env._("%(count)s bookings; on a usual day there are %(usual)s."),
            "adjustments": self.env._("%(count)s balances were changed by hand by one person."),
            "codes": self.env._("%(count)s wrong codes or PINs were typed."),
            "fresh": self.env._("%(count)s rewards were given to members who had only just joined."),
            "limits": self.env._("“%(limit)s” was changed from %(usual)s to %(amount)s. It holds from the day after."),
        }
        for signal in self:
            text = texts.get(signal.kind, "")
            values = {"count": signal.count, "usual": f"{signal.usual:g}", "amount": f"{signal.amount:g}"}
            signal.explanation = text % {**values, "limit": signal._club_limit_label()} if text else False

    def _club_limit_label(self):
        """What the limit is called that was raised."""
        model, _comma, name = (self.limit or "").partition(",")
        field = self.env[model]._fields.get(name) if model in self.env else None
        return field._description_string(self.env) if field else ""

    def write(self, vals):
        if not self.env.su and set(vals) - {"note"}:
            raise AccessError(self.env._("Write down what came out of it, and close the signal with its button."))
        return super().write(vals)

    def action_seen(self):
        """Close after somebody looked at it and wrote what came out."""
        self.check_access("write")
        if any(not (signal.note or "").strip() for signal in self):
            raise UserError(self.env._("Write down what came out of it first."))
        if self.filtered(lambda signal: signal.user_id == self.env.user):
            raise UserError(self.env._("This signal is about yourself; another manager has to look at it."))
        still_open = self.filtered(lambda signal: signal.state == "open")
        # state and signature are set by this button only
        still_open.sudo().write({"state": "seen", "seen_by_id": self.env.uid, "seen_at": fields.Datetime.now()})

    def action_open_entries(self):
        """The bookings behind the signal."""
        self.ensure_one()
        start, end = self.club_id._club_signal_bounds(self.day)
        domain = [("club_id", "=", self.club_id.id), ("posted_at", ">=", start), ("posted_at", "<", end)]
        domain += [("user_id", "=", self.user_id.id)] if self.user_id else []
        domain += [("account_id.member_id", "=", self.member_id.id)] if self.member_id else []
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bookings behind the signal"),
            "res_model": "loyalty.club.entry",
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False},
        }
