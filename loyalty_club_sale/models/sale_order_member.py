"""The member on the sale order: number, balance, what the order earns and spends, and joining the club."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order_booked import EARNED, LOADED, SPENT


class SaleOrder(models.Model):
    _inherit = "sale.order"

    club_state = fields.Selection(
        selection=[
            ("none", "No club"),
            ("stranger", "Not a member"),
            ("active", "Member"),
            ("blocked", "Blocked"),
            ("left", "Left"),
        ],
        string="Club membership",
        compute="_compute_club_member",
    )
    club_name = fields.Char(string="Club", compute="_compute_club_member")
    club_member_number = fields.Char(string="Membership number", compute="_compute_club_member")
    club_balance = fields.Char(string="Club balance", compute="_compute_club_member")
    club_will_earn = fields.Char(string="Will earn", compute="_compute_club_figures")
    club_earned = fields.Char(string="Earned with this order", compute="_compute_club_figures")
    club_loaded = fields.Char(string="Loaded with this order", compute="_compute_club_figures")
    club_spent = fields.Char(string="Spent on this order", compute="_compute_club_figures")
    club_entry_count = fields.Integer(string="Club entries", compute="_compute_club_figures")

    @api.depends("partner_id", "company_id", "pricelist_id")
    def _compute_club_member(self):
        programs = self._club_programs()
        members = self._club_members(self.env["loyalty.program"].union(*programs.values()).club_id)
        for order in self:
            club = programs[order].club_id[:1]
            member = members[order].get(club) if club else None
            order.club_name = club.name
            order.club_state = (member.state if member else "stranger") if club else "none"
            order.club_member_number = member.number if member else False
            order.club_balance = (
                " · ".join(account.balance_display for account in member.account_ids) if member else False
            )

    @api.depends(
        "partner_id",
        "state",
        "order_line.price_total",
        "order_line.product_uom_qty",
        "order_line.points_cost",
        "loyalty_data",
    )
    def _compute_club_figures(self):
        programs = self._club_programs()
        members = self._club_members(self.env["loyalty.program"].union(*programs.values()).club_id)
        booked = self.sudo()._club_booked()  # the figures of this order, for whoever sells
        for order in self:
            rows = booked.get(order._origin.id, [])
            order.club_entry_count = len(rows)
            totals = {EARNED: {}, SPENT: {}, LOADED: {}}
            for row in rows:
                signed = -row.amount if row.side == SPENT else row.amount
                side = totals[row.side]
                side[row.program_id] = side.get(row.program_id, 0) + signed
            order.club_earned = order._club_in_words(totals[EARNED])
            order.club_loaded = order._club_in_words(totals[LOADED])
            order.club_spent = order._club_in_words(totals[SPENT])
            order.club_will_earn = order._club_in_words(order._club_expected(programs[order], members[order], totals))

    def _club_expected(self, programs, members, totals):
        """{program id: Decimal} that the order still earns when it goes all its way."""
        self.ensure_one()
        if self.state == "cancel":
            return {}
        expected = {}
        for program in programs:
            member = members.get(program.club_id)
            if member and member.state == "active":
                left = self.sudo()._club_score(program).points - totals[EARNED].get(program.id, 0)
                expected[program.id] = max(left, 0)
        return expected

    def _club_in_words(self, amounts):
        programs = self.env["loyalty.program"].sudo().browse(program for program, amount in amounts.items() if amount)
        words = []
        for program in programs:
            digits = program._club_decimals()
            unit = program.currency_id.symbol if program.is_payment_program else program.portal_point_name
            words.append(f"{amounts[program.id]:,.{digits}f} {unit or ''}".strip())
        return " · ".join(words) or False

    def action_club_join(self):
        """Make the customer a member; what the order has earned so far is booked at once."""
        self.ensure_one()
        self.check_access("write")
        club = self._club_programs()[self].club_id[:1]
        if not club:
            raise UserError(self.env._("No club serves %s. Set one up for this company first.", self.company_id.name))
        if self.partner_id.is_public:
            raise UserError(self.env._("Choose the customer first; the public visitor cannot join a club."))
        # whoever sells may join a customer; the club's lists stay closed to him
        self.env["loyalty.club.member"].sudo()._club_enrol(
            club,
            partner=self.partner_id,
            joined_channel="sale",
            joined_branch_id=self.club_branch_id.id if self.club_branch_id.club_id == club else False,
        )
        self._club_reconcile()
        self.invalidate_recordset(["club_state", "club_member_number", "club_balance", "club_will_earn", "club_earned"])
        return True

    def action_club_entries(self):
        """Open what this order booked in the ledger."""
        origins = (self._name, self.ids), ("sale.order.line", self.order_line.ids)
        return self.env["loyalty.club.entry"]._club_action_of(self.name, *origins)
