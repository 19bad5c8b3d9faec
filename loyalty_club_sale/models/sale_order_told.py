"""What members are told of sale orders: when one has earned, and when goods came back."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

#: What an order brings at first, and what takes it back.
TOLD = {"earn": "purchase", "load": "purchase", "reverse": "refund"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_reconcile(self):
        Messenger = self.env["loyalty.club.messenger"]
        if not any(Messenger._club_listens(code) for code in ("purchase", "refund")):
            return super()._club_reconcile()
        self.env.flush_all()
        rows = self.env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM loyalty_club_entry"))
        result = super()._club_reconcile()
        self.sudo()._club_tell(rows[0][0])  # whoever sells reads no ledger
        return result

    def _club_tell(self, after):
        """Tell members what has been booked of these orders since the entry ``after``."""
        booked = defaultdict(lambda: defaultdict(Decimal))
        first = {}
        for entry_id, order_id, what, member_id, kind, amount in self._club_news(after):
            code = TOLD[what]
            name = {"purchase": "earned", "refund": "taken_back"}[code]
            key = code, order_id, member_id
            booked[key][name if kind == "points" else f"credit_{name}"] += Decimal(amount)
            first[key] = min(entry_id, first.get(key, entry_id))
        happened = defaultdict(list)
        for (code, order_id, member_id), values in booked.items():
            order = self.browse(order_id)
            cause = f"sale.order:{order_id}" + ("" if code == "purchase" else f":{first[code, order_id, member_id]}")
            happened[code].append(order._club_told_row(code, member_id, cause, dict(values)))
        for code, rows in happened.items():
            self.env["loyalty.club.messenger"]._club_happened(code, rows)

    def _club_news(self, after):
        """(entry, order, what, member, kind of value, amount) of new entries that brought something or took it back."""
        return self.env.execute_query(
            SQL(
                """SELECT e.id, e.origin_id, e.kind, a.member_id, a.kind, SUM(p.amount)::text
                     FROM loyalty_club_entry e
                     JOIN loyalty_club_posting p ON p.entry_id = e.id
                     JOIN loyalty_club_account a ON a.id = p.account_id AND a.member_id IS NOT NULL
                LEFT JOIN loyalty_club_entry root ON root.id = e.reversal_of_id
                    WHERE e.id > %s AND e.origin_model = %s AND e.origin_id = ANY(%s) AND a.kind IN ('points', 'credit')
                      AND (e.kind IN ('earn', 'load') OR (e.kind = 'reverse' AND root.kind IN ('earn', 'load')))
                 GROUP BY e.id, a.id""",
                after,
                self._name,
                self.ids,
            )
        )

    def _club_told_row(self, code, member_id, cause, values):
        self.ensure_one()
        member = self.env["loyalty.club.member"].browse(member_id)
        currency = member.club_id.currency_id
        values["order"] = self.name
        if code == "purchase":
            today = fields.Date.context_today(self)
            values["paid"] = self.currency_id._convert(self.amount_total, currency, self.company_id, today)
        branch = self.club_branch_id if self.club_branch_id.club_id == member.club_id else self.club_branch_id.browse()
        return {
            "member_id": member_id,
            "cause": cause,
            "values": values,
            "branch_id": branch.id or None,
            "origin": (self._name, self.id),
        }


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model
    def _club_visits_since(self, club, since):
        return [
            *super()._club_visits_since(club, since),
            SQL(
                """SELECT m.id AS member_id, o.date_order AS at FROM sale_order o
                     JOIN loyalty_club_member m ON m.partner_id = o.partner_id AND m.club_id = %s
                    WHERE o.date_order >= %s AND o.state = 'sale'""",
                club.id,
                since,
            ),
        ]
