"""Rules of referral: what bringing a friend earns, to whom, for which purchases, when and at most how much."""

from odoo import api, fields, models, tools

from ..rules.referral import Reward
from ..tools.amount import to_amount


class LoyaltyClubReferralRule(models.Model):
    _name = "loyalty.club.referral.rule"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Referral Rule"
    _order = "club_id, sequence, id"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    currency_id = fields.Many2one(related="club_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True, help="Shown on the statement of who gets the reward.")
    active = fields.Boolean(default=True)
    side = fields.Selection(
        selection=[("referrer", "The member who invited"), ("friend", "The invited friend")],
        string="For",
        required=True,
        default="referrer",
    )
    value = fields.Selection(
        selection=[("points", "Points"), ("credit", "Credit")], string="Gives", required=True, default="points"
    )
    mode = fields.Selection(
        selection=[("fixed", "a fixed amount"), ("percent", "% of what the friend paid")],
        required=True,
        default="fixed",
    )
    amount = fields.Float(digits=(16, 3), required=True, default=50)
    purchases = fields.Integer(
        string="For the first purchases", default=1, required=True, help="How many purchases of the friend count."
    )
    minimum = fields.Float(string="Minimum purchase", help="A smaller purchase earns nothing, but counts as one.")
    cap_amount = fields.Float(
        string="At most per member", digits=(16, 3), help="What one member gets by this rule in a period. 0: no limit."
    )
    cap_period = fields.Selection(
        selection=[("month", "a month"), ("year", "a year"), ("ever", "for ever")],
        string="Counted within",
        required=True,
        default="month",
    )
    cap_friend = fields.Float(
        string="At most per friend", digits=(16, 3), help="What one friend's purchases earn by this rule. 0: no limit."
    )
    life_days = fields.Integer(string="Ends after (days)", help="0: as the program says.")

    _figures = models.Constraint(
        "CHECK (amount > 0 AND purchases > 0 AND minimum >= 0"
        " AND cap_amount >= 0 AND cap_friend >= 0 AND life_days >= 0)",
        "A rule gives more than nothing for at least one purchase; limits and days are not below zero.",
    )
    _percent = models.Constraint("CHECK (mode = 'fixed' OR amount <= 100)", "Not more than 100 % of a purchase.")

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._club_need_program()
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._club_need_program()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _club_need_program(self):
        """What is given in credit needs the club's credit program."""
        for rule in self.filtered(lambda rule: rule.active and rule.value == "credit"):
            rule.club_id._club_ensure_program("credit")

    @api.model
    @tools.ormcache()
    def _club_clubs(self):
        """Ids of the clubs that have rules; looked at with every sale."""
        return frozenset(self.sudo().search([("active", "=", True)]).club_id.ids)

    def _club_reward(self):
        """The rule as ``rules.referral.Reward``."""
        self.ensure_one()
        return Reward(self.mode, to_amount(self.amount, 3), self.purchases, to_amount(self.minimum, 3))


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    referral_rule_ids = fields.One2many(
        comodel_name="loyalty.club.referral.rule", inverse_name="club_id", string="Referral rules"
    )
    referral_wait_days = fields.Integer(
        string="Return window (days)",
        default=14,
        help="Rewards for a friend's purchase come after so many days, and only for what was not returned until then.",
    )
    referral_user_limit = fields.Integer(
        string="Friends of one member joined by one user a day",
        default=3,
        help="A cashier who joins more people a day on the code of one member is likely to use it for himself; "
        "these do not count as invited. 0: no limit.",
    )
