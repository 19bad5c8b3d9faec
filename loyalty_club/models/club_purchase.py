"""Purchases of members, whatever channel they came through: one query that statistics of all addons read."""

from odoo import api, models
from odoo.tools import SQL

#: Units of a currency for one of the company's on the day of a purchase, as Odoo converts: the company's own rate
#: before one of all companies, the first known one before any is, 1 without one.
RATE = """COALESCE(
    (SELECT r.rate FROM res_currency_rate r
      WHERE r.currency_id = %(currency)s AND r.name <= b.at::date AND (r.company_id IS NULL OR r.company_id = f.root_id)
   ORDER BY r.company_id, r.name DESC LIMIT 1),
    (SELECT r.rate FROM res_currency_rate r
      WHERE r.currency_id = %(currency)s AND (r.company_id IS NULL OR r.company_id = f.root_id)
   ORDER BY r.company_id, r.name LIMIT 1), 1)"""


class LoyaltyClubPurchase(models.AbstractModel):
    _name = "loyalty.club.purchase"
    _description = "Purchases of Members"

    @api.model
    def _club_queries(self):
        """Queries of (partner_id, company_id, at, amount): what people bought, with its UTC instant and its amount
        in the company's currency, tax included; a return is a row below zero. An addon with orders adds its own."""
        return []

    @api.model
    def _club_query(self, club, since, until):
        """Purchases of a club's members as a query of (member_id, at, amount), amounts in the club's currency: those
        of companies with another one at the rate of the purchase's day.

        A contact of a member's company counts for the member, unless he is a member himself. Orders of companies
        outside the club don't count.

        :param since, until: naive UTC instants, until exclusive
        """
        queries = self._club_queries() or [
            SQL("SELECT NULL::int AS partner_id, NULL::int AS company_id, NULL::timestamp AS at, 0::numeric AS amount")
        ]
        club = club.sudo()  # also of companies that the user does not see: they are the club's
        companies = club.company_id | club.company_ids | club.branch_ids.company_id
        companies = self.env["res.company"].sudo().search([("id", "child_of", companies.ids)])
        amount, foreign = self._club_exchange(companies, club.currency_id)
        return SQL(
            """SELECT m.id AS member_id, b.at, %(amount)s AS amount
                 FROM (%(orders)s) b (partner_id, company_id, at, amount) %(foreign)s
                 JOIN res_partner p ON p.id = b.partner_id
                 JOIN loyalty_club_member m ON m.club_id = %(club)s AND m.merged_into_id IS NULL
                      AND (m.partner_id = p.id OR (m.partner_id = p.commercial_partner_id AND NOT EXISTS (
                           SELECT FROM loyalty_club_member own WHERE own.club_id = %(club)s
                              AND own.partner_id = p.id AND own.merged_into_id IS NULL)))
                WHERE b.at >= %(since)s AND b.at < %(until)s AND b.company_id IN %(companies)s""",
            amount=amount,
            foreign=foreign,
            orders=SQL(" UNION ALL ").join(queries),
            club=club.id,
            since=since,
            until=until,
            companies=tuple(companies.ids),
        )

    def _club_exchange(self, companies, currency):
        """(the amount of a purchase ``b`` in ``currency``, a join that it needs for companies with another one)."""
        foreign = companies.filtered(lambda company: company.currency_id != currency)
        if not foreign:
            return SQL("b.amount"), SQL()
        self.env["res.currency.rate"].flush_model()
        rows = SQL(", ").join(
            SQL("(%s, %s, %s)", company.id, company.currency_id.id, company.root_id.id) for company in foreign
        )
        amount = SQL(
            "CASE WHEN f.company_id IS NULL THEN b.amount ELSE b.amount * %s / NULLIF(%s, 0) END",
            SQL(RATE, currency=currency.id),
            SQL(RATE, currency=SQL("f.currency_id")),
        )
        return amount, SQL(
            "LEFT JOIN (VALUES %s) f (company_id, currency_id, root_id) ON f.company_id = b.company_id", rows
        )

    @api.model
    def _club_look_again(self, model, ids):
        """Something happened to these documents in another channel (a till settled a sale order, or took its goods
        back). The addon that books them looks at them before the commit."""
