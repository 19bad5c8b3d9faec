"""Membership cards: numbers that identify a member. A number is never the balance and never authorises spending.

What happens to a card after it was made is in ``club_card_state.py``.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.card_number import clean, format_number, make_numbers

#: Cards inserted by one statement.
CHUNK = 5_000


class LoyaltyClubCard(models.Model):
    _name = "loyalty.club.card"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Membership Card"
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char(required=True, readonly=True, size=16, copy=False)
    number_grouped = fields.Char(
        string="Card number", compute="_compute_number_grouped", search="_search_number_grouped"
    )
    club_id = fields.Many2one(
        comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="restrict"
    )
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    batch_id = fields.Many2one(
        comodel_name="loyalty.club.card.batch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    virtual = fields.Boolean(readonly=True, help="Shown on the phone, never printed on plastic.")
    state = fields.Selection(
        selection=[
            ("stock", "In stock"),
            ("active", "Active"),
            ("replaced", "Replaced"),
            ("lost", "Lost"),
            ("blocked", "Blocked"),
            ("expired", "Expired"),
        ],
        default="stock",
        required=True,
        readonly=True,
    )
    state_at = fields.Datetime(string="Since", readonly=True)
    state_reason = fields.Char(string="Reason", readonly=True)
    activated_at = fields.Datetime(string="First given out", readonly=True)
    replaced_by_id = fields.Many2one(
        comodel_name="loyalty.club.card", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    expires_on = fields.Date(help="Last day on which the card is accepted. Empty: never expires.")

    _number_unique = models.Constraint("UNIQUE (number)", "This card number exists already.")
    _active_has_member = models.Constraint(
        "CHECK (state <> 'active' OR member_id IS NOT NULL)", "An active card belongs to a member."
    )
    _stock_has_none = models.Constraint(
        "CHECK (state <> 'stock' OR member_id IS NULL)", "A card in stock belongs to nobody yet."
    )
    _replaced_has_other = models.Constraint(
        "CHECK (state <> 'replaced' OR replaced_by_id IS NOT NULL)", "A replaced card names the new one."
    )
    _dying = models.Index("(expires_on) WHERE expires_on IS NOT NULL AND state NOT IN ('replaced', 'expired')")

    @api.depends("number")
    def _compute_number_grouped(self):
        for card in self:
            # spaces that do not break keep the groups in order in right-to-left text too
            card.number_grouped = format_number(card.number or "").replace(" ", "\u00a0")

    def _search_number_grouped(self, operator, value):
        return Domain("number", operator, clean(value) if isinstance(value, str) else value)

    @api.depends("number_grouped")
    def _compute_display_name(self):
        for card in self:
            card.display_name = card.number_grouped

    @api.model
    def _search_display_name(self, operator, value):
        """Numbers are found as they are typed or scanned: in groups, with dashes, with Persian digits."""
        return super()._search_display_name(operator, clean(value) if isinstance(value, str) else value)

    def write(self, vals):
        """Only the last day is edited; all else is done by the actions, which say what follows."""
        if not self.env.su and set(vals) - {"expires_on"}:
            raise AccessError(self.env._("Cards are given out, replaced and blocked with the buttons, not by editing."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.filtered(lambda card: card.state != "stock"):
            raise UserError(self.env._("Only cards in stock can be deleted; block the card instead."))

    @api.model
    def _club_issue_virtual(self, members):
        """A virtual, active card for each of ``members``; set-based."""
        cards = self.browse()
        for club, ours in members.grouped("club_id").items():
            numbers = self._club_free_numbers(club, len(ours))
            made = self._club_insert(club, numbers, state="active", virtual=True, member_ids=ours.ids)
            cards += self.browse(made)
        members.invalidate_recordset(["card_ids"], flush=False)
        return cards

    @api.model
    def _club_free_numbers(self, club, count):
        """``count`` numbers with the club's prefix that no card has.

        :raises UserError: the prefix leaves too few numbers
        """
        numbers = set()
        while len(numbers) < count:
            try:
                drawn = make_numbers(club.card_prefix, count - len(numbers), numbers)
            except ValueError:
                raise UserError(
                    self.env._(
                        "The prefix %s leaves too few card numbers. Choose a shorter prefix on the club.",
                        club.card_prefix,
                    )
                )
            used = self.env.execute_query(SQL("SELECT number FROM loyalty_club_card WHERE number = ANY(%s)", drawn))
            numbers |= set(drawn) - {number for (number,) in used}
        return list(numbers)

    @api.model
    def _club_insert(self, club, numbers, state="stock", virtual=False, batch=None, expires_on=None, member_ids=None):
        """Insert cards without the ORM's cost per row; numbers that somebody took meanwhile are left out.

        :param member_ids: one for each number, for cards that are active at once
        :return: ids of the new cards, in the order of ``numbers``
        :raises UserError: a card for a member could not be made because its number was taken
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        common = (
            club.id,
            batch.id if batch else None,
            expires_on or None,
            state,
            virtual,
            now,
            self.env.uid,
            now,
            self.env.uid,
            now,
        )
        owners = member_ids or [None] * len(numbers)
        activated = now if state == "active" else None
        rows = [(number, owner, activated, *common) for number, owner in zip(numbers, owners, strict=True)]
        ids = []
        for start in range(0, len(rows), CHUNK):
            ids += self.env.cr.execute_values(
                """INSERT INTO loyalty_club_card (number, member_id, activated_at, club_id, batch_id, expires_on, state,
                          virtual, state_at, create_uid, create_date, write_uid, write_date)
                   VALUES %s ON CONFLICT (number) DO NOTHING RETURNING id""",
                rows[start : start + CHUNK],
                page_size=CHUNK,
                fetch=True,
            )
        if member_ids and len(ids) != len(numbers):
            raise UserError(self.env._("A card number was given out by somebody else at the same moment. Try again."))
        return [card_id for (card_id,) in ids]
