"""A statement on paper: which balance, and booked between which days."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubStatement(models.TransientModel):
    _name = "loyalty.club.statement"
    _description = "Print a Statement"

    member_id = fields.Many2one(comodel_name="loyalty.club.member", ondelete="cascade")
    account_ids = fields.Many2many(
        comodel_name="loyalty.club.account",
        string="Balances",
        required=True,
        compute="_compute_account_ids",
        store=True,
        readonly=False,
        domain="[('kind', 'in', ('points', 'credit', 'gift', 'prepaid')), ('member_id', '=?', member_id)]",
    )
    date_from = fields.Date(string="Booked from", help="Empty: from the beginning.")
    date_to = fields.Date(string="until", help="Empty: until now.")

    @api.depends("member_id")
    def _compute_account_ids(self):
        for wizard in self:
            wizard.account_ids = wizard.account_ids or wizard.member_id.account_ids

    def action_print(self):
        self.ensure_one()
        if not self.account_ids:
            raise UserError(self.env._("This member has no balance yet, so there is nothing to print."))
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise UserError(self.env._("The first day is after the last one."))
        data = {
            "account_ids": self.account_ids.ids,
            "date_from": self.date_from and self.date_from.isoformat(),
            "date_to": self.date_to and self.date_to.isoformat(),
        }
        return self.env.ref("loyalty_club.action_report_statement").report_action(self.account_ids, data=data)
