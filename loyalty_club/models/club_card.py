"""Membership cards: numbers that identify a member. A number is never the balance and never authorises spending."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.card_number import make_numbers


class LoyaltyClubCard(models.Model):
    _name = "loyalty.club.card"
    _description = "Membership Card"
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char(required=True, readonly=True, size=16, copy=False)
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="restrict")
    member_id = fields.Many2one(comodel_name="loyalty.club.member", index="btree_not_null", ondelete="restrict")
    batch_id = fields.Many2one(comodel_name="loyalty.club.card.batch", readonly=True, index="btree_not_null", ondelete="restrict")
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
    activated_at = fields.Datetime(readonly=True)
    replaced_by_id = fields.Many2one(comodel_name="loyalty.club.card", readonly=True, ondelete="restrict")
    expires_on = fields.Date(help="Last day on which the card is accepted. Empty: never expires.")
    state_reason = fields.Char(readonly=True)

    _number_unique = models.Constraint("UNIQUE (number)", "This card number exists already.")

    @api.model
    def _club_issue_virtual(self, members):
        """A virtual, active card for each of ``members``; set-based."""
        values = []
        for club in members.club_id:
            ours = members.filtered(lambda member: member.club_id == club)
            values += [
                {"number": number, "club_id": club.id, "member_id": member.id, "virtual": True,
                 "state": "active", "activated_at": fields.Datetime.now()}
                for number, member in zip(self._club_free_numbers(club, len(ours)), ours)
            ]
        return self.sudo().create(values)

    @api.model
    def _club_free_numbers(self, club, count):
        """``count`` numbers with the club's prefix that no card has."""
        numbers = set()
        while len(numbers) < count:
            drawn = make_numbers(club.card_prefix, count - len(numbers), numbers)
            used = self.sudo().with_context(active_test=False).search_fetch([("number", "in", list(drawn))], ["number"])
            numbers |= set(drawn) - set(used.mapped("number"))
        return list(numbers)

    def unlink(self):
        if self.filtered(lambda card: card.state != "stock"):
            raise UserError(self.env._("Only cards in stock can be deleted; block the card instead."))
        return super().unlink()
