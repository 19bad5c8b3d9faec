"""Closing a session: payments with stored value debit the liability, also when more was given back than paid."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class PosSession(models.Model):
    _inherit = "pos.session"

    club_offline_orders = fields.Integer(
        string="Paid without network",
        compute="_compute_club_offline",
        help="Orders of customers of the club that this till paid without network.",
    )
    club_offline_points = fields.Float(
        string="Points taken without network", digits=(16, 3), compute="_compute_club_offline"
    )
    club_offline_value = fields.Float(
        string="Credit and cards taken without network", digits=(16, 3), compute="_compute_club_offline"
    )
    club_offline_refused = fields.Float(
        string="Not taken, for a person to settle",
        digits=(16, 3),
        compute="_compute_club_offline",
        help="What orders without network wanted beyond the budgets of the club.",
    )

    def _compute_club_offline(self):
        """The share of the session that nobody could check while it happened."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.session_id, COUNT(*),
                          COALESCE(SUM(taken.points), 0), COALESCE(SUM(taken.value), 0),
                          COALESCE(SUM(refused.amount), 0)
                     FROM pos_order o
                LEFT JOIN LATERAL (
                          SELECT SUM(posting.amount) FILTER (WHERE account.kind = 'points') AS points,
                                 SUM(posting.amount) FILTER (WHERE account.kind <> 'points') AS value
                            FROM loyalty_club_entry entry
                            JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                            JOIN loyalty_club_account account ON account.id = posting.account_id
                           WHERE entry.origin_model = 'pos.order' AND entry.origin_id = o.id
                             AND jsonb_exists(entry.details, 'offline')) taken ON TRUE
                LEFT JOIN LATERAL (
                          SELECT SUM(amount) AS amount FROM loyalty_club_exception
                           WHERE origin_model = 'pos.order' AND origin_id = o.id
                             AND kind IN ('refused', 'refund')) refused ON TRUE
                    WHERE o.club_offline AND o.session_id = ANY(%s) AND o.state IN ('paid', 'done')
                 GROUP BY 1""",
                self.ids,
            )
        )
        found = {row[0]: [float(value) for value in row[1:]] for row in rows}
        for session in self:
            orders, points, value, refused = found.get(session.id, (0, 0.0, 0.0, 0.0))
            session.club_offline_orders = orders
            session.club_offline_points = points
            session.club_offline_value = value
            session.club_offline_refused = refused

    def _create_combine_account_payment(self, payment_method, amounts, diff_amount):
        # cashiers close sessions and don't read the books
        book = (
            self.env["loyalty.club.book"]
            .sudo()
            .search([("payment_journal_id", "=", payment_method.journal_id.id), ("ready", "=", True)])
        )
        if not book:
            return super()._create_combine_account_payment(payment_method, amounts, diff_amount)
        if not self.currency_id.is_zero(diff_amount):
            raise UserError(
                self.env._(
                    "What was paid with %(method)s is what the club's ledger took and cannot be counted differently. "
                    "Enter %(amount)s.",
                    method=payment_method.name,
                    amount=f"{amounts['amount']:.{self.currency_id.decimal_places}f}",
                )
            )
        if self.currency_id.compare_amounts(amounts["amount"], 0) < 0:
            return self._club_create_refund_payment(book, payment_method, amounts)
        return super()._create_combine_account_payment(payment_method, amounts, diff_amount)

    def _club_create_refund_payment(self, book, payment_method, amounts):
        """Credit the liability and debit the receivable. Core exchanges the two accounts *and* the direction and then
        computes one of them again, so both lines would be on the liability."""
        receivable = self._get_receivable_account(payment_method)
        payment = (
            self.env["account.payment"]
            .with_context(pos_payment=True)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "amount": -amounts["amount"],
                    "journal_id": payment_method.journal_id.id,
                    "force_outstanding_account_id": book.liability_account_id.id,
                    "destination_account_id": receivable.id,
                    "memo": self.env._(
                        "Combine %(payment_method)s POS payments from %(session)s",
                        payment_method=payment_method.name,
                        session=self.name,
                    ),
                    "pos_payment_method_id": payment_method.id,
                    "pos_session_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        )
        payment.action_post()
        return payment.move_id.line_ids.filtered(lambda item: item.account_id == receivable)
