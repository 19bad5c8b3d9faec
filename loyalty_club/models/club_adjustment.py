"""Adjustments: a manual change of a balance, with a reason and, above the club's limit, a second person."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules.movement import Movement
from ..tools.amount import to_amount


class LoyaltyClubAdjustment(models.Model):
    _name = "loyalty.club.adjustment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
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
    reason = fields.Char(required=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("waiting", "Waiting for approval"), ("done", "Done"), ("refused", "Refused")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    balance_before = fields.Float(compute="_compute_balance_before", digits=(16, 3), string="Balance now")
    consequence = fields.Char(string="What happens", compute="_compute_consequence")
    requested_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True)

    def _compute_name(self):
        for adjustment in self:
            adjustment.name = self.env._("Adjustment %s", adjustment.id or "")

    @api.depends("amount", "club_id")
    def _compute_needs_approval(self):
        for adjustment in self:
            adjustment.needs_approval = abs(adjustment.amount) > adjustment.club_id.adjust_limit

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

    @api.model_create_multi
    def create(self, vals_list):
        """Whatever a client sends, an adjustment begins as a draft of nobody."""
        if not self.env.su:
            decided = {"state", "requested_by_id", "decided_by_id", "entry_id"}
            vals_list = [{name: value for name, value in vals.items() if name not in decided} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if {"member_id", "value", "amount", "reason", "branch_id"} & set(vals) and self.filtered(
            lambda a: a.state != "draft"
        ):
            raise UserError(
                self.env._("An adjustment is not changed once it was requested. Refuse it and make another one.")
            )
        if {"state", "requested_by_id", "decided_by_id", "entry_id"} & set(vals) and not self.env.su:
            raise AccessError(self.env._("Use the buttons to request, approve or refuse an adjustment."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        if self.filtered(lambda adjustment: adjustment.state != "draft"):
            raise UserError(self.env._("Only drafts can be deleted."))

    def action_request(self):
        """Book it, or above the limit ask for a second person."""
        self.check_access("write")  # auditors read adjustments, and what follows is done without the user's rights
        for adjustment in self.filtered(lambda a: a.state == "draft"):
            if not adjustment.amount:
                raise UserError(self.env._("Enter an amount above or below zero."))
            adjustment.sudo().requested_by_id = self.env.user  # the state is changed by buttons only
            if adjustment.needs_approval:
                adjustment.sudo().state = "waiting"
                adjustment._club_call_managers()
            else:
                adjustment._club_book()

    def action_approve(self):
        """Book what another person asked for."""
        self._club_check_decider()
        self.check_access("write")
        for adjustment in self.filtered(lambda a: a.state == "waiting"):
            if adjustment.requested_by_id == self.env.user:
                raise UserError(
                    self.env._("You asked for this adjustment yourself; another manager has to approve it.")
                )
            adjustment._club_book()

    def action_refuse(self):
        self._club_check_decider()
        self.check_access("write")
        waiting = self.filtered(lambda a: a.state == "waiting").sudo()
        waiting.write({"state": "refused", "decided_by_id": self.env.uid})
        waiting.activity_unlink(["mail.mail_activity_data_todo"])

    def _club_call_managers(self):
        """An activity for a manager of the club's company other than the one who asks."""
        managers = (
            self.env.ref("loyalty_club.group_club_manager")
            .sudo()
            .all_user_ids.filtered(  # who is a manager, only
                lambda user: (
                    user != self.env.user
                    and not user.share
                    and user.active
                    and user._is_internal()
                    and self.club_id.company_id in user.company_ids
                    and user != self.env.ref("base.user_root")
                )
            )
        )
        for manager in managers[:1]:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=manager.id,
                summary=self.env._("Approve or refuse this adjustment"),
            )

    def _club_check_decider(self):
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager decides on adjustments."))

    def _club_book(self):
        self.ensure_one()
        program = self.club_id._club_program(self.value)
        if not program:
            raise UserError(self.env._("The club has no credit program. Set one on the club first."))
        amount = to_amount(self.amount, program._club_decimals())
        if not amount:
            raise UserError(self.env._("The amount is smaller than the smallest unit of this balance."))
        entry = self.env["loyalty.club.entry"]._club_post(
            [
                Movement(
                    key=f"adjustment:{self.id}",
                    kind="adjust",
                    account_id=self.member_id._club_account(program).id,
                    amount=abs(amount),
                    incoming=amount > 0,
                    counter="adjust",
                    branch_id=self.branch_id.id or None,
                    origin=(self._name, self.id),
                    reason=self.reason,
                )
            ]
        )
        self.sudo().write({"state": "done", "entry_id": entry.id, "decided_by_id": self.env.uid})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
