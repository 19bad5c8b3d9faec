"""What stops a card: its days, a manager, the return of the goods it was sold with. One answer for every channel."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..rules.lots import end_of_day, is_usable


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    status = fields.Selection(
        selection=[
            ("stock", "In stock"),
            ("waiting", "Not valid yet"),
            ("active", "Active"),
            ("spent", "Spent"),
            ("expired", "Expired"),
            ("disabled", "Disabled"),
            ("void", "Taken back"),
        ],
        compute="_compute_status",
        compute_sudo=True,
        search="_search_status",
        help="What a customer finds when he comes with the card today.",
    )

    @api.depends("state", "valid_from", "expires_on", "account_id.balance", "account_id.available", "club_id")
    def _compute_status(self):
        for gift in self:
            today = gift.club_id.sudo()._club_today() if gift.club_id else fields.Date.today()
            if gift.state != "active":
                gift.status = gift.state
            elif gift.expires_on and gift.expires_on < today and not gift._club_lives_on():
                gift.status = "expired"
            elif gift.valid_from and gift.valid_from > today:
                gift.status = "waiting"
            else:
                gift.status = "spent" if gift._club_is_empty() else "active"

    def _club_is_empty(self):
        """Whether nothing is left on an active card."""
        return self.kind != "discount" and not self.account_id.balance

    def _search_status(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        today = self.env["loyalty.club"]._club_default()
        today = today._club_today() if today else fields.Date.context_today(self)
        past = Domain("expires_on", "<", today) & Domain("id", "not in", self._club_living_ids(today))
        early = Domain("valid_from", ">", today)
        live = Domain("state", "=", "active") & ~past & ~early
        empty = Domain("kind", "!=", "discount") & Domain("account_id.balance", "=", 0)
        empty |= Domain("id", "in", self._club_used_up_ids())
        domains = {
            "expired": Domain("state", "=", "active") & past,
            "waiting": Domain("state", "=", "active") & early & ~past,
            "spent": live & empty,
            "active": live & ~empty,
        }
        found = Domain.OR(domains.get(status, Domain("state", "=", status)) for status in value if status)
        return found if operator == "in" else ~found

    def action_club_statement(self):
        """Open what happened to its balance."""
        return self.account_id.action_club_statement()

    def _club_zone(self):
        return self.club_id.sudo()._club_zone()  # a cashier of another company of the club needs the date too

    def _club_instants(self):
        """(usable from, dies at) of this card as UTC instants, None for no limit."""
        zone = self._club_zone()
        first = end_of_day(fields.Date.subtract(self.valid_from, days=1), zone) if self.valid_from else None
        return first, end_of_day(self.expires_on, zone) if self.expires_on else None

    def _club_stopped(self, for_sale=False):
        """Reason code why this card can't be used now: its state, ``waiting`` or ``expired``; False when it can."""
        self.ensure_one()
        if self.state != ("stock" if for_sale else "active"):
            return self.state
        first, end = self._club_instants()
        now = fields.Datetime.now()
        if is_usable(None if for_sale else first, end, now):
            return False
        if first and now < first:
            return "waiting"
        return False if not for_sale and self._club_lives_on() else "expired"

    def _club_lives_on(self):
        """Whether something can be spent after the card's last day: a manager gave it a longer life, or goods that it
        had paid came back."""
        return bool(self.account_id and self.account_id.sudo().available)  # whether anything is there, no figure

    @api.model
    def _club_living_ids(self, today):
        """Ids of the cards after their last day on which something can be spent all the same."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT g.id FROM loyalty_club_gift g JOIN loyalty_club_lot l ON l.account_id = g.account_id
                    WHERE g.expires_on < %(today)s AND g.state = 'active' AND l.remaining > 0
                      AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
                      AND (l.usable_from IS NULL OR l.usable_from <= %(now)s)""",
                today=today,
                now=fields.Datetime.now(),
            )
        )
        return [row[0] for row in rows]

    def _club_stopped_message(self, code):
        """What the customer is told about a card that was read before and is stopped by now."""
        texts = {
            "stock": lambda: self.env._("The card %s was not sold yet.", self.serial),
            "active": lambda: self.env._("The card %s is in use already.", self.serial),
            "disabled": lambda: self.env._("The card %s is disabled. The office can tell why.", self.serial),
            "void": lambda: self.env._("The card %s was taken back with the goods it came with.", self.serial),
            "expired": lambda: self.env._(
                "The card %(card)s was valid through %(day)s.",
                card=self.serial,
                day=format_date(self.env, self.expires_on),
            ),
            "waiting": lambda: self.env._(
                "The card %(card)s is valid from %(day)s on.",
                card=self.serial,
                day=format_date(self.env, self.valid_from),
            ),
        }
        return texts[code]()

    def _club_lock(self):
        """Lock these cards in id order; what is read afterwards is what holds."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT FROM loyalty_club_gift WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids),
            log_exceptions=False,  # a serialisation failure here is normal: the request is replayed
        )
        self.invalidate_recordset()

    def _club_change(self, state, reason):
        self.sudo().write(  # states change by actions only, which check who may
            {"state": state, "state_at": fields.Datetime.now(), "state_reason": reason or False}
        )

    def _club_disable(self, reason):
        """Stop cards: they pay nothing until a manager enables them again. Their balance stays in the books."""
        self._club_lock()
        for gift in self.filtered(lambda gift: gift.state != "disabled"):
            if gift.state == "void":
                raise UserError(gift._club_stopped_message("void"))
            gift._club_change("disabled", reason)

    def _club_enable(self, reason):
        """Let disabled cards pay again, for a reason; one that was never sold goes back into stock.

        :raises UserError: no reason, or not disabled
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the card may be used again."))
        self._club_lock()
        for gift in self:
            if gift.state != "disabled":
                raise UserError(self.env._("The card %s is not disabled.", gift.serial))
            gift._club_change("active" if gift.sold_at else "stock", reason)


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    gift_ids = fields.One2many(comodel_name="loyalty.club.gift", inverse_name="account_id", readonly=True)

    def _club_refusal(self, amount, branch, ticket):
        gift = self.sudo().gift_ids if self.kind in ("gift", "prepaid") else None  # its state and days only
        stopped = gift._club_stopped() if gift else False
        return gift._club_stopped_message(stopped) if stopped else super()._club_refusal(amount, branch, ticket)
