"""Discount cards on quotations: the code is read once, the discount stands on lines of its own and follows the order.

One line for each group of taxes, made by Odoo's own global discount, so that every tax is paid on the reduced price and
the total is exact to the minor unit. How much it is, ``loyalty.club.gift._club_discount_amount`` says.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.orm.models import NO_ACCESS

#: What of an order says which lines there are and what they cost.
PRICED = {"order_line", "pricelist_id", "currency_id", "company_id", "club_branch_id", "fiscal_position_id"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    club_discount_gift_id = fields.Many2one(
        comodel_name="loyalty.club.gift",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=NO_ACCESS,  # chosen by a code that was typed, never by number
    )
    club_discount_card = fields.Char(
        string="Discount card",
        compute="_compute_club_discount",
        compute_sudo=True,
        help="The card whose discount is on this order: its last characters and percentage.",
    )
    club_discount_offered = fields.Boolean(compute="_compute_club_discount", compute_sudo=True)
    club_discount_problem = fields.Char(compute="_compute_club_discount", compute_sudo=True)

    @api.depends("club_discount_gift_id", "order_line.price_total", "state", "club_branch_id", "company_id")
    def _compute_club_discount(self):
        for order in self:
            gift = order.club_discount_gift_id
            quotation = order.state in ("draft", "sent")
            order.club_discount_card = f"…{gift.last_four} · {gift.percent:g} %" if gift else False
            order.club_discount_offered = bool(quotation and not gift and order._club_discount_clubs())
            open_card = gift if quotation and not order._club_discount_billed() else gift.browse()
            order.club_discount_problem = order._club_discount_refusal(open_card) if open_card else False

    # -- the card ------------------------------------------------------------------------------------------------------

    def _club_discount_clubs(self):
        """The clubs whose discount cards this order takes: those of its company, its branch's own club first."""
        self.ensure_one()
        clubs = self.env["loyalty.club"].sudo().search([("discount_product_id", "!=", False)])  # sellers read no clubs
        company = self.company_id.sudo()
        mine = self.club_branch_id.sudo().club_id
        return clubs.filtered(lambda club: club._club_serves(company)).sorted(lambda club: club != mine)

    def _club_apply_discount_card(self, code, pin=None):
        """Put the discount of the card with this code on the quotation.

        :param code: as typed or scanned; read once and not kept
        :return: why not, so that a wrong code stays counted; False when the discount is there
        """
        self.ensure_one()
        order = self.sudo()  # the card by its code, for whoever may change the order
        if order.state not in ("draft", "sent"):
            return self.env._("A discount card is entered before the order is confirmed.")
        if order.club_discount_gift_id:
            return self.env._("An order takes one discount card. Take the card %s off first.", order.club_discount_card)
        clubs = order._club_discount_clubs()
        if not clubs:
            return self.env._("There are no discount cards for %s.", order.company_id.name)
        address = request.httprequest.remote_addr if request else None
        gift, message = order.env["loyalty.club.gift"]._club_discount_read(
            clubs, code, pin=pin or None, address=address
        )
        problem = message or order._club_discount_refusal(gift.sudo())
        if not problem:
            order.club_discount_gift_id = gift
            order._club_refresh_discounts()
        return problem

    def _club_remove_discount_card(self):
        """Take the card and its lines off the quotation.

        :raises UserError: confirmed, or an invoice has the discount
        """
        for order in self.sudo():  # the card is nobody's to read; the caller may change the order
            if order.state not in ("draft", "sent") or order._club_discount_billed():
                raise UserError(
                    self.env._(
                        "%s: the discount is part of a confirmed order or an invoice. Cancel or credit it.", order.name
                    )
                )
            order.club_discount_gift_id = False
            order._club_refresh_discounts()

    def _club_discount_refusal(self, gift):
        """Why this card gives no discount on this order now; False when it does."""
        self.ensure_one()
        branch = self._club_branch_of(gift.club_id)
        stopped = gift._club_stopped()
        if stopped:
            return gift._club_stopped_message(stopped)
        if self.currency_id != gift.currency_id:
            return self.env._(
                "This discount card is for prices in %s. Choose a pricelist in this currency.", gift.currency_id.name
            )
        if not gift._club_discount_serves(branch):
            return self.env._("This discount card is not for this branch.")
        if not self._club_discount_amount(gift):
            return self.env._("This discount card reduces nothing on this order.")
        return False

    def _club_discount_in_portal(self):
        """Whether the customer himself may put a card on this order, or take it off: nothing is signed or paid yet."""
        self.ensure_one()
        under_way = self.sudo().transaction_ids.filtered(lambda tx: tx.state in ("pending", "authorized", "done"))
        return self.state in ("draft", "sent") and not (self.is_expired or self.signature or under_way)

    # -- when ----------------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.order_line.filtered("club_discount"))._club_refresh_discounts()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if PRICED & set(vals):
            self._club_refresh_discounts()
        return result

    def _update_programs_and_rewards(self):
        result = super()._update_programs_and_rewards()
        self._club_refresh_discounts()
        return result

    def _get_copiable_order_lines(self):
        return super()._get_copiable_order_lines().filtered(lambda line: not line.club_discount)

    # -- core's rewards ------------------------------------------------------------------------------------------------

    def _get_reward_line_values(self, reward, coupon, **kwargs):
        # the card's percentage is of what the rewards leave, so rewards are taken before it
        before = self.with_context(loyalty_club_before_discount=True)
        return super(SaleOrder, before)._get_reward_line_values(reward, coupon, **kwargs)

    def _get_no_effect_on_threshold_lines(self):
        lines = super()._get_no_effect_on_threshold_lines()
        if self.env.context.get("loyalty_club_before_discount"):
            lines |= self._club_discount_lines()
        return lines

    def _get_not_rewarded_order_lines(self):
        return super()._get_not_rewarded_order_lines().filtered(lambda line: not line.club_discount)

    # -- buttons -------------------------------------------------------------------------------------------------------

    def action_club_discount_card(self):
        """Ask for the code of a discount card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discount card"),
            "res_model": "loyalty.club.sale.discount",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_club_remove_discount_card(self):
        """Take the discount card off."""
        self.check_access("write")
        self._club_remove_discount_card()
        return True
