"""Baskets: order lines as the plain values that scoring and reward costs read."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from odoo import models
from odoo.addons.loyalty_club.rules import reward_cost, scoring
from odoo.addons.loyalty_club.tools.amount import exact, to_amount
from odoo.exceptions import UserError
from odoo.tools import SQL

#: A balance that covers anything.
LIMITLESS = Decimal(10**12)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _club_scoring_lines(self):
        """These lines as ``rules.scoring.Line``, for no program yet: see ``_club_score``."""
        stored_value = self.env["loyalty.program"]._club_stored_value_products()
        special = frozenset(self.env["pos.config"]._get_special_products().ids)
        elsewhere = self._club_earned_elsewhere()
        lines = []
        for line in self:
            reward = line.reward_id
            product_id = line.product_id.id
            parts = line._club_parts()
            kind = "none"
            if reward:
                # Odoo's own gift cards and eWallets are a discount: nothing proves to the server that one was charged
                kind = "free_product" if reward.reward_type == "product" else "discount"
            lines.append(
                scoring.Line(
                    key=line.uuid,
                    product=product_id,
                    quantity=exact(line.qty),
                    amount_incl=sum(part._club_signed(part.price_subtotal_incl) for part in parts),
                    amount_excl=sum(part._club_signed(part.price_subtotal) for part in parts),
                    reward=kind,
                    reward_product=line._club_reward_product().id if kind == "free_product" else None,
                    # tips, settlements and stored value; a negative special line is a discount and does count
                    ignore=product_id in stored_value
                    or line in elsewhere
                    or (product_id in special and line._club_signed(line.price_subtotal_incl) >= 0),
                    combo_child=line._club_is_part(),
                    automatic=bool(reward) and reward.program_id.trigger == "auto" and kind == "discount",
                    returned=bool(line.refunded_orderline_id),
                )
            )
        return lines

    def _club_parts(self):
        """A line with the parts of a combo: the combo costs nothing itself, its parts carry the price."""
        return self | self.combo_line_ids.filtered(lambda part: part._club_is_part())

    def _club_is_part(self):
        """Whether this is a part of a combo that is on the same order and goes the same way; others stand alone."""
        whole = self.combo_parent_id
        return (
            whole.order_id == self.order_id
            and whole.product_id.type == "combo"
            and not whole.reward_id
            and whole.qty * self.qty > 0
            and bool(whole.refunded_orderline_id) == bool(self.refunded_orderline_id)
        )

    def _club_signed(self, amount):
        """An amount of this line as an exact figure, below zero for what comes back.

        A till in its refund mode writes the amounts of its lines without their sign.
        """
        figure = abs(exact(amount))
        return -figure if self.qty * self.price_unit * (100 - self.discount) < 0 else figure

    def _club_reward_product(self):
        """The goods that a free-product reward line gives: those of the order that the reward names."""
        self.ensure_one()
        given = self.reward_id.reward_product_ids
        return (self.order_id.lines.filtered(lambda line: not line.reward_id).product_id & given)[:1] or given[:1]

    def _club_earned_elsewhere(self):
        """Lines that settle a sale order which has earned by itself."""
        if "sale_order_origin_id" not in self._fields:
            return self.browse()
        orders = self.sale_order_origin_id
        if not orders:
            return self.browse()
        earned = {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT origin_id FROM loyalty_club_entry
                WHERE origin_model = 'sale.order' AND kind = 'earn' AND origin_id IN %s""",
                    tuple(orders.ids),
                )
            )
        }
        settled = self.filtered(lambda line: line.sale_order_origin_id.id in earned)
        return self.browse().concat(
            *(
                lines
                for lines in settled.grouped("sale_order_origin_id").values()
                # what takes more off than the sale order is settled for takes it off what earns here
                if sum(line._club_signed(line.price_subtotal_incl) for line in lines if not line.refunded_orderline_id)
                >= 0
            )
        )

    def _club_paid_elsewhere(self):
        """Rewards of a sale order that is settled here: the sale order spends their points when it is confirmed."""
        if "sale_order_line_id" not in self._fields or "reward_id" not in self.env["sale.order.line"]._fields:
            return self.browse()
        return self.filtered(lambda line: line.sudo().sale_order_line_id.reward_id)  # what the line is, nothing more


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_look_at_settled(self):
        """Have the sale orders looked at that this order settles, or whose goods come back with it (pos_sale)."""
        if "sale_order_origin_id" in self.lines._fields:
            orders = (self.lines | self.lines.refunded_orderline_id).sale_order_origin_id
            self.env["loyalty.club.purchase"]._club_look_again("sale.order", orders.ids)

    def _club_refuse_uncovered(self):
        """Refuse to settle a quotation whose rewards the points don't cover now: what this order earns comes later.

        :raises UserError: says whose points are missing
        """
        settled = self.lines._club_paid_elsewhere()
        if self.club_offline or not settled:
            return  # without network the goods are gone
        rewards = settled.sudo().sale_order_line_id  # what they cost, nothing more
        rewards = rewards.filtered(lambda line: line.order_id.state in ("draft", "sent"))
        for card, lines in rewards.grouped("coupon_id").items():
            account = card.club_account_ids
            needed = to_amount(sum(lines.mapped("points_cost")), 3)
            if account and account._club_usable_totals()[account.id] < needed:
                raise UserError(
                    self.env._(
                        "%(order)s: %(who)s has too few points for its reward, which needs %(needed)s. Confirm it "
                        "without the reward, then settle it.",
                        order=lines.order_id[:1].name,
                        who=account.member_id.display_name or card.display_name,
                        needed=account._club_format(needed),
                    )
                )

    def _club_claims(self, program, balance):
        """What the order claims of ``program``'s rewards, reward by reward.

        :param balance: what the member can spend, Decimal
        :return: list of (lines of the claim, ``reward_cost.Cost`` or ``reward_cost.Refusal``)
        """
        self.ensure_one()
        claims = []
        for lines in self._club_claim_lines(program):
            # what was paid without network costs what it costs; the part that is not there becomes a debt
            limitless = self.club_offline and not lines.reward_id.clear_wallet
            claim = self._club_claim(lines, LIMITLESS if limitless else balance)
            answer = reward_cost.cost(claim, program._club_decimals(), self.currency_id.decimal_places)
            if isinstance(answer, reward_cost.Cost):
                balance -= answer.points
            claims.append((lines, answer))
        return claims

    def _club_claim_lines(self, program):
        """The reward lines of ``program``, one recordset per claimed reward; returned ones are no claims."""
        lines = (self.lines - self.lines._club_paid_elsewhere()).filtered(
            lambda line: (
                line.reward_id
                and line.reward_id.program_id == program
                and line.qty > 0
                and not line.refunded_orderline_id
            )
        )
        return list(lines.grouped(lambda line: (line.reward_id, line.reward_identifier_code or line.uuid)).values())

    def _club_claim(self, lines, balance):
        reward = lines.reward_id
        goods = self.lines.filtered(lambda line: not line.reward_id and line.qty > 0)
        if reward.reward_type == "product":
            goods = goods.filtered(lambda line: line.product_id in reward.reward_product_ids)
        digits = self.currency_id.decimal_places
        return reward_cost.Claim(
            reward=reward_cost.Reward(
                id=reward.id,
                kind="product" if reward.reward_type == "product" else "discount",
                mode=reward.discount_mode,
                discount=to_amount(reward.discount, 6),
                required_points=to_amount(reward.required_points, 3),
                max_amount=to_amount(reward.discount_max_amount, digits),
                product_quantity=to_amount(reward.reward_product_qty, 3),
                clear_wallet=reward.clear_wallet,
                payment=reward.program_id.is_payment_program,
            ),
            amount_given=to_amount(-sum(lines.mapped("price_subtotal_incl")), digits),
            quantity=to_amount(sum(lines.mapped("qty")) if reward.reward_type == "product" else 0, 3),
            claimed_points=to_amount(sum(lines.mapped("points_cost")), 9),
            balance_before=balance,
            discountable_total=self._club_reducible(reward, lines, goods),
            lines=len(lines),
        )

    def _club_reducible(self, reward, lines, goods):
        """What a reward could take off at most (Decimal): the goods, and of free pieces no more than their price."""
        whole = sum(goods.mapped("price_subtotal_incl"))
        if reward.reward_type == "product":
            priced = goods.filtered(lambda line: line.discount < 100)
            prices = (line.price_subtotal_incl / line.qty / (1 - line.discount / 100) for line in priced)
            whole = min(whole, sum(lines.mapped("qty")) * max(prices, default=0))
        return self._club_money(whole)

    def _club_reward_points(self, claims, costs):
        """{line uuid: points} of claimed rewards: what comes back when one of their lines comes back."""
        points = {}
        for lines, cost in zip(claims, costs, strict=True):
            whole = sum(lines.mapped("price_subtotal_incl"))
            for line in lines:
                share = line.price_subtotal_incl / whole if whole else 1 / len(lines)
                points[line.uuid] = round(float(cost) * share, 6)
        return points

    def _club_score(self, program, lines, branch=None):
        """What the order earns in ``program``: a ``rules.scoring.Score``.

        :param lines: ``_club_scoring_lines`` of this order
        """
        self.ensure_one()
        own = set(self.lines.filtered(lambda line: line.reward_id.program_id == program).mapped("uuid"))
        return scoring.score(
            [replace(line, own_program=True) if line.key in own else line for line in lines],
            program._club_rules(self.lines.product_id, branch),
            program._club_decimals(),
        )

    def _club_score_details(self, score):
        """A score as the entry keeps it: exact weights per line, and prices for the case that all weights are zero."""
        return {
            "weights": {key: str(Fraction(weight)) for key, weight in score.per_line.items()},
            "prices": {
                line.uuid: line.price_subtotal_incl for line in self.lines if line.qty > 0 and not line.reward_id
            },
        }
