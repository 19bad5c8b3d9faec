"""The adapter: what core writes to ``loyalty.card.points`` of managed programs becomes keyed entries of the ledger."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules.movement import Movement
from ..tools.amount import to_amount


class LoyaltyCard(models.Model):
    _name = "loyalty.card"
    _inherit = ["loyalty.card", "loyalty.club.guarded.mixin"]

    club_account_ids = fields.One2many(comodel_name="loyalty.club.account", inverse_name="card_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        programs = self.env["loyalty.program"].browse({vals.get("program_id") for vals in vals_list} - {None, False})
        managed = set(programs.sudo().filtered("club_id").ids)
        first_points = [
            vals.get("points") or 0.0 if vals.get("program_id", self.env.context.get("active_id")) in managed else 0.0
            for vals in vals_list
        ]
        vals_list = [
            {**vals, "points": 0.0} if points else vals for vals, points in zip(vals_list, first_points, strict=True)
        ]
        cards = super().create(vals_list)
        started = {card: points for card, points in zip(cards, first_points, strict=True) if points}
        if started:
            cards._club_set_points(started)
        return cards

    def write(self, vals):
        managed = (
            self.filtered(lambda card: card.program_id.sudo().club_id)
            if {"points", "partner_id", "program_id"} & set(vals)
            else self.browse()
        )
        if not managed:
            return super().write(vals)
        managed._club_refuse_move(vals)
        if "points" not in vals:
            return super().write(vals)
        super(LoyaltyCard, self - managed).write(vals)
        rest = {name: value for name, value in vals.items() if name != "points"}
        if rest:
            super(LoyaltyCard, managed).write(rest)
        if not self.env.context.get(
            "loyalty_club_ignore_points"
        ):  # glue has posted it; the key can only leave something out
            managed._club_set_points({card: vals["points"] for card in managed})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_ledger(self):
        if self.sudo().club_account_ids:
            raise UserError(self.env._("A card with a ledger is never deleted; archive it instead."))

    def _club_refuse_move(self, vals):
        """A card with a ledger stays with its program and its person; merging contacts moves it properly."""
        held = self.sudo().filtered("club_account_ids")
        for card in held:
            if vals.get("program_id", card.program_id.id) != card.program_id.id:
                raise UserError(self.env._("A card with a ledger cannot change its program."))
            if card.partner_id and vals.get("partner_id", card.partner_id.id) != card.partner_id.id and not self.env.su:
                raise UserError(
                    self.env._(
                        "This card belongs to %s. Merge the contacts, or transfer the balance.", card.partner_id.name
                    )
                )

    def _club_set_points(self, targets):
        """Post what is missing to reach ``targets`` ({card: points}).

        :raises AccessError: the user may not change balances
        :raises UserError: one person may not change that much, or it would go below zero
        """
        if not self.env.su and not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(
                self.env._("Balances of members are changed by sales, or with “Adjust balance” by a club manager.")
            )
        accounts = self.env["loyalty.club.account"].sudo()._club_for_cards(self)
        movements = [
            self._club_core_movement(card, accounts[card.id], change)
            for card, points in targets.items()
            if (change := to_amount(points, card.program_id._club_decimals()) - to_amount(card.points, 3))
        ]
        if movements:
            self.env["loyalty.club.entry"]._club_post(movements)

    def _club_core_movement(self, card, account_id, change):
        club = card.program_id.sudo().club_id
        member_id = self.env["loyalty.club.account"].sudo().browse(account_id).member_id.id
        if not self.env.su and club._club_needs_second(self.env.user, {member_id: abs(change)}):
            raise UserError(
                self.env._(
                    "A change of more than %s for a member and day, or of many members by one person, needs a second "
                    "person: use “Adjust balance” on the member.",
                    f"{club._club_limit('adjust_limit'):g}",
                )
            )
        return Movement(
            key=f"core:{uuid4()}",
            kind="core",
            account_id=account_id,
            amount=abs(change),
            incoming=change > 0,
            counter="core",
            reason=self.env.context.get("loyalty_club_reason", ""),
            details=None if self.env.su else {"by_hand": True},
        )
