"""Give by hand: an officer rewards what a member did, by an event of the club's table."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.amount import to_amount


class LoyaltyClubEventGive(models.TransientModel):
    _name = "loyalty.club.event.give"
    _description = "Give for Behaviour"

    member_id = fields.Many2one(comodel_name="loyalty.club.member", required=True, ondelete="cascade")
    club_id = fields.Many2one(related="member_id.club_id")
    type_id = fields.Many2one(
        comodel_name="loyalty.club.event.type",
        string="What for",
        required=True,
        ondelete="cascade",
        domain="[('club_id', '=', club_id), ('by_hand', '=', True)]",
    )
    value = fields.Selection(related="type_id.value")
    amount = fields.Float(
        digits=(16, 3),
        compute="_compute_amount",
        store=True,
        readonly=False,
        required=True,
        help="What the table says; change it if this one is worth more or less.",
    )
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", domain="[('club_id', '=', club_id)]")
    reason = fields.Char(required=True, help="Shown on the member's statement.")

    @api.depends("type_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.type_id.amount

    def action_give(self):
        """Give it, once however often the button is pressed."""
        self.ensure_one()
        self._club_check()
        amount = to_amount(self.amount, self.club_id._club_program(self.value)._club_decimals())
        entry = self.member_id._club_event(
            self.type_id.code,
            f"hand:{self.id}",
            branch=self.branch_id or None,
            reason=self.reason.strip(),
            amount=amount,
            by_hand=True,
        )
        if not entry:
            raise UserError(
                self.env._(
                    "%(name)s got “%(event)s” as often or as much as its limits allow. "
                    "Wait for the next period, or change the limits in the table.",
                    name=self.member_id.name,
                    event=self.type_id.name,
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def _club_check(self):
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers give for behaviour."))
        self.member_id.check_access("read")
        kind = self.type_id
        if kind.club_id != self.club_id or not kind.by_hand or not kind.active:
            raise UserError(self.env._("“%s” cannot be given by hand in this club.", kind.name))
        if self.member_id.state != "active":
            raise UserError(self.env._("The membership %s is not active.", self.member_id.number))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write down what it is for."))
        if self.amount <= 0:
            raise UserError(self.env._("Give more than nothing."))
        limit = self.club_id._club_limit("event_give_limit")
        if self.amount > limit and not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise UserError(self.env._("More than %s is given by a manager. Ask one, or give less.", f"{limit:g}"))
        program = self.club_id._club_program(self.value)
        given = to_amount(self.amount, program._club_decimals()) if program else to_amount(self.amount, 3)
        if given and self.club_id._club_needs_second(self.env.user, {self.member_id.id: given}):
            raise UserError(
                self.env._(
                    "More than %s for a member and day, or much for many members by one person, needs a second person: "
                    "use “Adjust balance” on the member.",
                    f"{self.club_id._club_limit('adjust_limit'):g}",
                )
            )
