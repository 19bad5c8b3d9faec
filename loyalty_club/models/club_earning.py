"""Earning plans: a program's rules as plain values for ``rules.scoring``, and the members they apply to."""

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ..rules.scoring import Rule
from ..tools.amount import exact


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    # Odoo's own field, of all rules; a rule that grants credit for tea does not make tea a product that sells credit
    trigger_product_ids = fields.Many2many(
        comodel_name="product.product",
        related=None,
        compute="_compute_trigger_product_ids",
        inverse="_inverse_trigger_product_ids",
        search="_search_trigger_product_ids",
        compute_sudo=True,
        readonly=False,
    )

    @api.depends("rule_ids.product_ids", "rule_ids.club_grants")
    def _compute_trigger_product_ids(self):
        for program in self:
            program.trigger_product_ids = program.rule_ids.filtered(lambda rule: not rule.club_grants).product_ids

    def _search_trigger_product_ids(self, operator, value):
        return [("rule_ids", "any", [("club_grants", "=", False), ("product_ids", operator, value)])]

    def _inverse_trigger_product_ids(self):
        for program in self:
            products = program.trigger_product_ids
            selling = program.rule_ids.filtered(lambda rule: not rule.club_grants)[:1]
            selling.product_ids = products

    def action_club_grants(self):
        """Open the rules that grant credit for purchases. No field lists them: a second list over the same rules would
        take them away from Odoo's own one in the browser of the till."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit for purchases"),
            "res_model": "loyalty.rule",
            "view_mode": "list,form",
            "views": [
                (self.env.ref("loyalty_club.loyalty_rule_view_list").id, "list"),
                (self.env.ref("loyalty_club.loyalty_rule_view_form").id, "form"),
            ],
            "domain": [("program_id", "=", self.id), ("club_grants", "=", True)],
            "context": {
                "default_program_id": self.id,
                "default_club_grants": True,
                "default_reward_point_mode": "money",
                "default_reward_point_amount": 0.05,
                "currency_symbol": self.currency_symbol,
            },
        }

    @api.model
    @tools.ormcache()
    def _club_stored_value_products(self):
        """Ids of products that load or sell stored value (gift cards, top-ups): selling them earns nothing."""
        programs = self.sudo().search([("program_type", "in", ("gift_card", "ewallet"))])
        return frozenset(programs.rule_ids.filtered(lambda rule: not rule.club_grants).product_ids.ids)

    @tools.ormcache("self.id")
    def _club_sold_products(self):
        """Ids of the products that sell value of this program: credit, gift cards or prepaid cards."""
        self.ensure_one()
        return frozenset(self.sudo().trigger_product_ids.ids if self.club_kind != "points" else ())

    @api.model
    @tools.ormcache("club_id")
    def _club_sold_by(self, club_id):
        """Ids of the products that sell credit, gift cards or prepaid cards of a club."""
        programs = self.sudo().with_context(active_test=False)
        programs = programs.search([("club_id", "=", club_id), ("club_kind", "in", ("credit", "gift", "prepaid"))])
        return frozenset().union(*(program._club_sold_products() for program in programs))

    @tools.ormcache("self.id")
    def _club_rule_values(self):
        """Rules as tuples: id, restricted to products?, minimum quantity, minimum amount, tax incl.?, mode, points,
        grants?, ids of the branches it is limited to."""
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
                rule.club_grants,
                frozenset(rule.club_branch_ids.ids),
            )
            for rule in self.sudo().rule_ids
            if rule.mode == "auto" and rule.active
        )

    def _club_rules(self, products, branch=None):
        """The rules by which a purchase earns in this program, as ``rules.scoring.Rule``.

        Points: all rules. Credit: those that grant credit; the others name the products that sell it. Gift and prepaid
        cards are only ever sold.

        :param products: the products of the basket
        :param branch: where it is bought; rules of certain branches are not for a purchase in no branch
        """
        self.ensure_one()
        kind = self.club_kind
        return [
            self._club_rule(values, products)
            for *values, grants, branches in self._club_rule_values()
            if (kind == "points" or (kind == "credit" and grants))
            and (not branches or (branch and branch.id in branches))
        ]

    def _club_loading_rules(self, products):
        """The rules that say what a product which sells this program's value is worth, as ``rules.scoring.Rule``."""
        self.ensure_one()
        return [
            self._club_rule(values, products)
            for *values, grants, _branches in self._club_rule_values()
            if self.club_kind != "points" and not grants
        ]

    def _club_rule(self, values, products):
        rule_id, restricted, quantity, amount, tax_included, mode, points = values
        covered = None
        if restricted:
            domain = self.env["loyalty.rule"].sudo().browse(rule_id)._get_valid_product_domain()
            covered = frozenset(products.sudo().filtered_domain(Domain(domain)).ids)
        return Rule(rule_id, covered, quantity, amount, tax_included, mode, points)

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
