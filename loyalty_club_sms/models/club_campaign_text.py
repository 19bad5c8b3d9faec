"""Texts of a campaign before it goes: as real members will read them, for the preview, the count and the test."""

from uuid import uuid4

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.campaign_links import replace_links, short_link
from ..rules.parts import count_parts

#: Members shown in the preview.
SHOWN = 10
#: What a coupon looks like before there are any.
SAMPLE_COUPON = "044ABC123XYZ"


class LoyaltyClubCampaignVariant(models.Model):
    _inherit = "loyalty.club.campaign.variant"

    def _club_texts(self, members):
        """{member id: (text, language)} as ``members`` will get this text, with links of the right length."""
        self.ensure_one()
        values = self.campaign_id._club_sample_values()
        template = self.sent_template_id or self.template_id
        rendered = template._club_render(members.ids, {member.id: values for member in members})
        base = self.campaign_id.get_base_url()
        numbered = enumerate(self._club_links(), start=1)
        short = {url: short_link(base, self.token, number) for number, url in numbered}
        return {key: (replace_links(text, short), lang) for key, (text, lang) in rendered.items()}

    def _club_is_fixed(self):
        """Whether everybody who reads one language gets the same number of signs."""
        bodies = [self.template_id.with_context(lang=code).body or "" for code in self._club_languages()]
        signs = "".join(bodies).replace("{coupon}", "").replace("{coupon_until}", "")
        return "{" not in signs


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    preview_html = fields.Html(string="Preview", compute="_compute_preview_html", sanitize=False)

    def _compute_preview_html(self):
        for campaign in self:
            campaign.preview_html = campaign._club_preview_html() if campaign.id else False

    def _club_preview_html(self):
        try:
            members = self._club_sample(SHOWN)
        except UserError as error:
            return self.env["ir.qweb"]._render("loyalty_club_sms.campaign_preview", {"hint": str(error)})
        rows = self._club_preview_rows(members)
        hint = False
        if not self.variant_ids:
            hint = self.env._("Add a text to see how members will read it.")
        elif not rows:
            hint = self.env._("Nobody is in the audience yet.")
        return self.env["ir.qweb"]._render("loyalty_club_sms.campaign_preview", {"rows": rows, "hint": hint})

    def _club_preview_rows(self, members):
        """For each member the text that he may get, with its language and parts; the texts take turns."""
        variants = list(self.variant_ids)
        if not variants:
            return []
        sizes, suffix = self._club_line_form()
        rows = []
        texts = {variant: variant._club_texts(members) for variant in variants}
        for number, member in enumerate(members):
            variant = variants[number % len(variants)]
            text, lang = texts[variant].get(member.id, ("", ""))
            parts = count_parts(text + suffix, sizes) if text else None
            rows.append(
                {
                    "name": member.partner_id.name or member.number,
                    "number": member.number,
                    "text": text + suffix if text else "",
                    "variant": variant.name if len(variants) > 1 else "",
                    "dir": "rtl" if self.env["res.lang"]._get_data(code=lang).direction == "rtl" else "ltr",
                    "parts": parts.count if parts else 0,
                    "units": parts.units if parts else 0,
                }
            )
        return rows

    def _club_sample(self, limit):
        """Up to ``limit`` members of the audience, spread over all of it and the same ones each time."""
        rows = self.env.execute_query(
            SQL("SELECT a.id FROM (%s) a ORDER BY md5(a.id::text) LIMIT %s", self._club_people(), limit)
        )
        return self.env["loyalty.club.member"].browse([member_id for (member_id,) in rows])

    def _club_sample_values(self):
        """What placeholders of the campaign itself look like before it starts."""
        return {"coupon": SAMPLE_COUPON, "coupon_until": self.coupon_until or None}

    # -- test to oneself -------------------------------------------------------------------------------------------

    def action_test(self):
        """Send each text to the user's own phone, as the first member of the preview would read it."""
        self.ensure_one()
        self.check_access("write")
        phone = self._club_own_number()
        if not self.variant_ids:
            raise UserError(self.env._("Add a text first."))
        problem = self._club_line_problem()
        if problem:
            raise UserError(problem)
        members = self._club_own_member() or self._club_sample(1)
        if not members:
            raise UserError(self.env._("Nobody is in the audience, so there is nobody whose text could be shown."))
        rows = []
        for variant in self.variant_ids:
            variant._club_ensure_links()
            text, lang = variant._club_texts(members)[members.id]
            rows.append(
                {
                    "key": f"campaign:{self.id}:test:{uuid4().hex}",
                    "club_id": self.club_id.id,
                    "company_id": self.club_id.sudo().company_id.id,
                    "address": phone,
                    "lane": "service",  # at once, also in quiet hours
                    "purpose": self.purpose,  # by the line that members get it from
                    "is_test": True,
                    "body": text,
                    "lang": lang,
                    "why": self.env._("Test of “%s”", self.name),
                    "origin": (self._name, self.id),
                }
            )
        self.env["loyalty.club.message"].sudo()._club_queue(rows)  # the queue is written by features only
        return self._club_notify(self.env._("The test is on its way to %s.", phone))

    def _club_own_number(self):
        phone = self.env.user.partner_id.phone
        number = phone and self.env["loyalty.club.member"]._club_read_mobile(self.club_id, phone)
        if not number:
            raise UserError(self.env._("Your own contact has no mobile number. Write it in your preferences."))
        return number

    def _club_own_member(self):
        return self.env["loyalty.club.member"]._club_find(self.club_id, partner=self.env.user.partner_id)

    def _club_notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": kind, "next": {"type": "ir.actions.act_window_close"}},
        }
