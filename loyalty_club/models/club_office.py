"""What the screens of a club show and open."""

import pytz

from odoo import api, fields, models

from ..rules.lives import local_day


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    card_count = fields.Integer(compute="_compute_card_count", string="Cards in use")
    waiting_count = fields.Integer(compute="_compute_waiting_count", string="Adjustments that wait")

    @api.model
    def _club_default(self):
        """The only club there is for the user's companies; empty when there are several."""
        clubs = self.search([], limit=2)
        return clubs if len(clubs) == 1 else self.browse()

    def _club_zone(self):
        """Name of the time zone where the club's lead company is, so that a last day ends at one time for everybody."""
        self.ensure_one()
        company = self.sudo().company_id  # a cashier of another company of the club needs the zone too
        zones = pytz.country_timezones.get(company.country_id.code or self.sudo().country_id.code or "", ["UTC"])
        return company.partner_id.tz or zones[0]

    def _club_today(self):
        """Today's date where the club is."""
        return local_day(fields.Datetime.now(), self._club_zone())

    def _compute_card_count(self):
        counts = dict(
            self.env["loyalty.club.card"]._read_group(
                [("club_id", "in", self.ids), ("state", "=", "active")], ["club_id"], ["__count"]
            )
        )
        for club in self:
            club.card_count = counts.get(club, 0)

    def _compute_waiting_count(self):
        counts = dict(
            self.env["loyalty.club.adjustment"]._read_group(
                [("club_id", "in", self.ids), ("state", "=", "waiting")], ["club_id"], ["__count"]
            )
        )
        for club in self:
            club.waiting_count = counts.get(club, 0)

    def action_open_members(self):
        return self._club_open("loyalty_club.loyalty_club_member_action")

    def action_open_cards(self):
        return self._club_open("loyalty_club.loyalty_club_card_action")

    def action_open_exceptions(self):
        return self._club_open("loyalty_club.loyalty_club_exception_action")

    def action_open_waiting(self):
        action = self._club_open("loyalty_club.loyalty_club_adjustment_action")
        action["context"]["search_default_waiting"] = 1
        return action

    def action_adopt(self):
        """Choose a program to take over, with a preview of what that does."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take over an existing program"),
            "res_model": "loyalty.club.adoption",
            "view_mode": "form",
            "target": "new",
            "context": {"default_club_id": self.id},
        }

    def _club_open(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action.update(domain=[("club_id", "=", self.id)], context={"default_club_id": self.id})
        return action
