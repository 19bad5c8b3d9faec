"""Purchases of members, whatever channel they came through: one query that statistics of all addons read."""

from odoo import api, models
from odoo.tools import SQL


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
        """Purchases of a club's members as a query of (member_id, at, amount).

        A contact of a member's company counts for the member, unless he is a member himself. Orders of companies
        outside the club don't count.

        :param since, until: naive UTC instants, until exclusive
        """
        queries = self._club_queries() or [
            SQL("SELECT NULL::int AS partner_id, NULL::int AS company_id, NULL::timestamp AS at, 0::numeric AS amount")
        ]
        club = club.sudo()  # also of companies that the user does not see: they are the club's
        companies = club.company_id | club.company_ids | club.branch_ids.company_id
        return SQL(
            """SELECT m.id AS member_id, b.at, b.amount
                 FROM (%(orders)s) b (partner_id, company_id, at, amount)
                 JOIN res_partner p ON p.id = b.partner_id
                 JOIN loyalty_club_member m ON m.club_id = %(club)s AND m.merged_into_id IS NULL
                      AND (m.partner_id = p.id OR (m.partner_id = p.commercial_partner_id AND NOT EXISTS (
                           SELECT FROM loyalty_club_member own WHERE own.club_id = %(club)s
                              AND own.partner_id = p.id AND own.merged_into_id IS NULL)))
                WHERE b.at >= %(since)s AND b.at < %(until)s AND b.company_id IN %(companies)s""",
            orders=SQL(" UNION ALL ").join(queries),
            club=club.id,
            since=since,
            until=until,
            companies=tuple(self.env["res.company"].sudo().search([("id", "child_of", companies.ids)]).ids),
        )

    @api.model
    def _club_look_again(self, model, ids):
        """Something happened to these documents in another channel (a till settled a sale order, or took its goods
        back). The addon that books them looks at them before the commit."""
