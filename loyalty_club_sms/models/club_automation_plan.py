"""What a sale needs to know of an automation, kept in memory: telling of a purchase must not read it each time."""

from odoo import models, tools


class LoyaltyClubAutomation(models.Model):
    _inherit = "loyalty.club.automation"

    @tools.ormcache("self.id")
    def _club_plan(self):
        """Plain values: ``delay`` and ``valid_hours``, the condition on members as text, and the columns ``common`` to
        all messages of this automation. Its name in them is that of the moment: it says why, to whoever reads the log.
        """
        self.ensure_one()
        own = self.with_context(lang=self.club_id.company_id.partner_id.lang or self.env.lang)
        return {
            "delay": self.delay,
            "valid_hours": self.valid_hours,
            "domain": self.domain or "[]",
            "common": {
                "lane": self.lane,
                "purpose": self.template_id.purpose,
                "template_id": self.template_id.id,
                "automation_id": self.id,
                "channels": self.channels,
                "why": own.name,
            },
        }
