"""Books and sale orders: what invoices sold of stored value against what the ledger loaded for their orders."""

from odoo import models
from odoo.tools import SQL


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    def _club_tie_parts(self):
        return [*super()._club_tie_parts(), self._club_order_part(), self._club_transaction_part()]

    def _club_order_part(self):
        """Orders whose value is invoiced and not loaded yet (-), or loaded and not invoiced (+)."""
        cards = SQL("JOIN sale_order_line sold ON sold.id = entry.origin_id")
        loaded = SQL(
            "SELECT * FROM (%s) credit UNION ALL SELECT * FROM (%s) cards",
            self._club_documented(SQL(""), "sale.order"),
            self._club_documented(cards, "sale.order.line", SQL("sold.order_id")),
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT order_id, SUM(amount)::text FROM (
                          SELECT loaded.order_id, loaded.amount::numeric FROM (%(loaded)s) loaded(order_id, amount)
                   UNION ALL
                          SELECT line.order_id, %(amount)s
                            FROM account_move_line item
                            JOIN LATERAL (SELECT sold.order_id
                                            FROM sale_order_line_invoice_rel rel
                                            JOIN sale_order_line sold ON sold.id = rel.order_line_id
                                           WHERE rel.invoice_line_id = item.id LIMIT 1) line ON TRUE
                           WHERE item.account_id = %(account)s AND item.company_id = %(company)s
                             AND item.parent_state = 'posted') every
                 GROUP BY order_id HAVING SUM(amount) <> 0 ORDER BY order_id""",
                loaded=loaded,
                amount=self._club_item_amount(),
                account=self.liability_account_id.id,
                company=self.company_id.id,
            )
        )
        return self._club_part_of(
            "orders", self.env._("Orders invoiced and not paid, or paid and not invoiced"), "sale.order", rows
        )

    def _club_transaction_part(self):
        """Online payments with stored value whose payment is not posted."""
        join = SQL(
            """JOIN payment_transaction online ON online.id = entry.origin_id AND NOT EXISTS (
                      SELECT FROM account_payment payment JOIN account_move move ON move.id = payment.move_id
                       WHERE payment.id = online.payment_id AND move.state = 'posted')"""
        )
        return self._club_part_of(
            "transactions",
            self.env._("Online payments that are not posted yet"),
            "payment.transaction",
            self.env.execute_query(self._club_documented(join, "payment.transaction")),
        )
