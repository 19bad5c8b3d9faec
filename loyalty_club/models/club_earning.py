"""Earning plans: a program's rules as plain values for ``rules.scoring``, and the members they apply to."""

from odoo import api, models, tools
from odoo.fields import Domain

from ..rules.scoring import Rule
from ..tools.amount import exact


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    @api.model
    @tools.ormcache()
    def _club_stored_value_products(self):
        """Ids of products that load or sell stored value (gift cards, top-ups): selling them earns nothing."""
        programs = self.sudo().search([("program_type", "in", ("gift_card", "ewallet"))])
        return frozenset(programs.rule_ids.product_ids.ids)

    @tools.ormcache("self.id")
    def _club_rule_values(self):
        """Rules as tuples: id, restricted to products?, minimum quantity, minimum amount, tax incl.?, mode, points."""
        self.ensure_one()
        return tuple(
            (
                rule.id,
                bool(
                    rule.product_ids
                    or rule.product_category_id
                    or rule.product_tag_id
                    or rule.product_domain not in (False, "", "[]", "[['sale_ok', '=', True]]")
                ),
                exact(rule.minimum_qty),
                exact(rule.minimum_amount),
                rule.minimum_amount_tax_mode == "incl",
                rule.reward_point_mode,
                exact(rule.reward_point_amount),
            )
            for rule in self.sudo().rule_ids
            if rule.mode == "auto" and rule.active
        )

    def _club_rules(self, products):
        """The rules of this program as ``rules.scoring.Rule`` for a basket of ``products``."""
        self.ensure_one()
        rules = []
        for rule_id, restricted, quantity, amount, tax_included, mode, points in self._club_rule_values():
            covered = None
            if restricted:
                domain = self.env["loyalty.rule"].sudo().browse(rule_id)._get_valid_product_domain()
                covered = frozenset(products.sudo().filtered_domain(Domain(domain)).ids)
            rules.append(Rule(rule_id, covered, quantity, amount, tax_included, mode, points))
        return rules

    def _club_runs(self, on):
        """Whether the program is on at the date ``on``."""
        self.ensure_one()
        return self.active and (not self.date_from or self.date_from <= on) and (not self.date_to or on <= self.date_to)

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        self.env.registry.clear_cache()
        return programs

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)


class LoyaltyRule(models.Model):
    _inherit = "loyalty.rule"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
