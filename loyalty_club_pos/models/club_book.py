"""Books and tills: a session writes its orders into the accounts when it closes, an invoiced one its lines at once."""

from odoo import models
from odoo.addons.loyalty_club.models.club_book_job import SIGNED
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.tools import SQL


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    def _club_tie_parts(self):
        return [*super()._club_tie_parts(), self._club_session_part(), self._club_refused_part()]

    def _club_session_part(self):
        """What was sold and paid with in sessions that are not closed; the lines of invoiced orders are in already."""
        join = SQL(
            """JOIN pos_order ON pos_order.id = entry.origin_id
               JOIN pos_session session ON session.id = pos_order.session_id AND session.state <> 'closed'
          LEFT JOIN account_move invoice ON invoice.id = pos_order.account_move AND invoice.state = 'posted'
               JOIN LATERAL (SELECT COALESCE(undone.kind, entry.kind) = 'redeem'
                                         OR entry.key LIKE 'pos.payment:%%' AS pays) what
                 ON what.pays OR invoice.id IS NULL"""
        )
        return self._club_part_of(
            "sessions",
            self.env._("Orders of till sessions that are not closed"),
            "pos.order",
            self.env.execute_query(self._club_documented(join, "pos.order")),
        )

    def _club_refused_part(self):
        """Orders of closed sessions that were paid without network and refused in part, until a person has settled it.

        The session wrote their payments and sales into the accounts; the ledger has what was accepted.
        """
        program = self.club_id._club_program(self.kind)
        if self.currency_id != self.company_id.currency_id:
            return self._club_part_of("refused", self._club_refused_label(), "pos.order", ())
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, (COALESCE(booked.amount, 0) - COALESCE(sold.amount, 0) + COALESCE(paid.amount, 0))::text
                     FROM pos_order o
                     JOIN pos_session session ON session.id = o.session_id AND session.state = 'closed'
                LEFT JOIN LATERAL (SELECT SUM(payment.amount) AS amount FROM pos_payment payment
                              JOIN pos_payment_method method ON method.id = payment.payment_method_id
                             WHERE payment.pos_order_id = o.id AND method.club_kind = %(kind)s) paid ON TRUE
                LEFT JOIN LATERAL (SELECT SUM(line.qty * line.price_unit * (1 - line.discount / 100)) AS amount
                              FROM pos_order_line line
                             WHERE line.order_id = o.id AND line.product_id = ANY(%(products)s)) sold ON TRUE
                LEFT JOIN LATERAL (SELECT SUM(%(signed)s) AS amount
                              FROM loyalty_club_entry entry
                              JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                              JOIN loyalty_club_account account ON account.id = posting.account_id
                             WHERE entry.origin_model = 'pos.order' AND entry.origin_id = o.id AND entry.documented
                               AND account.kind = %(kind)s) booked ON TRUE
                    WHERE o.company_id = %(company)s
                      AND o.id IN (SELECT origin_id FROM loyalty_club_exception
                                    WHERE origin_model = 'pos.order' AND state = 'open'
                                      AND club_id = %(club)s AND kind IN ('refused', 'refund'))
                 ORDER BY o.id""",
                kind=self.kind,
                products=sorted(program._club_sold_products()) if program else [],
                signed=SIGNED,
                company=self.company_id.id,
                club=self.club_id.id,
            )
        )
        digits = self.currency_id.decimal_places
        rows = [(order_id, str(to_amount(amount, digits))) for order_id, amount in rows]
        return self._club_part_of("refused", self._club_refused_label(), "pos.order", rows)

    def _club_refused_label(self):
        return self.env._("Orders paid without network that were refused in part")

    def _club_open_refusal(self):
        """Sessions write what they sold when they are closed: what is written as opening now would be there twice."""
        refusal = super()._club_open_refusal()
        if refusal:
            return refusal
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT session.name
                     FROM loyalty_club_account account
                     JOIN loyalty_club_posting posting ON posting.account_id = account.id
                     JOIN loyalty_club_entry entry ON entry.id = posting.entry_id
                     JOIN pos_order ON entry.origin_model = 'pos.order' AND pos_order.id = entry.origin_id
                     JOIN pos_session session ON session.id = pos_order.session_id AND session.state <> 'closed'
                    WHERE account.club_id = %(club)s AND account.kind = %(kind)s AND entry.documented AND %(company)s
                 ORDER BY 1""",
                club=self.club_id.id,
                kind=self.kind,
                company=self._club_company_sql(),
            )
        )
        if rows:
            return self.env._(
                "Close the till sessions %(sessions)s first: they have sold or taken stored value and write it into "
                "the accounts when they are closed.",
                sessions=", ".join(name for (name,) in rows),
            )
        return False
