"""What templates say of a member: the values that are known of everybody, worked out for many members at once."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyClubTemplate(models.Model):
    _inherit = "loyalty.club.template"

    @api.model
    def _club_value_sources(self):
        """{method: codes it gives}. A method takes members, gives {member id: {code: value}}; features add theirs."""
        return {
            "_club_values_person": {"name", "number", "card", "branch", "club", "invitation_code"},
            "_club_values_balances": {"points", "credit"},
            "_club_values_lots": {"points_expiring", "points_expire_on", "credit_expiring", "credit_expire_on"},
            "_club_values_links": {"link", "invitation"},
            "_club_values_today": {"today"},
        }

    @api.model
    def _club_member_values(self, members, codes):
        """{member id: {code: value}} of those of ``codes`` that are known of every member; a few queries for all."""
        values = {member_id: {} for member_id in members.ids}
        for method, given in self._club_value_sources().items():
            if members and given & codes:
                for member_id, more in getattr(self, method)(members).items():
                    values[member_id].update(more)
        return values

    def _club_values_person(self, members):
        members.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT m.id, m.club_id, p.name, m.number, c.number, b.name, m.referral_code
                     FROM loyalty_club_member m JOIN res_partner p ON p.id = m.partner_id
                LEFT JOIN loyalty_club_branch b ON b.id = m.joined_branch_id
                LEFT JOIN LATERAL (SELECT number FROM loyalty_club_card WHERE member_id = m.id AND state = 'active'
                                 ORDER BY id DESC LIMIT 1) c ON TRUE
                    WHERE m.id = ANY(%s)""",
                members.ids,
            )
        )
        names = ("name", "number", "card", "branch", "invitation_code")
        clubs = {club: self.env["loyalty.club"].sudo().browse(club).name for club in {row[1] for row in rows}}
        return {row[0]: {**dict(zip(names, row[2:], strict=True)), "club": clubs[row[1]]} for row in rows}

    def _club_values_balances(self, members):
        values = {member_id: {} for member_id in members.ids}
        rows = self.env.execute_query(
            SQL(
                """SELECT member_id, kind, balance::text FROM loyalty_club_account
                    WHERE member_id = ANY(%s) AND kind IN ('points', 'credit')""",
                members.ids,
            )
        )
        for member in members:  # who never had any has none; what the club does not have is not there
            values[member.id]["points"] = Decimal(0)
            values[member.id]["credit"] = Decimal(0) if member.club_id.credit_program_id else None
        for member_id, kind, balance in rows:
            values[member_id][kind] = Decimal(balance)
        return values

    def _club_values_lots(self, members):
        """What ends first of each balance. The end is told as an instant: its day is the day before midnight."""
        values = {member_id: {} for member_id in members.ids}
        self.env["loyalty.club.lot"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (a.member_id, a.kind) a.member_id, a.kind, SUM(l.remaining)::text, l.expires_at
                     FROM loyalty_club_account a JOIN loyalty_club_lot l ON l.account_id = a.id
                    WHERE a.member_id = ANY(%s) AND a.kind IN ('points', 'credit')
                      AND l.remaining > 0 AND l.expires_at > %s
                 GROUP BY a.member_id, a.kind, l.expires_at ORDER BY a.member_id, a.kind, l.expires_at""",
                members.ids,
                fields.Datetime.now(),
            )
        )
        for member_id, kind, amount, ends in rows:
            last = fields.Datetime.subtract(ends, seconds=1)
            values[member_id].update({f"{kind}_expiring": Decimal(amount), f"{kind}_expire_on": last})
        return values

    def _club_values_links(self, members):
        bases = {club.id: club.get_base_url() for club in members.club_id}
        values = {}
        for member in members:
            base, code = bases[member.club_id.id], member.referral_code
            values[member.id] = {"link": f"{base}/my/club", "invitation": f"{base}/club/join/{code}" if code else None}
        return values

    def _club_values_today(self, members):
        days = {club: club._club_today() for club in members.club_id}
        return {member.id: {"today": days[member.club_id]} for member in members}
