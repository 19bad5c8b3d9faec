"""Books and tills: a session writes its orders into the accounts when it closes, an invoiced one its lines at once."""

from odoo import models
from odoo.tools import SQL


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    def _club_tie_parts(self):
        return [*super()._club_tie_parts(), self._club_session_part()]

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
