"""What members are told of what happens at the till: that they are here, what they bought, what they brought back."""

from odoo import api, models
from odoo.tools import SQL


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_write_receipt(self, member, balances, spent, earned, taken_back, given_back):
        result = super()._club_write_receipt(member, balances, spent, earned, taken_back, given_back)
        goods = self.lines.filtered(lambda line: not line.is_reward_line)
        is_return = bool(goods.refunded_orderline_id) and not goods.filtered(lambda line: line.qty > 0)
        code = "refund" if is_return else "purchase"
        if self.env["loyalty.club.messenger"]._club_listens(code, member.club_id):
            moved = {"earned": earned, "spent": spent, "taken_back": taken_back, "given_back": given_back}
            self._club_tell(code, member, balances, moved)
        return result

    def _club_tell(self, code, member, balances, moved):
        """Tell the member what the receipt says.

        :param code: ``purchase`` or ``refund``
        :param balances: {program id: (account id, Decimal)}
        :param moved: {earned, spent, taken_back, given_back: {program id: Decimal}}
        """
        club = member.club_id
        points, credit = club.points_program_id.id, club.credit_program_id.id
        values = {"order": self.pos_reference or self.name, "points": balances.get(points, (0, 0))[1]}
        if code == "purchase":
            values["paid"] = self.amount_total
        else:
            # the till and the back office write amounts of a return with different signs
            values["refunded"] = abs(self.amount_total)
        for name, amounts in moved.items():
            values[name] = amounts.get(points) or None
        values["credit_earned"] = moved["earned"].get(credit) or None
        values["credit_spent"] = moved["spent"].get(credit) or None
        values["credit"] = balances.get(credit, (0, 0))[1] if credit else None
        values["credit_expiring"] = self.club_credit_expiring or None
        values["credit_expire_on"] = self.club_credit_expires_on or None
        self.env["loyalty.club.messenger"]._club_happened(
            code,
            [
                {
                    "member_id": member.id,
                    "cause": f"pos.order:{self.uuid}",
                    "values": values,
                    "branch_id": self.config_id.sudo().club_branch_id.id,  # the till's own branch
                    "origin": (self._name, self.id),
                    "at": self._club_at(),
                }
            ],
        )


class PosConfig(models.Model):
    _inherit = "pos.config"

    def club_identify(self, term):
        answer = super().club_identify(term)
        self._club_welcome(answer)
        return answer

    def club_sheet(self, partner_id):
        answer = super().club_sheet(partner_id)
        self._club_welcome(answer)
        return answer

    def _club_welcome(self, answer):
        """The one member that was found is here."""
        config = self.sudo()  # the till's own club and branch
        found = answer["members"] if answer["status"] == "member" else ()
        if len(found) == 1 and self.env["loyalty.club.messenger"]._club_listens("check_in", config.club_id):
            member = self.env["loyalty.club.member"].sudo().browse(found[0]["member_id"])
            if member.state == "active":
                member._club_here(config.club_branch_id)


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model
    def _club_visits_since(self, club, since):
        return [
            *super()._club_visits_since(club, since),
            SQL(
                """SELECT m.id AS member_id, o.date_order AS at FROM pos_order o
                     JOIN loyalty_club_member m ON m.partner_id = o.partner_id AND m.club_id = %s
                    WHERE o.date_order >= %s AND o.state NOT IN ('draft', 'cancel')""",
                club.id,
                since,
            ),
        ]
