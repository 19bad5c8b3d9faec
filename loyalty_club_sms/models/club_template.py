"""Templates: what the club writes to its members, with placeholders in braces. Text and nothing else is in them."""

from uuid import uuid4

from markupsafe import Markup

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.wording import word
from odoo.addons.loyalty_club.tools.phone import is_mobile, to_e164
from odoo.exceptions import UserError, ValidationError

from ..rules.parts import count_parts
from ..rules.placeholders import fill, names_in, unknown_names
from .club_message import PURPOSES

#: More parts than that are pointed out; each is paid.
PART_LIMIT = 3


class LoyaltyClubTemplate(models.Model):
    _name = "loyalty.club.template"
    _inherit = ["loyalty.club.named", "loyalty.club.guarded.mixin"]
    _description = "Message Template"
    _order = "club_id, id"

    club_id = fields.Many2one(
        comodel_name="loyalty.club", index=True, ondelete="cascade", help="Empty: every club may use it."
    )
    trigger_id = fields.Many2one(
        comodel_name="loyalty.club.trigger",
        string="Written for",
        index="btree_not_null",
        ondelete="set null",
        help="What happened; it brings placeholders of its own, e.g. the amount paid.",
    )
    purpose = fields.Selection(
        selection=PURPOSES,
        required=True,
        default="service",
        help="Codes and service messages reach every member. News and offers only reach those who agreed to them.",
    )
    body = fields.Text(
        string="Text",
        required=True,
        translate=True,
        help="Words in braces, e.g. {name}, are replaced. A line with one that is empty is left out.",
    )
    active = fields.Boolean(default=True)
    part_limit = fields.Integer(
        string="Warn above",
        default=PART_LIMIT,
        help="Parts of an SMS: 70 signs in Persian (67 in each of several parts), 160 (153) in plain Latin letters. "
        "Each part is paid.",
    )
    placeholder_list = fields.Json(compute="_compute_placeholder_list")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    parts = fields.Integer(compute="_compute_preview", help="Of the longest language, with the samples.")
    too_long = fields.Boolean(compute="_compute_preview")
    automation_ids = fields.One2many(comodel_name="loyalty.club.automation", inverse_name="template_id")

    @api.depends("trigger_id")
    @api.depends_context("lang")
    def _compute_placeholder_list(self):
        """What the picker offers: [{code, name, sample}]."""
        for template in self:
            known = self.env["loyalty.club.placeholder"]._club_known(template.trigger_id)
            style = template._club_style(self._club_lang(self.env.lang))
            template.placeholder_list = [
                {"code": row.code, "name": row.name, "sample": word(row.sample, row.kind, style)}
                for row in known.values()
            ]

    @api.depends("body", "trigger_id", "club_id", "part_limit")
    @api.depends_context("lang")
    def _compute_preview(self):
        for template in self:
            template.preview, template.parts = template._club_preview()
            template.too_long = template.parts > template.part_limit

    def _club_preview(self, own=lambda lang: {}):
        """(the text in every language as members read it, parts of the longest one).

        :param own: samples that are better than the placeholders', for a language: {code: value}
        """
        counted, blocks = [], []
        for lang, name in self.env["res.lang"].get_installed():
            text = self._club_sample_text(lang, own(lang))
            parts = count_parts(text)
            counted.append(parts.count)
            blocks.append(self._club_preview_block(lang, name, text, parts))
        return Markup("").join(blocks), max(counted, default=0)

    def _club_style(self, lang):
        return (self.club_id or self._club_any_club() or self.env["loyalty.club"].new({}))._club_style(lang)

    def _club_sample_text(self, lang, own=None):
        """The text in ``lang`` as it would be sent, with the placeholders' samples; for an unsaved text too."""
        self.ensure_one()
        typed = lang == (self.env.lang or "en_US") or not self._origin
        body = (self if typed else self._origin.with_context(lang=lang)).body or ""
        known = self.env["loyalty.club.placeholder"].with_context(lang=lang)._club_known(self.trigger_id)
        style = self._club_style(lang)
        # what is not known stays as it was typed, so that it is seen
        samples = {**{name: row.sample for name, row in known.items()}, **(own or {})}
        words = {
            name: word(samples[name], known[name].kind, style) if name in known else f"{{{name}}}"
            for name in names_in(body)
        }
        return fill(body, words)

    def _club_preview_block(self, lang, name, text, parts):
        too_long = parts.count > self.part_limit
        figures = {"parts": parts.count, "units": parts.units, "room": parts.room}
        if parts.count == 1:
            note = self.env._("1 part, %(units)s signs, room for %(room)s more", **figures)
        else:
            note = self.env._("%(parts)s parts, %(units)s signs, room for %(room)s more", **figures)
        if too_long:
            note = self.env._("%(note)s. Longer than %(limit)s parts: each is paid.", note=note, limit=self.part_limit)
        direction = self.env["res.lang"]._get_data(code=lang).direction or "ltr"
        return Markup(
            '<div class="o_club_preview mb-3"><div class="fw-bold">%s</div>'
            '<div class="border rounded p-2 bg-view" dir="%s" style="white-space: pre-wrap">%s</div>'
            '<small class="%s">%s</small></div>'
        ) % (name, direction, text, "text-danger" if too_long else "text-muted", note)

    def write(self, vals):
        result = super().write(vals)
        if "purpose" in vals:
            self.env.registry.clear_cache()  # plans of automations
        return result

    def action_club_send_test(self):
        """Send the text, with samples, to the mobile of whoever clicks."""
        self.ensure_one()
        self.check_access("write")
        user = self.env.user
        region = (self.club_id or self._club_any_club()).country_id.code or user.company_id.country_id.code
        number = to_e164(user.partner_id.phone, region) if user.partner_id.phone else None
        if not number or not is_mobile(number):
            raise UserError(self.env._("Write your own mobile number in your profile first; the test goes there."))
        row = self._club_test_row(number)
        problem = self.env["loyalty.club.gateway"]._club_line_problem(
            self.env["res.company"].browse(row["company_id"]), row["purpose"]
        )
        if problem:
            raise UserError(problem)
        # a test goes to its sender alone; managers write no messages otherwise
        self.env["loyalty.club.message"].sudo()._club_queue([row])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The test is on its way to %s.", number)},
        }

    def _club_test_row(self, number):
        """A test for the queue: at once, but by the line that members get the text from."""
        user = self.env.user
        return {
            "key": f"test:{uuid4().hex}",
            "address": number,
            "partner_id": user.partner_id.id,
            "company_id": self.club_id.company_id.id or self.env.company.id,
            "club_id": self.club_id.id or None,
            "lane": "service",
            "purpose": self.purpose,
            "is_test": True,
            "body": self._club_sample_text(self._club_lang(user.lang)),
            "why": self.env._("Test: %s", self.name),
        }

    @api.constrains("body", "trigger_id")
    def _check_placeholders(self):
        Placeholder = self.env["loyalty.club.placeholder"]
        for template in self:
            known = Placeholder._club_known(template.trigger_id)
            bad = unknown_names(template.body or "", known)
            if bad:
                raise ValidationError(
                    self.env._(
                        "The text has placeholders that nobody can fill in: %(bad)s.\n"
                        "These are known here: %(known)s.\nBraces are for placeholders only.",
                        bad=" ".join(f"{{{name}}}" for name in bad),
                        known=" ".join(f"{{{name}}}" for name in sorted(known)),
                    )
                )
            if template.trigger_id.kind == "code" and "code" not in names_in(template.body or ""):
                raise ValidationError(self.env._("The code itself is missing: write {code} where it belongs."))
