"""Members and their orders at the tills."""

from odoo import fields, models


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    pos_order_count = fields.Integer(compute="_compute_pos_order_count")

    def _compute_pos_order_count(self):
        counts = dict(
            self.env["pos.order"]
            .sudo()  # a figure; the orders themselves are opened with the user's own rights
            ._read_group([("partner_id", "in", self.partner_id.ids)], ["partner_id"], ["__count"])
        )
        for member in self:
            member.pos_order_count = counts.get(member.partner_id, 0)

    def action_club_pos_orders(self):
        """Open the member's orders at the tills."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("point_of_sale.action_pos_pos_form")
        return {**action, "domain": [("partner_id", "=", self.partner_id.id)], "context": {}}
