"""Core's own path of points: what a browser says about managed programs is dropped, and answered with the ledger."""

from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def confirm_coupon_programs(self, coupon_data):
        """What the browser says about managed programs is dropped: the server has booked them with the order."""
        programs = self.env["loyalty.program"].sudo().browse({int(vals["program_id"]) for vals in coupon_data.values()})
        managed = set(programs.filtered("club_id").ids)
        theirs = {key: vals for key, vals in coupon_data.items() if int(vals["program_id"]) not in managed}
        result = super().confirm_coupon_programs(theirs)
        ours = {int(key): vals for key, vals in coupon_data.items() if int(vals["program_id"]) in managed}
        if ours:
            result["coupon_updates"] += self._club_fresh_cards(ours, managed)
        return result

    def _club_fresh_cards(self, coupon_data, managed):
        """Balances of this customer's managed cards, in the form core answers with."""
        cards = (
            self.env["loyalty.card"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("partner_id", "!=", False),
                    ("program_id", "in", list(managed)),
                ]
            )
        )
        by_program = {card.program_id.id: card for card in cards}
        return [
            {
                "old_id": key,
                "id": card.id,
                "points": card.points,
                "code": card.code,
                "program_id": card.program_id.id,
                "partner_id": card.partner_id.id,
            }
            for key, vals in coupon_data.items()
            if (card := by_program.get(int(vals["program_id"])))
        ]
