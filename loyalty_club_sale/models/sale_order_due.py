"""What orders should have earned and spent by now: the target that the ledger is brought to."""

import hashlib
import json
from collections import defaultdict
from fractions import Fraction

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules import scoring
from odoo.addons.loyalty_club.rules.order_due import due_cost, due_points
from odoo.addons.loyalty_club.tools.amount import ceil_amount, exact, to_amount


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_serves(self, company):
        """Whether orders of ``company`` belong to this club."""
        self.ensure_one()
        return bool((self.company_ids or self.company_id) & company.parent_ids)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # -- who and what ----------------------------------------------------------------------------------------------

    @api.model
    def _club_managed_programs(self):
        return (
            self.env["loyalty.program"]
            .sudo()  # sellers earn for members without reading the club's set-up
            .with_context(active_test=False)
            .search([("club_id", "!=", False)])
        )

    def _club_programs(self):
        """{order: managed programs that it earns in}. A confirmed order keeps those it was scored with."""
        managed = self._club_managed_programs()
        return {
            order: managed.filtered(
                lambda program, order=order: (
                    str(program.id) in order._club_frozen()
                    or (order._club_follows(program) and order._club_counts(program))
                )
            )
            for order in self
        }

    def _club_follow(self):
        """From the confirmation on the ledger follows these orders, in the programs that clubs manage now.

        Programs that a club takes over later stay core's on these orders: core has booked them already.
        """
        followed = self._club_managed_programs().ids
        for order in self.sudo():  # the field is for the system alone
            day = fields.Date.to_string(order._get_confirmed_tx_create_date())
            order.club_score = {"followed": followed, "weights": {}, "day": day}

    def _club_follows(self, program):
        """Whether what this order does to cards of ``program`` is the ledger's business."""
        self.ensure_one()
        score = self.sudo().club_score or {}
        return bool(program.sudo().club_id) and (
            self.state in ("draft", "sent") or program.id in score.get("followed", ())
        )

    def _club_counts(self, program):
        """Whether ``program`` is open to this order on its day."""
        self.ensure_one()
        return (
            program.sale_ok
            and program._club_runs(self._club_day())
            and (not program.company_id or program.company_id in self.company_id.sudo().parent_ids)
            and (not program.pricelist_ids or self.pricelist_id in program.pricelist_ids)
            and program.club_id._club_serves(self.company_id.sudo())
        )

    def _club_day(self):
        """The day whose programs apply: that of the confirmation, else today."""
        self.ensure_one()
        today = self._get_confirmed_tx_create_date()
        if self.state != "sale":
            return today
        confirmed = (self.sudo().club_score or {}).get("day")  # the order's date may be written by anybody who sells
        if confirmed:
            return min(today, fields.Date.to_date(confirmed))
        zoned = self.with_context(tz=self._get_program_timezone())
        return min(today, fields.Datetime.context_timestamp(zoned, self.date_order).date())

    def _club_members(self, clubs):
        """{order: {club: member}}: the customer himself, else his company."""
        partners = self.partner_id | self.partner_id.commercial_partner_id
        members = (
            self.env["loyalty.club.member"]
            .sudo()  # sellers serve members without reading the club's lists
            .search([("club_id", "in", clubs.ids), ("partner_id", "in", partners.ids), ("merged_into_id", "=", False)])
        )
        found = {(member.club_id, member.partner_id): member for member in members}
        return {
            order: {
                club: member
                for club in clubs
                if (
                    member := found.get((club, order.partner_id))
                    or found.get((club, order.partner_id.commercial_partner_id))
                )
            }
            for order in self
        }

    # -- earning -----------------------------------------------------------------------------------------------------

    def _club_due(self, programs, bills):
        """{program: Decimal} that this confirmed order should have earned by now."""
        self.ensure_one()
        weights = self._club_weights(programs)
        lines = self._club_goods()
        due = {}
        for state in set(programs.club_id.mapped("sale_earn_state")):
            shares = lines._club_kept_shares(state, bills)
            kept = {str(line_id): share for line_id, share in shares.items()}
            for program in programs.filtered(lambda p, state=state: p.club_id.sale_earn_state == state):
                due[program] = due_points(weights.get(program.id, {}), kept, program._club_decimals())
        return due

    def _club_goods(self):
        return self.order_line.filtered(lambda line: not line.display_type and not line.reward_id)

    def _club_frozen(self):
        """{program id as text: {line id as text: weight as text}} of the last scoring."""
        self.ensure_one()
        return (self.sudo().club_score or {}).get("weights", {})  # the field is for the system alone

    def _club_weights(self, programs):
        """{program id: {line id as text: exact points}}.

        They are kept on the order and made anew only when its lines change, so that a rule changed since, or a program
        ended since, neither adds nor takes anything of what was sold before.
        """
        self.ensure_one()
        facts = self._club_facts()
        signature = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
        score = dict(self.sudo().club_score or {})
        if score.get("signature") != signature:
            marks = {str(program.id): self._club_fresh_weights(program, score) for program in programs}
            score.update(
                signature=signature,
                weights={program_id: weights for program_id, (weights, _totals) in marks.items()},
                totals={program_id: totals for program_id, (_weights, totals) in marks.items()},
            )
            self.sudo().club_score = score
        return {
            int(program_id): {key: Fraction(weight) for key, weight in lines.items()}
            for program_id, lines in score["weights"].items()
        }

    def _club_fresh_weights(self, program, score):
        """({line id as text: weight as text}, {line id as text: what the line costs}) of one program.

        In a program that has ended, lines keep their weight less the share that went away; nothing is added.
        """
        totals = {str(line.id): line.price_total for line in self._club_goods()}
        if self._club_counts(program):
            return {key: str(weight) for key, weight in self._club_score(program).per_line.items() if weight}, totals
        weights = score["weights"].get(str(program.id), {})
        before = score["totals"].get(str(program.id), {})
        kept = {key: min(total, before[key]) for key, total in totals.items() if before.get(key, 0) > 0 and total > 0}
        return {
            key: str(Fraction(weights[key]) * exact(total) / exact(before[key]))
            for key, total in kept.items()
            if key in weights
        }, kept

    def _club_facts(self):
        """Everything on the order that scoring reads."""
        self.ensure_one()
        lines = [
            (
                line.id,
                line.product_id.id,
                line.product_uom_qty,
                line.product_uom_id.id,
                line.price_total,
                line.price_subtotal,
                line.reward_id.id,
            )
            for line in self.order_line.sorted("id")
            if not line.display_type
        ]
        return [lines, self.currency_id.id, self.pricelist_id.id, self.company_id.id, self.club_branch_id.id]

    def _club_score(self, program):
        """What the whole order is worth in ``program``: a ``rules.scoring.Score``."""
        self.ensure_one()
        rules = program._club_rules(self.order_line.product_id, self.club_branch_id)
        return scoring.score(self._club_scoring_lines(program), rules, program._club_decimals())

    def _club_scoring_lines(self, program):
        """The lines as ``rules.scoring.Line`` in the program's currency.

        What loads or sells stored value, delivery and down payments neither earn nor count.
        """
        self.ensure_one()
        stored_value = program._club_stored_value_products()
        aside = self._get_no_effect_on_threshold_lines()
        rate = self._club_rate(program)
        return [
            line._club_scoring_line(
                program,
                rate,
                ignore=line in aside
                or line.is_downpayment
                or line._is_delivery()
                or line.product_id.id in stored_value,
            )
            for line in self.order_line
            if not line.display_type
        ]

    def _club_rate(self, program):
        if self.currency_id == program.currency_id:
            return exact(1)
        day = fields.Date.to_date(self.date_order) or fields.Date.today()
        rates = self.env["res.currency"]
        return exact(rates._get_conversion_rate(self.currency_id, program.currency_id, self.company_id, day))

    # -- spending ----------------------------------------------------------------------------------------------------

    def _club_costs(self, bills, confirmed=("sale",)):
        """{(order, card): Decimal} that the rewards on these orders cost, less what was credited of them.

        :param confirmed: states in which a reward counts; in others what is on invoices and not credited
        """
        costs = defaultdict(lambda: to_amount(0, 0))
        for order in self:
            lines = order.order_line.filtered(
                lambda line, order=order: line.coupon_id and order._club_follows(line.coupon_id.sudo().program_id)
            )
            groups = lines.grouped(lambda line: (line.coupon_id, line.reward_identifier_code or line.id))
            gone = order.state not in confirmed
            for (card, _code), group in groups.items():
                digits = card.sudo().program_id._club_decimals()
                # floats leave dust far below any digit, which must not be rounded up to a whole unit
                cost = ceil_amount(to_amount(sum(group.mapped("points_cost")), digits + 6), digits)
                returned = 1 - group._club_billed_part(bills) if gone else group._club_returned_share(bills)
                costs[order, card] += due_cost(cost, returned, digits)
        return costs
