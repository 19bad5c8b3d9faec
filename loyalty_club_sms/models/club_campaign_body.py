"""Variants: the texts of a campaign, each with its share of the members, and frozen when it goes out."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.campaign_links import new_tokens, number_links, short_link


class LoyaltyClubCampaignVariant(models.Model):
    _name = "loyalty.club.campaign.variant"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Text of a Campaign"
    _order = "campaign_id, sequence, id"

    campaign_id = fields.Many2one(comodel_name="loyalty.club.campaign", required=True, index=True, ondelete="cascade")
    club_id = fields.Many2one(related="campaign_id.club_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Letter", compute="_compute_name", help="A, B, C …")
    template_id = fields.Many2one(comodel_name="loyalty.club.template", required=True, ondelete="restrict")
    body = fields.Text(related="template_id.body")
    share = fields.Integer(default=50, help="How much of the members get this text, compared with the other ones.")
    sent_template_id = fields.Many2one(
        comodel_name="loyalty.club.template",
        string="As it went out",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="A copy of the template at the start: later changes of the template don't change what goes out.",
    )
    token = fields.Char(
        readonly=True, copy=False, default=lambda self: new_tokens(1)[0], help="Short links of tests end with it."
    )
    link_ids = fields.One2many(
        comodel_name="link.tracker", inverse_name="club_variant_id", string="Links", readonly=True
    )

    _share_positive = models.Constraint("CHECK (share > 0)", "A share is above zero.")
    _token_unique = models.Constraint("UNIQUE (token)", "This token is in use.")

    @api.depends("campaign_id.variant_ids", "sequence")
    def _compute_name(self):
        for variant in self:
            ids = variant.campaign_id.variant_ids.ids
            place = ids.index(variant.id) if variant.id in ids else len(ids)
            variant.name = chr(ord("A") + place) if place < 26 else str(place + 1)

    @api.depends("name", "template_id")
    def _compute_display_name(self):
        for variant in self:
            variant.display_name = f"{variant.name}: {variant.template_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        variants = super().create(vals_list)
        variants._club_refuse_change()
        return variants

    def write(self, vals):
        if not self.env.su:
            self._club_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._club_refuse_change()

    def _club_refuse_change(self):
        if not self.env.su:
            self.campaign_id._club_refuse_change()

    # -- links -----------------------------------------------------------------------------------------------------

    def _club_languages(self):
        """Codes of the languages that texts are written in."""
        return [code for code, _name in self.env["res.lang"].get_installed()]

    def _club_links(self):
        """The links of the text over all its languages, in order."""
        self.ensure_one()
        texts = [self.template_id.with_context(lang=code).body or "" for code in self._club_languages()]
        return number_links(texts)

    def _club_ensure_links(self):
        """Core's tracker for each link, made when missing; those of an earlier wording, seen by a test only, go."""
        self.ensure_one()
        variant = self.sudo()  # marketing people have no rights on Odoo's trackers; these belong to their campaign
        links = dict(enumerate(variant._club_links(), start=1))
        variant.link_ids.filtered(lambda link: link.url != links.get(link.club_number)).unlink()
        known = set(variant.link_ids.mapped("club_number"))
        missing = {number: url for number, url in links.items() if number not in known}
        if not missing:
            return
        common = {
            "campaign_id": variant.campaign_id._club_utm().id,
            "medium_id": variant.env["utm.mixin"]._find_or_create_record("utm.medium", "SMS").id,
            "club_variant_id": variant.id,
        }
        variant.env["link.tracker"].create(
            [
                {
                    **common,
                    "url": url,
                    "title": url,  # core would fetch the page to find its title
                    "label": f"{variant.campaign_id.id}/{variant.id}/{number}",
                    "club_number": number,
                }
                for number, url in missing.items()
            ]
        )
        variant.invalidate_recordset(["link_ids"])

    def _club_short(self, token):
        """{address in the text: short address} for the reader with this token."""
        base = self.campaign_id.get_base_url()
        return {link.url: short_link(base, token, link.club_number) for link in self.sudo().link_ids}

    # -- freezing --------------------------------------------------------------------------------------------------

    def _club_freeze(self):
        """Copy the template as it is now, so that what goes out can't change."""
        for variant in self.sudo():  # copies are nobody's to edit
            if variant.sent_template_id:
                continue
            if not variant.template_id.body:
                raise UserError(self.env._("The text of “%s” is empty.", variant.template_id.name))
            variant._club_ensure_links()
            variant.sent_template_id = variant.template_id.copy(
                {"name": f"{variant.campaign_id.name} / {variant.name}", "active": False}
            )


class LinkTracker(models.Model):
    _name = "link.tracker"
    _inherit = ["link.tracker", "loyalty.club.guarded.mixin"]

    club_variant_id = fields.Many2one(
        comodel_name="loyalty.club.campaign.variant", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    club_number = fields.Integer(string="Place in the text", readonly=True)
