"""What the shop owes the holders of credit and cards, by club, kind and branch, at any date: read from the ledger."""

from odoo import fields, models

from ..models.club_book import MONEY


class LoyaltyClubLiabilityReport(models.Model):
    _name = "loyalty.club.liability.report"
    _description = "Liability"
    _auto = False
    _order = "occurred_at desc, id desc"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True)
    occurred_at = fields.Datetime(string="Date", readonly=True)
    value = fields.Selection(selection=MONEY, string="Kind of value", readonly=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True)
    issuer_id = fields.Many2one(comodel_name="loyalty.club.branch", string="Issuing branch", readonly=True)
    member_id = fields.Many2one(comodel_name="loyalty.club.member", readonly=True)
    account_id = fields.Many2one(comodel_name="loyalty.club.account", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    sold = fields.Monetary(readonly=True, help="Paid for by customers, less what was taken back.")
    granted = fields.Monetary(readonly=True, help="Given, less what was taken back.")
    spent = fields.Monetary(readonly=True, help="Paid with, less what was given back.")
    expired = fields.Monetary(readonly=True)
    other = fields.Monetary(readonly=True, help="Openings, adjustments, transfers and fees.")
    owed = fields.Monetary(readonly=True, help="What the shop owes: all of it together.")

    @property
    def _table_query(self):
        kind = "COALESCE(u2.kind, u.kind, e.kind)"
        signed = "CASE WHEN p.to_account_id = p.account_id THEN p.amount ELSE -p.amount END"
        return f"""
            SELECT p.id, p.entry_id, e.occurred_at, a.kind AS value, e.club_id,
                   COALESCE(e.company_id, c.company_id) AS company_id, e.branch_id, l.branch_id AS issuer_id,
                   a.member_id, p.account_id, c.currency_id,
                   CASE WHEN {kind} = 'load' THEN {signed} ELSE 0 END AS sold,
                   CASE WHEN {kind} = 'earn' THEN {signed} ELSE 0 END AS granted,
                   CASE WHEN {kind} = 'redeem' THEN -({signed}) ELSE 0 END AS spent,
                   CASE WHEN {kind} = 'expire' THEN -({signed}) ELSE 0 END AS expired,
                   CASE WHEN {kind} NOT IN ('load', 'earn', 'redeem', 'expire') THEN {signed} ELSE 0 END AS other,
                   {signed} AS owed
              FROM loyalty_club_account a
              JOIN loyalty_club_posting p ON p.account_id = a.id
              JOIN loyalty_club_entry e ON e.id = p.entry_id
              JOIN loyalty_club c ON c.id = a.club_id
         LEFT JOIN loyalty_club_entry u ON u.id = e.reversal_of_id
         LEFT JOIN loyalty_club_entry u2 ON u2.id = u.reversal_of_id
         LEFT JOIN loyalty_club_lot l ON l.id = p.lot_id
             WHERE a.kind IN ('credit', 'gift', 'prepaid')"""
