"""What a club allows its members to transfer to each other, program by program."""

from odoo import fields, models

from ..rules.transfers import Limits, masked
from ..tools.amount import to_amount


class LoyaltyProgram(models.Model):
    _name = "loyalty.program"
    _inherit = ["loyalty.program", "loyalty.club.limits.mixin"]

    club_transfer = fields.Boolean(
        string="Members may transfer to each other",
        help="A member gives part of the balance to another member of the club, at the desk or in the customer portal.",
    )
    club_transfer_count = fields.Integer(
        string="Transfers a day", default=3, help="How often one member may transfer in a day. 0: no limit."
    )
    club_transfer_amount = fields.Float(
        string="Amount a day", digits=(16, 3), help="How much one member may transfer in a day. 0: no limit."
    )
    club_transfer_fee_percent = fields.Float(
        string="Fee in percent", digits=(5, 2), help="Paid by the sender, on top of what he transfers."
    )
    club_transfer_fee_fixed = fields.Float(
        string="Fixed fee", digits=(16, 3), help="Paid by the sender for each transfer, on top of what he transfers."
    )

    _club_transfer_range = models.Constraint(
        "CHECK (club_transfer_count >= 0 AND club_transfer_amount >= 0 "
        "AND club_transfer_fee_percent BETWEEN 0 AND 100 AND club_transfer_fee_fixed >= 0)",
        "Limits and fees of transfers are not below zero, and a fee is at most 100 percent.",
    )

    def _club_limits(self):
        transfers = {"club_transfer_count": True, "club_transfer_amount": True}
        return super()._club_limits() | (transfers if self.sudo().club_id else {})  # whether it is a club's, only

    def _club_limit_club(self):
        return self.sudo().club_id  # managers of programs need not read clubs

    def _club_transfer_limits(self):
        """The limits (``rules.transfers.Limits``) of this program."""
        self.ensure_one()
        program = self.sudo()  # members and officers need not be allowed to open programs
        return Limits(
            allowed=program.club_transfer and program.club_kind in ("points", "credit"),
            count=program._club_limit("club_transfer_count"),
            amount=to_amount(program._club_limit("club_transfer_amount"), 3),
            fee_percent=to_amount(program.club_transfer_fee_percent, 2),
            fee_fixed=to_amount(program.club_transfer_fee_fixed, 3),
            digits=program._club_decimals(),
        )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    transfers_on = fields.Boolean(compute="_compute_transfers_on")

    def _compute_transfers_on(self):
        for member in self:
            member.transfers_on = bool(member._club_transfer_programs())

    def _club_transfer_programs(self):
        """The programs of the member's club whose value members may transfer."""
        programs = self.club_id.sudo()._club_programs_of_kinds()  # which ones allow it, only
        return programs.filtered(lambda program: program._club_transfer_limits().allowed)

    def _club_masked_name(self):
        """The name as others of the club may see it."""
        return masked(self.sudo().partner_id.name or "")  # a member need not be allowed to read another one

    def action_club_transfer(self):
        """Give part of this member's balance to another member."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer to another member"),
            "res_model": "loyalty.club.transfer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_from_member_id": self.id},
        }
