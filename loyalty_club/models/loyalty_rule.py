"""Rules of managed programs: which branches they are for, and which rules of a credit program grant credit."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyRule(models.Model):
    _name = "loyalty.rule"
    _inherit = ["loyalty.rule", "loyalty.club.remembered.mixin", "loyalty.club.managed.mixin"]

    club_id = fields.Many2one(related="program_id.club_id")
    club_kind = fields.Selection(related="program_id.club_kind")
    club_grants = fields.Boolean(
        string="Grants credit",
        help="Purchases that this rule covers give credit for the next one. "
        "The other rules of a credit program only name the products that sell credit.",
    )
    club_branch_ids = fields.Many2many(
        comodel_name="loyalty.club.branch",
        relation="loyalty_club_rule_branch_rel",
        string="Branches",
        help="The rule counts for purchases in these branches only. Leave empty for all.",
    )
    club_percent = fields.Float(
        string="Percentage",
        digits=(16, 3),
        compute="_compute_club_percent",
        inverse="_inverse_club_percent",
        help="How much of what was paid, tax included, is given as credit.",
    )

    @api.depends("reward_point_amount")
    def _compute_club_percent(self):
        for rule in self:
            rule.club_percent = rule.reward_point_amount * 100

    def _inverse_club_percent(self):
        for rule in self:
            rule.reward_point_amount = rule.club_percent / 100

    @api.onchange("club_grants")
    def _onchange_club_grants(self):
        if self.club_grants:
            # a rule of a wallet gives the whole price; as a grant that would be the purchase for nothing
            self.reward_point_mode = "money"
            self.reward_point_amount = 0.05

    @api.constrains("club_grants", "reward_point_mode", "reward_point_amount", "club_branch_ids")
    def _check_club_grants(self):
        for rule in self:
            if rule.club_grants and rule.club_kind != "credit":
                raise ValidationError(
                    self.env._("Only rules of a credit program can grant credit; “%s” is none.", rule.program_id.name)
                )
            if rule.club_grants and rule.reward_point_mode == "money" and rule.reward_point_amount > 1:
                raise ValidationError(
                    self.env._(
                        "A rule cannot grant more than 100 %% of a purchase; this one grants %(percent)s %%.",
                        percent=f"{rule.reward_point_amount * 100:g}",
                    )
                )
            foreign = rule.club_branch_ids.filtered(lambda branch, club=rule.club_id: branch.club_id != club)
            if foreign:
                raise ValidationError(
                    self.env._("The branch %s belongs to another club. Choose branches of this one.", foreign[0].name)
                )
