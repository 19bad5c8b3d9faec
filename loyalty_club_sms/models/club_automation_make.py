"""The automations that every club gets, and which of them are switched on by themselves."""

import json

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyClubAutomation(models.Model):
    _inherit = "loyalty.club.automation"

    @api.model
    def _club_make(self, clubs, triggers):
        """One automation with a text of its own for each club and trigger, switched off but for what is asked for."""
        nowruz = self.env.ref("loyalty_club_sms.occasion_nowruz", raise_if_not_found=False)
        for club in clubs:
            templates = self.env["loyalty.club.template"].create(
                [self._club_template_values(club, trigger) for trigger in triggers]
            )
            self._club_write_texts(templates)
            self.create(
                [
                    {
                        "club_id": club.id,
                        "trigger_id": trigger.id,
                        "template_id": template.id,
                        "active": trigger.kind == "code",  # such texts are asked for, they cause no message
                        "occasion_id": nowruz.id if trigger.code == "occasion" and nowruz else False,
                        **{name: trigger[name] for name in ("days", "hour", "valid_hours")},
                    }
                    for trigger, template in zip(triggers, templates, strict=True)
                ]
            )

    def _club_template_values(self, club, trigger):
        return {
            "club_id": club.id,
            "trigger_id": trigger.id,
            "purpose": trigger.purpose,
            "body": (trigger.texts or {}).get("en_US") or trigger.name,
        }

    def _club_write_texts(self, templates):
        """Give new templates their texts in all languages, also in those that are installed later."""
        templates.flush_recordset()
        for template in templates:
            texts = template.trigger_id.texts
            if texts:
                body = json.dumps(texts)
                self.env.cr.execute(
                    SQL("UPDATE loyalty_club_template SET body = %s::jsonb WHERE id = %s", body, template.id)
                )
        templates.invalidate_recordset(["body"], flush=False)

    @api.model
    def _club_start_expected(self, companies):
        """Switch on what every shop expects, for clubs of companies that can send from now on."""
        clubs = self.env["loyalty.club"].sudo().search([("company_id", "in", companies.ids)])
        waiting = self.sudo().search(
            [("club_id", "in", clubs.ids), ("active", "=", False), ("since", "=", False)]
        )  # whoever switched one off, has switched it on before
        waiting.filtered("trigger_id.expected").write({"active": True})


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    automation_ids = fields.One2many(comodel_name="loyalty.club.automation", inverse_name="club_id")

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        triggers = self.env["loyalty.club.trigger"].sudo().search([("code", "!=", False)])
        Automation = self.env["loyalty.club.automation"].sudo()  # texts belong to every new club, whoever makes it
        Automation._club_make(clubs, triggers)
        Automation._club_start_expected(clubs.company_id.sudo().filtered("club_gateway_id"))
        return clubs


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("club_gateway_id"):
            # whoever sets up the gateway need not be a manager of the club
            self.env["loyalty.club.automation"].sudo()._club_start_expected(self)
        return result
