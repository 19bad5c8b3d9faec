"""Disable a card or let it pay again: always for a reason, which stays with the card."""

from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyClubGiftChange(models.TransientModel):
    _name = "loyalty.club.gift.change"
    _description = "Disable or enable cards"

    gift_ids = fields.Many2many(
        comodel_name="loyalty.club.gift",
        string="Cards",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    change = fields.Selection(
        selection=[("disable", "Disable"), ("enable", "Enable again")], required=True, readonly=True, default="disable"
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Officers disable; only managers enable again."""
        self.ensure_one()
        if not self.gift_ids:
            raise UserError(self.env._("Choose the cards first."))
        if self.change == "disable":
            self.gift_ids._club_office_only("loyalty_club.group_club_officer")
            self.gift_ids._club_disable(self.reason)
        else:
            self.gift_ids._club_office_only()
            self.gift_ids._club_enable(self.reason)
        return {"type": "ir.actions.act_window_close"}
