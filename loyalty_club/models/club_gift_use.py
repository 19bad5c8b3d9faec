"""Discount cards: a percentage for whoever has the card, for a time or a number of uses. No money, so no account:
each use is a row, counted under the card's lock."""

import hmac
from decimal import Decimal
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import scope as rules
from ..tools.amount import exact, floor_amount, to_amount


class LoyaltyClubGiftUse(models.Model):
    _name = "loyalty.club.gift.use"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Use of a discount card"
    _log_access = False
    _order = "id desc"
    _rec_name = "key"

    gift_id = fields.Many2one(comodel_name="loyalty.club.gift", required=True, index=True, ondelete="restrict")
    club_id = fields.Many2one(related="gift_id.club_id")
    currency_id = fields.Many2one(related="gift_id.currency_id")
    key = fields.Char(required=True, readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    amount = fields.Monetary(string="Discount given", readonly=True)
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(model_field="origin_model", readonly=True, string="Used with")
    undone_at = fields.Datetime(readonly=True, help="The goods came back; this use counts no more.")

    _key_unique = models.Constraint("UNIQUE (key)", "This use is written down already.")


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    use_ids = fields.One2many(comodel_name="loyalty.club.gift.use", inverse_name="gift_id", readonly=True)
    use_count = fields.Integer(compute="_compute_use_count", string="Used")
    uses_left = fields.Integer(compute="_compute_use_count", help="-1: as often as wanted.")
    use_seq = fields.Integer(
        readonly=True, copy=False, help="Grows with every use and return, so that two at once meet in the card's row."
    )

    @api.depends("use_ids.undone_at", "uses")
    def _compute_use_count(self):
        counts = dict(
            self.env["loyalty.club.gift.use"]
            .sudo()  # how many, nothing more; a cashier serves the customer
            ._read_group([("gift_id", "in", self.ids), ("undone_at", "=", False)], ["gift_id"], ["__count"])
        )
        by_id = {gift.id: count for gift, count in counts.items()}
        for gift in self:
            gift.use_count = by_id.get(gift.id, 0)
            gift.uses_left = max(0, gift.uses - gift.use_count) if gift.uses else -1

    def _club_used_ids(self):
        """Ids of those of these cards that gave a discount at some time."""
        Use = self.env["loyalty.club.gift.use"].sudo()  # which cards, nothing more
        return {gift.id for (gift,) in Use._read_group([("gift_id", "in", self.ids)], ["gift_id"])}

    @api.model
    def _club_used_up_ids(self):
        """Ids of all discount cards that were used as often as they may be."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT g.id FROM loyalty_club_gift g JOIN loyalty_club_gift_use u ON u.gift_id = g.id
                    WHERE g.uses > 0 AND u.undone_at IS NULL GROUP BY g.id HAVING count(*) >= g.uses"""
            )
        )
        return [row[0] for row in rows]

    def _club_is_empty(self):
        return self.uses_left == 0 if self.kind == "discount" else super()._club_is_empty()

    def _club_stopped(self, for_sale=False):
        stopped = super()._club_stopped(for_sale)
        return stopped or ("used_up" if self.kind == "discount" and not for_sale and not self.uses_left else False)

    def _club_stopped_message(self, code):
        if code == "used_up":
            return self.env._("The discount card %s was used as often as it may be.", self.serial)
        return super()._club_stopped_message(code)

    @api.model
    def _club_discount_read(self, club, code, *, pin=None, till=None, address=None):
        """The discount card with this code; as ``_club_read``, also counted and with its one message."""
        gift, message = self._club_read(club, code, pin=pin, till=till, address=address)
        if gift and gift.kind != "discount":
            return self.browse(), self.env._("This card pays; it gives no discount. Use it as a payment method.")
        return gift, message

    def _club_discount_amount(self, branch, ticket):
        """The discount that this card gives on a ticket now (Decimal, >= 0, in the club's currency).

        :param ticket: list of ``club_payment.TicketLine``
        """
        self.ensure_one()
        gift = self.sudo()  # its scope and figures; who sells need not open them
        digits = gift.currency_id.decimal_places
        left_out = gift._club_discount_left_out({line.product_id for line in ticket if line.product_id})
        parts = [rules.Part(line.amount, line.product_id not in left_out) for line in ticket]
        base = rules.payable(gift.scope_id._club_values(), branch.id if branch else None, parts, digits + 6)
        amount = floor_amount(exact(base) * exact(gift.percent) / 100, digits)
        return min(amount, to_amount(gift.max_amount, digits)) if gift.max_amount else amount

    def _club_discount_serves(self, branch):
        """Whether this card gives anything in ``branch`` (empty: no branch is known)."""
        self.ensure_one()
        scope = self.sudo().scope_id  # its scope; who sells need not open it
        return rules.share_of(scope._club_values(), branch.id if branch else None) is not None

    def _club_discount_left_out(self, product_ids):
        """Those of these products (a set of ids) whose price the card does not reduce: stored value, and what its scope
        leaves out."""
        gift = self.sudo()  # its scope; who sells need not open it
        covered = gift.scope_id._club_covered(gift.env["product.product"].browse(product_ids))
        sold = self.env["loyalty.program"]._club_stored_value_products()
        return (set(product_ids) & sold) | (set(product_ids) - set(covered.ids))

    def _club_discount_token(self, document):
        """Text that names this card for one document (``pos.order:<uuid>``): proof that its code was typed there."""
        self.ensure_one()
        return f"{self.id}-{self._club_discount_seal(self.id, document)}"

    @api.model
    def _club_discount_of_token(self, token, document):
        """The discount card that ``_club_discount_token`` named for this document; empty for any other text."""
        number, _dash, seal = str(token or "").partition("-")
        if not number.isdecimal() or not hmac.compare_digest(
            self._club_discount_seal(int(number), document).encode(), seal.encode()
        ):
            return self.browse()
        return self.browse(int(number)).exists()

    @api.model
    def _club_discount_seal(self, gift_id, document):
        return hmac.new(self._club_key().encode(), f"discount:{gift_id}:{document}".encode(), sha256).hexdigest()

    def _club_discount_use(self, key, amount, *, branch=None, origin=None, occurred_at=None):
        """Write a use down.

        :param key: names the use, e.g. ``pos.order:<uuid>:discount:<card>``; the same key again is the same use
        :param amount: Decimal, the discount that was given
        :return: the ``loyalty.club.gift.use``
        :raises UserError: used up, stopped, or not in this branch
        """
        self.ensure_one()
        gift = self.sudo()  # nobody has the right to write uses; the channel has read the card by its code
        gift._club_lock()
        known = gift.env["loyalty.club.gift.use"].search([("key", "=", key)])
        if known:
            return known.sudo(False)
        stopped = gift._club_stopped() if gift.kind == "discount" else "used_up"
        if stopped:
            raise UserError(gift._club_stopped_message(stopped))
        if not gift._club_discount_serves(branch):
            raise UserError(self.env._("This discount card is not for this branch."))
        gift.use_seq += 1
        use = gift.env["loyalty.club.gift.use"].create(
            {
                "gift_id": gift.id,
                "key": key,
                "at": occurred_at or fields.Datetime.now(),
                "amount": float(amount),
                "branch_id": branch.id if branch else False,
                "user_id": self.env.uid,
                "origin_model": origin[0] if origin else False,
                "origin_id": origin[1] if origin else False,
            }
        )
        return use.sudo(False)

    @api.model
    def _club_discount_known(self, key):
        """Whether the use with this key is written down already."""
        return bool(self.env["loyalty.club.gift.use"].sudo().search_count([("key", "=", key)]))  # by its unique key

    @api.model
    def _club_discount_amend(self, key, amount):
        """The document of the use with this key was changed: it reduces the price by ``amount`` (Decimal) now."""
        use = self.env["loyalty.club.gift.use"].sudo().search([("key", "=", key)])  # by its unique key, for its channel
        if to_amount(use.amount, 3) != to_amount(amount, 3):
            use.amount = float(amount)

    @api.model
    def _club_discount_unuse(self, key):
        """The goods came back: the use with this key counts no more, so the card can be used once more.

        :return: whether there was such a use
        """
        use = self.env["loyalty.club.gift.use"].sudo().search([("key", "=", key)])  # by its unique key, for its channel
        use.gift_id._club_lock()
        for live in use.filtered(lambda use: not use.undone_at):
            live.gift_id.use_seq += 1
            live.gift_id.flush_recordset(["use_seq"])  # counted first, or the database refuses it
            live.undone_at = fields.Datetime.now()
        return bool(use)

    def action_club_hand_over(self):
        """Put discount cards in stock into use: their time begins today."""
        self._club_office_only("loyalty_club.group_club_officer")
        self._club_lock()
        for gift in self:
            if gift.kind != "discount":
                raise UserError(self.env._("The card %s is money: it starts with its sale.", gift.serial))
            stopped = gift._club_stopped(for_sale=True)
            if stopped:
                raise UserError(gift._club_stopped_message(stopped))
            gift._club_start(
                fields.Datetime.now(), None, paid=Decimal(0), value=Decimal(0), key=f"gift:{gift.id}:given"
            )
