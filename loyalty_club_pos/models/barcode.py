"""Membership cards as a barcode type of their own, never a partner's barcode."""

from odoo import api, fields, models


class BarcodeRule(models.Model):
    _inherit = "barcode.rule"

    type = fields.Selection(selection_add=[("club_card", "Club card")], ondelete={"club_card": "set default"})


class BarcodeNomenclature(models.Model):
    _inherit = "barcode.nomenclature"

    @api.model_create_multi
    def create(self, vals_list):
        nomenclatures = super().create(vals_list)
        nomenclatures._club_add_card_rule()
        return nomenclatures

    def _club_add_card_rule(self):
        """Add the rule for 16-digit cards that begin with 9, before rules that would take part of them."""
        for nomenclature in self.filtered(lambda nomenclature: not nomenclature.is_gs1_nomenclature):
            if "club_card" not in nomenclature.rule_ids.mapped("type"):
                self.env["barcode.rule"].create(
                    {
                        "name": self.env._("Club cards"),
                        "barcode_nomenclature_id": nomenclature.id,
                        "sequence": 1,
                        "type": "club_card",
                        "encoding": "any",
                        "pattern": "9...............$",
                    }
                )
