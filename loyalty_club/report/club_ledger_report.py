"""Movements as a table for pivots and charts: one row per posting, read from the ledger, never stored."""

from odoo import fields, models

from ..rules.movement import VALUE_KINDS


class LoyaltyClubLedgerReport(models.Model):
    _name = "loyalty.club.ledger.report"
    _description = "Club Movements"
    _auto = False
    _order = "occurred_at desc, id desc"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True)
    occurred_at = fields.Datetime(string="Date", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["loyalty.club.entry"]._fields["kind"]._description_selection(self.env),
        readonly=True,
    )
    value = fields.Selection(
        selection=[("points", "Points"), ("credit", "Credit"), ("gift", "Gift card"), ("prepaid", "Prepaid card")],
        readonly=True,
    )
    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True)
    program_id = fields.Many2one(comodel_name="loyalty.program", readonly=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True)
    issuer_id = fields.Many2one(comodel_name="loyalty.club.branch", string="Issuing branch", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    member_id = fields.Many2one(comodel_name="loyalty.club.member", readonly=True)
    account_id = fields.Many2one(comodel_name="loyalty.club.account", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True)
    change = fields.Float(digits=(16, 2), readonly=True)
    came_in = fields.Float(digits=(16, 2), readonly=True)
    went_out = fields.Float(digits=(16, 2), readonly=True)

    @property
    def _table_query(self):
        kinds = ", ".join(f"'{kind}'" for kind in VALUE_KINDS)
        return f"""
            SELECT p.id, p.entry_id, e.occurred_at, e.kind, a.kind AS value, e.club_id, a.program_id, e.branch_id,
                   l.branch_id AS issuer_id, e.company_id, a.member_id, p.account_id, e.user_id,
                   CASE WHEN p.to_account_id = p.account_id THEN p.amount ELSE -p.amount END AS change,
                   CASE WHEN p.to_account_id = p.account_id THEN p.amount ELSE 0 END AS came_in,
                   CASE WHEN p.to_account_id = p.account_id THEN 0 ELSE p.amount END AS went_out
              FROM loyalty_club_posting p
              JOIN loyalty_club_entry e ON e.id = p.entry_id
              JOIN loyalty_club_account a ON a.id = p.account_id AND a.kind IN ({kinds})
         LEFT JOIN loyalty_club_lot l ON l.id = p.lot_id"""
