"""Templates in campaigns: links become the reader's own, and a text may have a personal code in it."""

from types import SimpleNamespace

from odoo import api, models

from ..rules.campaign_links import replace_links

#: Placeholders that texts without a trigger may have: a campaign fills them in.
OF_CAMPAIGNS = ("coupon", "coupon_until")


class LoyaltyClubTemplate(models.Model):
    _inherit = "loyalty.club.template"

    @api.model
    def _club_render_all(self, items):
        """Links of campaigns become the reader's own short ones; ``token`` among the values says whose they are."""
        rendered = super()._club_render_all(items)
        tokens = {
            key: (template, values["token"]) for key, template, _m, values, _l in items if (values or {}).get("token")
        }
        templates = self.browse({template.id for template, _token in tokens.values()})
        # the queue's job renders; a preview is for people who read the campaign
        variants = self.env["loyalty.club.campaign.variant"].sudo().search([("sent_template_id", "in", templates.ids)])
        shorts = {variant.sent_template_id: variant._club_short("\0") for variant in variants}
        for key, (template, token) in tokens.items():
            if key in rendered:
                text, lang = rendered[key]
                short = {url: address.replace("\0", token) for url, address in shorts.get(template, {}).items()}
                rendered[key] = (replace_links(text, short), lang)
        return rendered


class LoyaltyClubPlaceholder(models.Model):
    _inherit = "loyalty.club.placeholder"

    @api.model
    def _club_known(self, trigger):
        known = super()._club_known(trigger)
        if not trigger:
            for row in self.sudo().search([("code", "in", OF_CAMPAIGNS)]):
                known[row.code] = SimpleNamespace(code=row.code, name=row.name, kind=row.kind, sample=row.sample)
        return known
