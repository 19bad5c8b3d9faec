"""Texts of consent: what a member is shown before he agrees. A text that was used stays; a change is a new version."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .club_consent import PURPOSES

FROZEN = frozenset({"body", "purpose", "club_id", "version"})


class LoyaltyClubConsentText(models.Model):
    _name = "loyalty.club.consent.text"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Text of a Consent"
    _order = "club_id, purpose, version desc, id desc"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        index=True,
        ondelete="restrict",
        help="Empty: for every club that has no text of its own.",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    purpose = fields.Selection(selection=PURPOSES, required=True, default="offers", string="About")
    version = fields.Integer(readonly=True, copy=False, help="Counted when the text is put to use.")
    body = fields.Text(
        string="Text",
        required=True,
        translate=True,
        help="What the member agrees to, in his own words: who writes to him, about what, and how he stops it.",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("used", "In use"), ("retired", "Replaced")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    used_from = fields.Datetime(string="In use since", readonly=True, copy=False)
    used_until = fields.Datetime(string="Replaced on", readonly=True, copy=False)

    _one_in_use = models.UniqueIndex(
        "(COALESCE(club_id, 0), purpose) WHERE state = 'used'", "Another version of this text is in use."
    )

    @api.depends("purpose", "version", "club_id")
    def _compute_display_name(self):
        names = dict(self._fields["purpose"]._description_selection(self.env))
        for text in self:
            version = f"v{text.version}" if text.version else self.env._("draft")
            text.display_name = " · ".join(filter(None, [names.get(text.purpose), version, text.club_id.name]))

    def write(self, vals):
        if FROZEN & set(vals):
            self._club_refuse_change()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        if field_name in FROZEN:
            self._club_refuse_change()
        return super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)

    def _club_refuse_change(self):
        if any(text.state != "draft" for text in self):
            raise UserError(
                self.env._("Members have agreed to this text, so it stays as it is. Duplicate it and change the copy.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._club_refuse_change()

    def action_use(self):
        """Put this version to use; the one before is kept for what was agreed with it."""
        self.check_access("write")
        now = fields.Datetime.now()
        # versions and states change by this button only
        for text in self.filtered(lambda text: text.state == "draft"):
            same = self.search([("club_id", "=", text.club_id.id), ("purpose", "=", text.purpose)])
            before = same.filtered(lambda other: other.state == "used")
            before.sudo().write({"state": "retired", "used_until": now})
            before.flush_recordset()
            text.sudo().write({"version": max(same.mapped("version"), default=0) + 1})
            text.sudo().write({"state": "used", "used_from": now})

    @api.model
    def _club_text(self, club, purpose):
        """The text in use for a purpose: the club's own, else the one for all clubs; empty when there is none."""
        texts = self.sudo().search(  # shown to members, cashiers and visitors alike
            [("club_id", "in", (club.id, False)), ("purpose", "=", purpose), ("state", "=", "used")]
        )
        return texts.sorted(lambda text: not text.club_id)[:1]


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_consent_asks(self):
        asks = super()._club_consent_asks()
        text = self.env["loyalty.club.consent.text"]._club_text(self, "offers")
        return [*asks, {"purpose": "offers", "text_id": text.id, "text": text.body}] if text else asks
