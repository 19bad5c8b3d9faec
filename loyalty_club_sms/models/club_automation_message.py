"""Which text a message has, and which automation caused it."""

from odoo import fields, models


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    template_id = fields.Many2one(
        comodel_name="loyalty.club.template", readonly=True, index="btree_not_null", ondelete="set null"
    )
    automation_id = fields.Many2one(
        comodel_name="loyalty.club.automation", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _club_render_messages(self):
        """{message id: (text, language)} of these messages, several of one member too.

        Messages of a template that is gone or of values that nobody can read have an empty text.
        """
        messages = self.sudo().filtered("template_id")  # values and codes are nobody's to read but the sender's
        return self.env["loyalty.club.template"]._club_render_all(
            [
                (message.id, message.template_id, message.member_id.id, message._club_values(), message.lang)
                for message in messages
            ]
        )

    def _club_values(self):
        """What the cause said of this message; a shop of its own has its name go before the member's."""
        self.ensure_one()
        values = dict(self.values or {})
        if self.lane == "code":
            values.update((self.secret or {}).get("values") or {})
        if self.branch_id and "branch" not in values:
            values["branch"] = self.branch_id.name
        return values
