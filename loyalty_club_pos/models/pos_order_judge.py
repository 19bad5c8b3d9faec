"""What a till says of an order is judged before it is paid: figures, lines that come back, rewards, payments.

An order that does not add up is refused. One that was paid without network is booked by the server's own figures, and
an exception tells a person.
"""

from math import isfinite

from odoo import models
from odoo.exceptions import UserError

from .figures import figures_of


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_judge(self, club):
        """Refuse what is not in order with this order, or note it when the goods are gone.

        :raises UserError: says what is wrong and what to do
        """
        self._club_judge_figures(club)
        sold = self._club_sold_by_clubs()
        for line in self.lines:
            message = self._club_judge_link(line) or self._club_judge_reward(line, club)
            if not message and line.product_id.id in sold:
                message = self._club_judge_stored(line)
            if message:
                self._club_refuse_payment(message)
        self._club_judge_payments()

    def _club_concerns_value(self):
        """Whether something of a club is on this order, whoever the customer is."""
        lines = self.lines
        return bool(
            lines.refunded_orderline_id
            or ("sale_order_origin_id" in lines._fields and lines.sale_order_origin_id)
            or lines.reward_id.program_id.sudo().club_id  # whose program it is, nothing more
            or any(lines.mapped("club_discount_token"))
            or self.payment_ids._club_payments()
            or set(lines.product_id.ids) & self._club_sold_by_clubs()
        )

    def _club_sold_by_clubs(self):
        """Ids of the products that sell the stored value of this till's club."""
        return self.env["loyalty.program"]._club_sold_by(self.config_id.sudo().club_id.id)  # what cashiers sell

    # -- figures -------------------------------------------------------------------------------------------------------

    def _club_judge_figures(self, club):
        """Compare what the till wrote with the server's own figures, beyond one minor unit; the server's stay."""
        figures = figures_of(self)
        written = [self.amount_total, *self.lines.mapped("price_subtotal"), *self.lines.mapped("price_subtotal_incl")]
        amounts = self.payment_ids.mapped("amount")
        if figures is None or not all(map(isfinite, [*written, *amounts])):
            raise UserError(self.env._("The order has an amount that is no number. Make the order again."))
        wrong = [line for line in self.lines if not self._club_correct(line, *figures.lines[line])]
        if not wrong and self._club_adds_up(figures.total, sum(amounts)):
            return
        message = self.env._(
            "The figures of this order do not add up: the till says %(said)s, its lines are worth %(worth)s and "
            "%(paid)s is paid. Nothing was booked. Reload the till and make the order again.",
            said=self.currency_id.format(self.amount_total),
            worth=self.currency_id.format(figures.total),
            paid=self.currency_id.format(sum(amounts)),
        )
        if not self.club_offline:
            raise UserError(message)
        self._club_note("recomputed", club, message, amount=abs(self.amount_total - figures.total))

    def _club_correct(self, line, included, excluded):
        """Write the server's figures on a line where they differ; whether the till's were the same but for rounding.

        A till in its refund mode writes amounts with the other sign.
        """
        currency, good = self.currency_id, True
        for name, amount in (("price_subtotal_incl", included), ("price_subtotal", excluded)):
            said = line[name]
            if self.is_refund and said * amount < 0:
                amount = -amount
            if said != currency.round(amount):
                good = good and abs(said - amount) <= currency.rounding * 1.01
                line[name] = amount
        return good

    def _club_adds_up(self, worth, paid):
        """Whether total and payments are what the lines are worth, but for the rounding of coins."""
        currency, config = self.currency_id, self.config_id
        unit = currency.rounding * 1.01
        rounded = [worth]
        if config.cash_rounding:
            rounded.append(self._get_rounded_amount(worth, force_round=True))
        if all(abs(self.amount_total - amount) > unit for amount in rounded):
            return False
        coin = config.rounding_method.rounding if config.cash_rounding else 0.0
        return abs(worth - paid) <= max(unit, coin * 1.01)

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _club_judge_link(self, line):
        """Why this line can't return the line that it names; False when it can, or names none."""
        origin = line.refunded_orderline_id
        if not origin:
            return False
        name = line.full_product_name or line.product_id.display_name
        if line.qty >= 0:
            return self.env._("“%s” is sold and names a line that it returns. Take it off and add it again.", name)
        if origin.product_id != line.product_id or origin.order_id.state in ("draft", "cancel"):
            return self.env._("“%s” is not what was sold on that line. Refund the order from the list of orders.", name)
        # lines of refunds elsewhere, to see how much has come back
        back = origin.sudo().refund_orderline_ids.filtered(
            lambda other: other == line or other.order_id.state not in ("draft", "cancel")
        )
        if -sum(back.mapped("qty")) > origin.qty + 1e-6:
            return self.env._("More of “%s” comes back than was sold. Lower the quantity.", name)
        return False

    def _club_judge_reward(self, line, club):
        """Why this line can't be a reward of the club; False when it can, or is none."""
        reward = line.reward_id
        program = reward.program_id.sudo()  # whose program it is
        if not program.club_id:
            return False
        if line in line._club_paid_elsewhere():
            return self._club_judge_settled(line)
        origin = line.refunded_orderline_id
        refusal = self.env._("The reward “%s” is not in order. Take it off and claim it again.", reward.description)
        if origin:
            return refusal if origin.reward_id != reward else False
        wrong = program != club.points_program_id or line.qty <= 0 or line._club_signed(line.price_subtotal_incl) > 0
        return refusal if wrong else False

    def _club_judge_settled(self, line):
        """Why this line can't be the reward of a sale order that is settled here; False when it can."""
        sold = line.sudo().sale_order_line_id  # what the order says of it
        others = (
            self.env["pos.order.line"]
            .sudo()
            .search(  # of any till
                [("sale_order_line_id", "=", sold.id), ("qty", ">", 0), ("order_id.state", "in", ("paid", "done"))]
            )
        )
        unit = self.currency_id.rounding
        good = (
            sold.order_id == line.sudo().sale_order_origin_id
            and sold.product_id == line.product_id
            and sold.order_id.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
            and abs(line.price_subtotal_incl) <= abs(sold.price_total) + unit
            and not (others - line)
        )
        return not good and self.env._(
            "The reward of %s is not as it is on that order. Take it off and settle the order again.",
            sold.order_id.name,
        )

    def _club_judge_stored(self, line):
        """Why this line can't sell stored value or give its money back; False when it can."""
        origin = line.refunded_orderline_id
        name = line.full_product_name or line.product_id.display_name
        if line.qty >= 0:
            taxed = self.currency_id.compare_amounts(line.price_subtotal_incl, line.price_subtotal)
            return bool(taxed) and self.env._(
                "“%s” is money that is kept for the customer. Take the tax off the product, or off this line.", name
            )
        if not origin:
            return self.env._("“%s” is taken back by refunding the order that sold it.", name)
        unit = self.currency_id.rounding
        if abs(line.price_subtotal_incl) > abs(origin.price_subtotal_incl * line.qty / origin.qty) + unit:
            return self.env._("“%s” is taken back for what it was sold for, not for more.", name)
        return False

    # -- payments ------------------------------------------------------------------------------------------------------

    def _club_judge_payments(self):
        """Refuse change in anything but money, and value that is given back for nothing."""
        payments = self.payment_ids._club_payments()
        if payments.filtered("is_change"):
            raise UserError(self.env._("Change is given in money. Take that payment off."))
        given = -sum(payments.filtered(lambda payment: payment.amount < 0).mapped("amount"))
        back = -sum(line._club_signed(line.price_subtotal_incl) for line in self.lines if line.qty < 0)
        if given > float(back) + self.currency_id.rounding:
            self._club_refuse_payment(
                self.env._(
                    "%(given)s goes to credit or cards, but goods for %(back)s come back. Lower that payment.",
                    given=self.currency_id.format(given),
                    back=self.currency_id.format(float(back)),
                ),
                amount=given,
            )

    def _club_money_paid(self):
        """What was really paid on this order with money (Decimal): cash, cards of banks, less change."""
        methods = self.payment_ids.payment_method_id
        money = methods.filtered(lambda method: not method.club_kind and method.type != "pay_later")
        paid = sum(self.payment_ids.filtered(lambda payment: payment.payment_method_id in money).mapped("amount"))
        return self._club_money(paid)
