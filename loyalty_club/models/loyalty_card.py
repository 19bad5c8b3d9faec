"""The adapter: what core writes to ``loyalty.card.points`` of managed programs becomes keyed entries of the ledger."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules.movement import Movement
from ..tools.amount import to_amount


class LoyaltyCard(models.Model):
    _name = "loyalty.card"
    _inherit = ["loyalty.card", "loyalty.club.managed.mixin", "loyalty.club.guarded.mixin"]

    club_account_ids = fields.One2many(comodel_name="loyalty.club.account", inverse_name="card_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Managed cards begin empty; what they are to have on them is posted. Defaults count as values."""
        wanted = [{**self.default_get(["program_id", "points"]), **vals} for vals in vals_list]
        programs = self.env["loyalty.program"].browse({vals.get("program_id") for vals in wanted} - {None, False})
        managed = programs.sudo().filtered("club_id")  # whether a club has them is all that is asked
        ours = [vals.get("program_id") in managed.ids for vals in wanted]
        cards = super().create(
            [
                {**vals, "program_id": full["program_id"], "points": 0.0} if our else vals
                for vals, full, our in zip(vals_list, wanted, ours, strict=True)
            ]
        )
        cards._club_managers_only()
        targets = {
            card: vals["points"]
            for card, vals, our in zip(cards, wanted, ours, strict=True)
            if our and vals.get("points")
        }
        if targets:
            cards._club_set_points(targets)
        return cards

    def write(self, vals):
        managed = self.filtered(lambda card: card.program_id.sudo().club_id)
        if "program_id" in vals:
            self._club_refuse_entry(vals["program_id"])
        if not managed:
            return super().write(vals)
        rest = {name: value for name, value in vals.items() if name != "points"}
        if rest:
            managed._club_managers_only()
            managed._club_refuse_move(rest)
        if "points" not in vals:
            return super().write(vals)
        super(LoyaltyCard, self - managed).write(vals)
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
        self._club_managers_only()

    def _club_refuse_entry(self, program_id):
        """A card with points on it does not slip into a club's program: the ledger would know nothing of them.

        :raises UserError: it would
        """
        program = self.env["loyalty.program"].browse(program_id).sudo()  # whether a club has it is all that is asked
        if program.club_id and self.sudo().filtered(lambda card: card.program_id != program):
            raise UserError(
                self.env._("A card does not change into a club's program. Make a new card, and transfer the balance.")
            )

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
