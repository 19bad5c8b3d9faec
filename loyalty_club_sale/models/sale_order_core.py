"""Core's seams: for managed programs core shows and spends the ledger's figures, and books nothing itself.

PORT-20: re-read each method here; later versions of Odoo keep the history as the balance.
"""

from collections import defaultdict

from odoo import models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.tools.amount import ceil_amount, to_amount
from odoo.addons.loyalty_club.tools.gift_code import is_code
from odoo.exceptions import UserError
from odoo.http import request

from .sale_order_booked import EARNED, LOADED, SPENT


def managed(card_or_program):
    """Whether a club's ledger keeps this card or program; readable by everybody who sells."""
    record = card_or_program.sudo()
    return bool((record.program_id if record._name == "loyalty.card" else record).club_id)


def pays(card_or_program):
    """Whether this card or program is stored value of a club: it pays as a payment, outside of core's rewards."""
    record = card_or_program.sudo()
    program = record.program_id if record._name == "loyalty.card" else record
    return bool(program.club_id) and program.club_kind != "points"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_point_changes(self):
        """What the ledger follows moves through it; what core booked before a club came, core undoes."""
        changes = defaultdict(float)
        for order in self:
            for card, change in super(SaleOrder, order)._get_point_changes().items():
                if not managed(card):
                    changes[card] += change
                elif not order._club_follows(card.sudo().program_id):
                    changes[card.sudo()] += change  # the adapter lets the system change balances, not sellers
        return changes

    def _add_points_for_coupon(self, coupon_points):
        # on a confirmed order core also moves the points of the card; the ledger does that for managed ones
        return super()._add_points_for_coupon(
            {card.with_context(loyalty_club_ignore_points=True): points for card, points in coupon_points.items()}
        )

    # Core's list holds leaves that website_sale_loyalty replaces in place, so these are more leaves of the same list.

    def _get_program_domain(self):
        return [*super()._get_program_domain(), "|", ("club_id", "=", False), ("club_kind", "=", "points")]

    def _get_trigger_domain(self):
        return [
            *super()._get_trigger_domain(),
            *("|", ("program_id.club_id", "=", False), ("program_id.club_kind", "=", "points")),
        ]

    def _get_claimable_rewards(self, forced_coupons=None):
        """Credit, gift and prepaid cards of a club pay; they are never a discount line."""
        claimable = super()._get_claimable_rewards(forced_coupons=forced_coupons)
        for coupon in [coupon for coupon in claimable if pays(coupon)]:
            del claimable[coupon]
        return claimable

    def _try_apply_code(self, code):
        """A card's code typed as a promo code: a discount card gives its discount; any other code gets Odoo's usual
        answer, and is a try like any other wrong code."""
        answer = super()._try_apply_code(code)
        if not isinstance(answer, dict) or not answer.get("not_found") or not is_code(str(code or "")):
            return answer
        discounts = self._club_discount_clubs()
        address = request.httprequest.remote_addr if request else None
        for club in self._club_managed_programs().club_id - discounts:
            if club.gift_program_id or club.prepaid_program_id:
                self.env["loyalty.club.attempt"].sudo()._club_try(club, address=address)  # whoever it was
        if not discounts:
            return answer
        problem = self._club_apply_discount_card(code)
        if problem == self.env["loyalty.club.gift"]._club_wrong_code():
            return answer
        return {"error": problem} if problem else {}

    def _apply_program_reward(self, reward, coupon, **kwargs):
        if pays(coupon):
            return {"error": self.env._("The balance of this card pays invoices; it is not a discount.")}
        return super()._apply_program_reward(reward, coupon, **kwargs)

    def _update_programs_and_rewards(self):
        self._club_offer_company_cards()
        return super()._update_programs_and_rewards()

    def _club_offer_company_cards(self):
        """Let a contact use what his company has in the club; core only looks for cards of the contact."""
        company = self.partner_id.commercial_partner_id
        if company == self.partner_id or not self._allow_nominative_programs():
            return
        programs = self._club_programs()[self].filtered("active").filtered(lambda program: not pays(program))
        members = self._club_members(programs.club_id)[self]
        accounts = self.env["loyalty.club.member"].sudo().union(*members.values()).account_ids
        cards = accounts.filtered(
            lambda account: (
                account.program_id in programs and account.balance > 0 and account.member_id.partner_id == company
            )
        ).card_id
        if cards - self.applied_coupon_ids:
            self.applied_coupon_ids |= cards.sudo(False)

    def _program_check_compute_points(self, programs):
        ours = programs.filtered(managed)
        result = super()._program_check_compute_points(programs - ours)
        if ours:
            members = self._club_members(ours.sudo().club_id)[self]
            for program in ours:
                result[program] = self._club_program_status(program.sudo(), members.get(program.sudo().club_id))
        return result

    def _club_program_status(self, program, member):
        """Core's answer for a program: the points this order will earn, or why it has nothing to do with the order.

        Core makes a card for whoever has none; ours come with the first movement, so a member without one is left out.
        """
        if not self._club_counts(program):
            return {"error": self.env._("The program is not available for this order.")}
        if not member:
            return {"error": self.env._("The customer is not a member of %s.", program.club_id.name)}
        if member.state != "active":
            return {"error": self.env._("The membership %s is not active.", member.number)}
        account = member.account_ids.filtered(lambda account: account.program_id == program)
        if not account or account.card_id.partner_id != self.partner_id:
            return {"error": self.env._("The points of this order are booked by the club.")}
        return {"points": [float(self.sudo()._club_score(program).points)]}

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        if not managed(coupon):
            return super()._get_real_points_for_coupon(coupon, post_confirm)
        return float(self.sudo()._club_spendable(coupon.sudo()))  # sellers see what can be spent, not the ledger

    def _club_spendable(self, card):
        """What is left of the card for more rewards: what the ledger lets be spent, less what the order's lines claim.

        Points that this order will earn are not there yet.
        """
        self.ensure_one()
        account = card.club_account_ids[:1]
        digits = card.program_id._club_decimals()
        there = ZERO
        if account and account.member_id.state in (False, "active") and self._club_counts(card.program_id):
            there = to_amount(account.available, 3)
        if self.ids and account:
            rows = self._club_booked().get(self.id, [])
            there -= sum((row.amount for row in rows if (row.side, row.account_id) == (SPENT, account.id)), ZERO)
        costs = self.order_line.filtered(lambda line: line.coupon_id == card).mapped("points_cost")
        return there - to_amount(sum(costs), digits + 6)

    def _get_reward_line_values(self, reward, coupon, **kwargs):
        values = super()._get_reward_line_values(reward, coupon, **kwargs)
        if managed(coupon):
            digits = coupon.sudo().program_id._club_decimals()
            for vals in values:
                vals["points_cost"] = float(ceil_amount(to_amount(vals.get("points_cost") or 0, digits + 6), digits))
        return values

    def _club_refuse_overspending(self):
        """Say before anything happens which orders claim more than there is, all orders of the call together.

        :raises UserError: not enough points, a blocked member, or somebody else's balance
        """
        self.env.flush_all()
        orders = self.sudo().filtered(lambda order: order.state in ("draft", "sent"))
        costs = orders._club_account_costs(orders.order_line._club_bills(), confirmed=("draft", "sent"))
        booked = orders._club_booked()
        totals = {}
        for (order, account), cost in costs.items():
            order._club_may(SPENT, account, account.member_id)
            # what an invoice of an order that was confirmed before has spent already
            cost += sum(
                (row.amount for row in booked.get(order.id, ()) if (row.side, row.account_id) == (SPENT, account.id)),
                ZERO,
            )
            names, total = totals.get(account, ([], ZERO))
            totals[account] = [*names, order.name], total + cost
        for account, (names, total) in totals.items():
            available = to_amount(account.available, 3)
            if total > available:
                raise UserError(
                    self.env._(
                        "%(who)s has %(available)s to spend; %(orders)s need %(needed)s. "
                        "Take rewards off, or confirm the orders one by one.",
                        who=account.member_id.display_name or account.card_id.code,
                        available=account._club_format(available),
                        orders=", ".join(names),
                        needed=account._club_format(total),
                    )
                )

    def _compute_loyalty_data(self):
        result = super()._compute_loyalty_data()
        booked = self.sudo()._club_booked()  # the customer's own figures, on the order and on his portal page
        for order in self.filtered(lambda order: order.state == "sale" and order.id in booked):
            totals = {EARNED: ZERO, SPENT: ZERO}
            rows = [row for row in booked[order.id] if row.side != LOADED]
            for row in rows:
                totals[row.side] += row.amount if row.side == EARNED else -row.amount
            programs = self.env["loyalty.program"].sudo().browse({row.program_id for row in rows})
            core = order.loyalty_data or {}
            order.loyalty_data = {
                "point_name": core.get("point_name")
                or (programs.portal_point_name if len(programs) == 1 else self.env._("Points")),
                "issued": core.get("issued", 0) + float(totals[EARNED]),
                "cost": core.get("cost", 0) + float(totals[SPENT]),
            }
        return result
