"""The campaign's page: results as bars, and reading in a file from it."""

from odoo import fields, models

#: The way from the audience to the till: figure, colour of its bar.
WAY = (
    ("people", "bg-200"),
    ("sent", "bg-info"),
    ("delivered", "bg-primary"),
    ("clicked", "bg-warning"),
    ("bought", "bg-success"),
)


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    results_html = fields.Html(string="Results", compute="_compute_results_html", sanitize=False)

    def _compute_results_html(self):
        for campaign in self:
            groups = campaign._club_result_groups() if campaign.frozen_at else []
            campaign.results_html = self.env["ir.qweb"]._render("loyalty_club_sms.campaign_results", {"groups": groups})

    def _club_result_groups(self):
        """Bars of the whole campaign, and of each text when there are several."""
        groups = [{"name": self.env._("All"), "bars": self._club_bars(self)}]
        if len(self.variant_ids) > 1:
            groups += [{"name": variant.display_name, "bars": self._club_bars(variant)} for variant in self.variant_ids]
        return groups

    def _club_bars(self, figures):
        labels = self.env["loyalty.club.campaign.report"]._fields
        people = figures.people or 1
        return [
            {
                "label": labels[name]._description_string(self.env),
                "count": f"{figures[name]:,}",
                "share": f"{100 * figures[name] / people:.1f} %" if name != "people" else "",
                "width": round(min(100, 100 * figures[name] / people), 1) if figures.people else 0,
                "color": color,
            }
            for name, color in WAY
        ]

    def action_read_file(self):
        """A new list from a file; it becomes this campaign's audience when it is confirmed."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Members from a file"),
            "res_model": "loyalty.club.audience.file",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_name": self.name,
                "default_club_id": self.club_id.id,
                "club_campaign_id": self.id,
            },
        }
