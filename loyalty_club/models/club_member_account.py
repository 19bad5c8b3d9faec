"""Buying on credit: a limit per member, checked by the server before the sale is saved."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount

from ..tools.amount import to_amount


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    account_limits = fields.Boolean(
        string="Check the limits of customer accounts",
        tracking=True,
        help="Members buy on their customer account at the till only up to their own limit, and a sale order above it "
        "waits for a manager. Unticked: Odoo's own warning on orders and invoices is all there is.",
    )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    club_credit_limit = fields.Monetary(
        string="May buy on credit up to",
        currency_field="club_account_currency_id",
        compute="_compute_club_credit_limit",
        groups="loyalty_club.group_club_officer,loyalty_club.group_club_auditor",
        inverse="_inverse_club_credit_limit",
        compute_sudo=True,
        help="Odoo's credit limit of the customer, in the lead company of the club.",
    )
    club_credit_used = fields.Monetary(
        string="Used of it",
        currency_field="club_account_currency_id",
        compute="_compute_club_credit_used",
        groups="loyalty_club.group_club_officer,loyalty_club.group_club_auditor",
        compute_sudo=True,
        help="Invoices and till sales that are not paid, and confirmed orders that are not invoiced.",
    )
    club_account_currency_id = fields.Many2one(related="club_id.company_id.currency_id")
    account_limits = fields.Boolean(related="club_id.account_limits")
    #: counts the sales on credit: two of them at once meet in this row, and the later one starts again
    account_turn = fields.Integer(default=0, readonly=True, copy=False, groups="base.group_system")

    @api.depends("partner_id")
    def _compute_club_credit_limit(self):
        for member in self:
            member.club_credit_limit = member._club_account_limit(member.club_id.company_id)

    def _inverse_club_credit_limit(self):
        if not self.env.su and not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only club managers set how much a member may buy on credit."))
        for member in self:
            if member.club_credit_limit < 0:
                raise UserError(self.env._("A limit is zero or more."))
            # Odoo keeps limits for its accountants; the club's managers set those of their members
            debtor = member.partner_id.commercial_partner_id.sudo().with_company(member.club_id.company_id)
            debtor.credit_limit = member.club_credit_limit

    def _club_account_limit(self, company):
        """Core's credit limit of whoever pays for the member; only the figure leaves this method."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id.sudo().with_company(company).credit_limit

    def _compute_club_credit_used(self):
        for company, members in self.grouped(lambda member: member.club_id.company_id).items():
            used = members._club_account_used(company)
            for member in members:
                member.club_credit_used = float(used[member.id])

    def _club_account_used(self, company):
        """{member id: what he owes, with what is not yet in the accounts, as Decimal} in a company's currency."""
        debtors = {member.id: member.partner_id.commercial_partner_id.id for member in self}
        self.env.flush_all()
        parts = self.env["loyalty.club.customer.account"].sudo()._club_owed()  # sums only; the caller says who may see
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, SUM(amount)::text FROM (%s) parts
                    WHERE partner_id = ANY(%s) AND company_id = %s GROUP BY partner_id""",
                parts,
                list(debtors.values()),
                company.id,
            )
        )
        owed = {partner_id: Decimal(amount) for partner_id, amount in rows}
        digits = company.currency_id.decimal_places
        return {
            member_id: to_amount(owed.get(partner_id, Decimal(0)), digits) for member_id, partner_id in debtors.items()
        }

    def _club_account_refusal(self, company, more=0.0):
        """Why the member can't buy this on credit, as a message; False when he can.

        Two sales at once are told apart: each writes the member's row, so that the later one starts again and sees
        what the earlier one used.

        :param more: what the sale adds to what is saved already, in the company's currency
        """
        self.ensure_one()
        if not self.club_id.account_limits:
            return False
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_member SET account_turn = COALESCE(account_turn, 0) + 1
                    WHERE id IN (SELECT m.id FROM loyalty_club_member m JOIN res_partner p ON p.id = m.partner_id
                                  WHERE p.commercial_partner_id = %s ORDER BY m.id FOR NO KEY UPDATE OF m)""",
                self.partner_id.commercial_partner_id.id,
            ),
            log_exceptions=False,  # a serialisation failure here is normal: the request is replayed
        )
        limit = to_amount(self._club_account_limit(company), company.currency_id.decimal_places)
        used = self._club_account_used(company)[self.id]
        total = used + to_amount(more, company.currency_id.decimal_places)
        if total <= limit:
            return False
        return self.env._(
            "%(member)s may buy on credit up to %(limit)s. With this sale it would be %(total)s. "
            "Take another payment method, or have a manager raise the limit.",
            member=self.display_name,
            limit=format_amount(self.env, float(limit), company.currency_id),
            total=format_amount(self.env, float(total), company.currency_id),
        )
