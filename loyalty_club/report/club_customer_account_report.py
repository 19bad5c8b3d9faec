"""Customer accounts: what each member may buy on credit and how much of it he has used; read, never stored.

``_club_parts`` is the one answer to "what does he owe": the report and the check before a sale both sum it up.
"""

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyClubCustomerAccount(models.Model):
    _name = "loyalty.club.customer.account"
    _description = "Customer Account"
    _auto = False
    _order = "used desc, id"
    _rec_name = "member_id"

    member_id = fields.Many2one(comodel_name="loyalty.club.member", readonly=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Who owes", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    joined_branch_id = fields.Many2one(comodel_name="loyalty.club.branch", string="Joined at", readonly=True)
    credit_limit = fields.Monetary(string="Limit", readonly=True)
    used = fields.Monetary(readonly=True, help="Invoices and till sales that are not paid, and confirmed orders.")
    left_over = fields.Monetary(string="Left", readonly=True)
    state = fields.Selection(
        selection=[("free", "Nothing owed"), ("within", "Within the limit"), ("above", "Above the limit")],
        readonly=True,
    )

    @api.model
    def _club_parts(self):
        """Queries of (partner_id, company_id, amount) that add up to what commercial partners owe, by company."""
        return [
            SQL(
                """SELECT c.commercial_partner_id AS partner_id, l.company_id, l.amount_residual AS amount
                     FROM account_move_line l
                     JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                     JOIN res_partner c ON c.id = l.partner_id
                    WHERE l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0"""
            )
        ]

    @api.model
    def _club_owed(self):
        """All parts as one query of (partner_id, company_id, amount)."""
        return SQL(" UNION ALL ").join(self._club_parts())

    @property
    def _table_query(self):
        return SQL(
            """SELECT m.id, m.id AS member_id, m.club_id, p.id AS partner_id, m.joined_branch_id, k.company_id,
                      t.credit_limit, COALESCE(o.used, 0) AS used, t.credit_limit - COALESCE(o.used, 0) AS left_over,
                      CASE WHEN COALESCE(o.used, 0) <= 0 THEN 'free'
                           WHEN o.used <= t.credit_limit THEN 'within' ELSE 'above' END AS state
                 FROM loyalty_club_member m
                 JOIN loyalty_club k ON k.id = m.club_id
                 JOIN res_partner c ON c.id = m.partner_id
                 JOIN res_partner p ON p.id = c.commercial_partner_id
           CROSS JOIN LATERAL (SELECT COALESCE((p.credit_limit ->> k.company_id::text)::numeric, 0) AS credit_limit) t
            LEFT JOIN (SELECT partner_id, company_id, SUM(amount) AS used FROM (%s) parts
                     GROUP BY partner_id, company_id) o ON o.partner_id = p.id AND o.company_id = k.company_id
                WHERE m.merged_into_id IS NULL AND (t.credit_limit > 0 OR o.used <> 0)""",
            self._club_owed(),
        )
