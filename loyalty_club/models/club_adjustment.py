"""Adjustments: a manual change of a balance, with a reason and, above the club's limit, a second person."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.movement import Movement, NewLot
from ..tools.amount import to_amount


class LoyaltyClubAdjustment(models.Model):
    _name = "loyalty.club.adjustment"
    _inherit = ["loyalty.club.approval"]
    _description = "Balance Adjustment"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    member_id = fields.Many2one(comodel_name="loyalty.club.member", required=True, index=True, ondelete="restrict")
    club_id = fields.Many2one(related="member_id.club_id", store=True, index=True)
    value = fields.Selection(
        selection=[("points", "Points"), ("credit", "Credit")], required=True, default="points", string="What to change"
    )
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", domain="[('club_id', '=', club_id)]")
    amount = fields.Float(required=True, digits=(16, 3), help="What to add; with a minus sign, what to take.")
    last_day = fields.Date(
        string="Last day", help="What is added can be spent until the end of this day. Empty: it never expires."
    )
    balance_before = fields.Float(compute="_compute_balance_before", digits=(16, 3), string="Balance now")
    consequence = fields.Char(string="What happens", compute="_compute_consequence")
    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True, copy=False)

    def _compute_name(self):
        for adjustment in self:
            adjustment.name = self.env._("Adjustment %s", adjustment.id or "")

    @api.depends("amount", "club_id", "member_id", "value")
    def _compute_needs_approval(self):
        return super()._compute_needs_approval()

    def _club_amounts(self):
        amount = to_amount(self.amount, 3)
        return {self.member_id._origin: abs(amount)} if amount and self.member_id else {}

    def _club_frozen(self):
        return super()._club_frozen() | {"member_id", "value", "amount", "branch_id", "last_day"}

    @api.depends("member_id", "value")
    def _compute_balance_before(self):
        for adjustment in self:
            program = adjustment.club_id._club_program(adjustment.value) if adjustment.club_id else False
            account = adjustment.member_id._club_account(program, create=False) if program else False
            adjustment.balance_before = account.balance if account else 0.0

    @api.depends("member_id", "value", "amount", "needs_approval", "state")
    def _compute_consequence(self):
        for adjustment in self:
            adjustment.consequence = adjustment._club_consequence()

    def _club_consequence(self):
        if not self.member_id or not self.amount or self.state not in ("draft", "waiting"):
            return False
        numbers = {
            "old": f"{self.balance_before:,.3f}".rstrip("0").rstrip("."),
            "new": f"{self.balance_before + self.amount:,.3f}".rstrip("0").rstrip("."),
        }
        if self.needs_approval:
            return self.env._(
                "The balance goes from %(old)s to %(new)s once a second person has approved it.", **numbers
            )
        return self.env._(
            "The balance goes from %(old)s to %(new)s at once. It can only be undone by another adjustment.", **numbers
        )

    def _club_check_request(self):
        if not self.amount:
            raise UserError(self.env._("Enter an amount above or below zero."))
        if self.last_day and self.amount < 0:
            raise UserError(self.env._("Only what is added has a last day. Leave it empty when you take something."))
        if self.last_day and self.last_day < self.club_id._club_today():
            raise UserError(self.env._("The last day is over already. Choose today or a later day."))

    def _club_book(self):
        self.ensure_one()
        program = self.club_id._club_program(self.value)
        if not program:
            raise UserError(self.env._("The club has no credit program. Set one on the club first."))
        amount = to_amount(self.amount, program._club_decimals())
        if not amount:
            raise UserError(self.env._("The amount is smaller than the smallest unit of this balance."))
        branch_id = self.branch_id.id or None
        end = self.club_id._club_end_of(self.last_day) if self.last_day else None
        entry = self.env["loyalty.club.entry"]._club_post(
            [
                Movement(
                    key=f"adjustment:{self.id}",
                    kind="adjust",
                    account_id=self.member_id._club_account(program).id,
                    amount=abs(amount),
                    incoming=amount > 0,
                    counter="adjust",
                    branch_id=branch_id,
                    new_lots=(NewLot(amount, branch_id, None, end),) if end else (),
                    origin=(self._name, self.id),
                    reason=self.reason,
                )
            ]
        )
        if amount > 0:
            entry._club_tell_received()  # the reason is for the books
        return {"entry_id": entry.id}
