"""Exceptions: what the club could not do by itself and a person has to look at."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyClubException(models.Model):
    _name = "loyalty.club.exception"
    _inherit = ["loyalty.club.origin.mixin", "loyalty.club.guarded.mixin"]
    _description = "Club Exception"
    _order = "id desc"
    _rec_name = "message"

    kind = fields.Selection(
        selection=[
            ("debt", "Spent without cover"),
            ("refused", "Not booked"),
            ("same_mobile", "Same mobile number"),
            ("mismatch", "Till and server differ"),
            ("negative", "Taken over below zero"),
            ("check", "Ledger check"),
            ("unproved", "Spent without proof"),
            ("over_limit", "Above the credit limit"),
            ("refund", "Refund without a second person"),
            ("recomputed", "Figures that did not add up"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("done", "Settled")], default="open", required=True, readonly=True, index=True
    )
    club_id = fields.Many2one(
        comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="restrict"
    )
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True)
    member_id = fields.Many2one(comodel_name="loyalty.club.member", readonly=True, index="btree_not_null")
    account_id = fields.Many2one(comodel_name="loyalty.club.account", readonly=True)
    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True, index="btree_not_null")
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(model_field="origin_model", readonly=True)
    amount = fields.Float(digits=(16, 3), readonly=True)
    message = fields.Char(required=True, readonly=True)
    resolution = fields.Char(help="What was done about it.")
    resolved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    resolved_at = fields.Datetime(readonly=True)

    _by_origin = models.Index("(origin_model, origin_id)")

    @api.model
    def _club_report(self, kind, club, message, **values):
        """Note something that a person has to look at; never raises for the sale it is about."""
        return self.sudo().create({"kind": kind, "club_id": club.id, "message": message, **values})

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"resolution"}:
                raise AccessError(self.env._("Write down what was done, and settle the exception with its button."))
            if self.filtered(lambda exception: exception.state == "done"):
                raise UserError(self.env._("This exception is settled; what was written about it stays."))
        return super().write(vals)

    def action_settle(self):
        """Close after somebody has looked at it and written what was done."""
        self.check_access("write")
        for exception in self:
            if not (exception.resolution or "").strip():
                raise UserError(self.env._("Write down what was done about it first."))
        still_open = self.filtered(lambda exception: exception.state == "open")
        # state and signature are set by this button only
        still_open.sudo().write({"state": "done", "resolved_by_id": self.env.uid, "resolved_at": fields.Datetime.now()})
