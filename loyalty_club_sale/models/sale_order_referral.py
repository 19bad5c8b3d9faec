"""Sale orders beyond points: the day's visit, and what invited friends buy."""

from decimal import Decimal

from odoo import fields, models
from odoo.addons.loyalty_club.rules import scoring
from odoo.addons.loyalty_club.rules.referral import kept_amount


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        result = super().action_confirm()
        self.sudo()._club_note_visit()  # sellers note it without rights on the club
        return result

    def _club_note_visit(self):
        """Note the visit of the members who order."""
        if not any(code == "visit" for _club, code in self.env["loyalty.club.event.type"]._club_kinds_on()):
            return
        programs = self._club_programs()
        members = self._club_members(self.env["loyalty.program"].union(*programs.values()).club_id)
        for order in self.filtered(lambda order: order.state == "sale" and order.amount_total > 0):
            for club, member in members[order].items():
                branch = order.club_branch_id if order.club_branch_id.club_id == club else None
                member._club_visit(at=order.date_order, branch=branch)

    def _club_reconcile(self):
        result = super()._club_reconcile()
        self.sudo()._club_note_friends()  # sellers note it without rights on the club
        return result

    def _club_note_friends(self):
        """Note the orders of invited friends as soon as all that is left of them has got where orders earn."""
        orders = self.filtered(lambda order: order.state == "sale")
        referrals = self.env["loyalty.club.referral"]._club_open_friends(orders.partner_id)
        for order in orders:
            referral = referrals.get(order.partner_id.id)
            if referral and referral.club_id._club_serves(order.company_id):
                there, whole = order._club_referral_amounts(referral.club_id)
                if there and there == whole:
                    branch = order.club_branch_id if order.club_branch_id.club_id == referral.club_id else None
                    referral._club_note_purchase(order, max(order.date_order, fields.Datetime.now()), branch)

    def _club_referral_amounts(self, club):
        """(what is left of the order where orders earn, what is left of it at all), as points are scored."""
        self.ensure_one()
        paid = scoring.paid(self._club_scoring_lines(club.points_program_id))
        lines = self._club_goods()
        bills = self.order_line._club_bills()
        digits = club.currency_id.decimal_places
        amounts = []
        for state in (club.sale_earn_state, "confirmed"):
            shares = lines._club_kept_shares(state, bills)
            returned = {str(line_id): 1 - share for line_id, share in shares.items()}
            amounts.append(kept_amount(paid, returned, digits))
        return tuple(amounts)

    def _club_referral_kept(self, until):
        """What was paid for this order and not returned, in the club's currency; None while it is on its way.

        Credit notes count until the job looks at the order, which is once a day after ``until``.
        """
        self.ensure_one()
        if self.state != "sale":
            return Decimal(0)
        purchase = self.env["loyalty.club.referral.purchase"].search(
            [("origin_model", "=", self._name), ("origin_id", "=", self.id)], limit=1
        )
        there, whole = self._club_referral_amounts(purchase.club_id)
        return there if there == whole else None


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _club_bought_before(self):
        return super()._club_bought_before() or bool(
            self.env["sale.order"]
            .sudo()  # whoever joins somebody need not see other sellers' orders
            .search_count(
                [
                    ("partner_id", "in", (self.partner_id | self.partner_id.commercial_partner_id).ids),
                    ("state", "=", "sale"),
                    ("date_order", "<", self.joined_at),
                ],
                limit=1,
            )
        )
