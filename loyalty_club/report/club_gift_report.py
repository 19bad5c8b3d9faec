"""Cards as a table for pivots and charts: what was put on each one and what became of it, read from the ledger."""

from odoo import fields, models

from ..models.club_gift import KINDS


class LoyaltyClubGiftReport(models.Model):
    _name = "loyalty.club.gift.report"
    _description = "Gift Card Analysis"
    _auto = False
    _order = "sold_at desc, id desc"
    _rec_name = "gift_id"

    gift_id = fields.Many2one(comodel_name="loyalty.club.gift", string="Card", readonly=True)
    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True)
    program_id = fields.Many2one(comodel_name="loyalty.program", readonly=True)
    batch_id = fields.Many2one(comodel_name="loyalty.club.gift.batch", readonly=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", string="Sold in", readonly=True)
    kind = fields.Selection(selection=KINDS, readonly=True)
    state = fields.Selection(
        selection=[
            ("stock", "In stock"),
            ("active", "Active"),
            ("spent", "Spent"),
            ("expired", "Expired"),
            ("disabled", "Disabled"),
            ("void", "Taken back"),
        ],
        readonly=True,
    )
    sold_at = fields.Datetime(readonly=True)
    expires_on = fields.Date(readonly=True)
    card_count = fields.Integer(string="Cards", readonly=True)
    paid = fields.Float(string="Paid for", readonly=True)
    issued = fields.Float(readonly=True, help="All that was put on the cards.")
    voided = fields.Float(string="Taken back", readonly=True)
    spent = fields.Float(readonly=True, help="Less what was refunded to the cards.")
    expired = fields.Float(readonly=True)
    other = fields.Float(string="Adjusted", readonly=True, help="Adjustments and transfers.")
    liability = fields.Float(readonly=True, help="What is still owed to the bearers.")

    @property
    def _table_query(self):
        return """
            SELECT g.id, g.id AS gift_id, g.club_id, g.program_id, g.batch_id, g.branch_id, g.kind, g.sold_at,
                   g.expires_on, 1 AS card_count, g.paid,
                   CASE WHEN g.state <> 'active' THEN g.state
                        WHEN g.expires_on < CURRENT_DATE AND COALESCE(a.balance, 0) = 0 THEN 'expired'
                        WHEN g.kind <> 'discount' AND a.balance = 0 THEN 'spent'
                        ELSE 'active' END AS state,
                   COALESCE(moved.issued, 0) AS issued, COALESCE(moved.voided, 0) AS voided,
                   COALESCE(moved.spent, 0) AS spent, COALESCE(moved.expired, 0) AS expired,
                   COALESCE(moved.other, 0) AS other, COALESCE(a.balance, 0) AS liability
              FROM loyalty_club_gift g
         LEFT JOIN loyalty_club_account a ON a.id = g.account_id
         LEFT JOIN (
                SELECT p.account_id,
                       SUM(p.amount) FILTER (WHERE f.kind IN ('issue', 'opening')) AS issued,
                       SUM(p.amount) FILTER (WHERE t.kind IN ('issue', 'opening')) AS voided,
                       SUM(CASE WHEN t.kind = 'redeem' THEN p.amount
                                WHEN f.kind = 'redeem' THEN -p.amount END) AS spent,
                       SUM(CASE WHEN t.kind = 'expired' THEN p.amount WHEN f.kind = 'expired' THEN -p.amount END)
                           AS expired,
                       SUM(CASE WHEN f.kind IN ('adjust', 'transfer', 'core') THEN p.amount
                                WHEN t.kind IN ('adjust', 'transfer', 'core') THEN -p.amount END) AS other
                  FROM loyalty_club_posting p
                  JOIN loyalty_club_account f ON f.id = p.from_account_id
                  JOIN loyalty_club_account t ON t.id = p.to_account_id
                 WHERE p.account_id IN (SELECT account_id FROM loyalty_club_gift WHERE account_id IS NOT NULL)
              GROUP BY p.account_id) moved ON moved.account_id = g.account_id
        """
