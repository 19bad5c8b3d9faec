"""Purchases at the till beyond points: the day's visit, and what invited friends buy."""

from fractions import Fraction

from odoo import models
from odoo.addons.loyalty_club.rules import scoring
from odoo.addons.loyalty_club.rules.referral import kept_amount
from odoo.exceptions import UserError
from odoo.tools import SQL


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_note_visit(self, member, branch):
        """Note the member's visit and, for an invited friend, the purchase; neither ever blocks the paid sale."""
        Referral = self.env["loyalty.club.referral"]
        if not member or not Referral._club_wants_purchases(branch.club_id):
            return
        if self.amount_total <= 0 or not self.lines.filtered(lambda line: line.qty > 0):
            return
        try:
            member._club_visit(at=self._club_at(), branch=branch)
        except UserError as error:
            self._club_note("refused", branch.club_id, str(error), member_id=member.id)
        referral = Referral._club_open_friends(self.partner_id).get(self.partner_id.id)
        if referral and referral.club_id == branch.club_id:
            referral._club_note_purchase(self, self._club_at(), branch)

    def _club_referral_kept(self, until):
        """What was paid for this order and not returned before ``until``, as points are scored (Decimal)."""
        self.ensure_one()
        paid = scoring.paid(self.lines._club_scoring_lines())
        if self.state in ("draft", "cancel"):
            paid = {}
        return kept_amount(paid, self._club_returned_until(until), self.currency_id.decimal_places)

    def _club_returned_until(self, until):
        """{line uuid: fraction} of the goods that came back before ``until``."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.uuid, line.qty::text, SUM(-back.qty)::text FROM pos_order_line line
                     JOIN pos_order_line back ON back.refunded_orderline_id = line.id
                     JOIN pos_order refund ON refund.id = back.order_id AND refund.state NOT IN ('draft', 'cancel')
                    WHERE line.order_id = %s AND line.qty <> 0 AND refund.date_order < %s GROUP BY line.id""",
                self.id,
                until,
            )
        )
        return {uuid: Fraction(back) / Fraction(quantity) for uuid, quantity, back in rows}


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _club_bought_before(self):
        return super()._club_bought_before() or bool(
            self.env["pos.order"]
            .sudo()  # a cashier who joins somebody need not see other tills' orders
            .search_count(
                [
                    ("partner_id", "in", (self.partner_id | self.partner_id.commercial_partner_id).ids),
                    ("state", "not in", ("draft", "cancel")),
                    ("date_order", "<", self.joined_at),
                ],
                limit=1,
            )
        )
