"""Placeholders: what can be written in braces, how it is said, and a sample for the preview. Features add records."""

import re
from types import SimpleNamespace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

#: How a value is written; see ``loyalty_club/rules/wording.py``.
KINDS = [
    ("text", "Text"),
    ("person", "Name of a person"),
    ("figure", "Number"),
    ("money", "Amount of money"),
    ("date", "Date"),
    ("link", "Link"),
]


class LoyaltyClubPlaceholder(models.Model):
    _name = "loyalty.club.placeholder"
    _inherit = ["loyalty.club.remembered.mixin", "loyalty.club.guarded.mixin"]
    _description = "Message Placeholder"
    _order = "sequence, id"

    code = fields.Char(required=True, help="What stands in the braces.")
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(selection=KINDS, required=True, default="text")
    sample = fields.Char(
        required=True, translate=True, help="For the preview. Numbers as 1250.5, dates as 2026-11-22, money in full."
    )
    everywhere = fields.Boolean(help="Known of every member; the others belong to what happened.")
    sequence = fields.Integer(default=10)

    _code_unique = models.Constraint("UNIQUE (code)", "There is a placeholder of this name already.")

    @api.constrains("code")
    def _check_code(self):
        for placeholder in self:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", placeholder.code):
                raise ValidationError(
                    self.env._("The name of a placeholder has small letters, digits and underscores only.")
                )

    @api.model
    @tools.ormcache()
    def _club_kinds(self):
        """{code: kind} of all placeholders."""
        return {placeholder.code: placeholder.kind for placeholder in self.sudo().search([])}

    @api.model
    def _club_known(self, trigger):
        """What texts for ``trigger`` (may be empty) may use: {code: its name, kind and sample in this language}."""
        rows = self.sudo().search([("everywhere", "=", True)]) | trigger.sudo().placeholder_ids
        return {
            row.code: SimpleNamespace(code=row.code, name=row.name, kind=row.kind, sample=row.sample) for row in rows
        }
