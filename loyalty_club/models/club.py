"""Clubs: one programme of a business, with its points and credit."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.card_number import default_prefix


class LoyaltyClub(models.Model):
    _name = "loyalty.club"
    _inherit = ["mail.thread"]
    _description = "Customer Club"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Lead company", required=True, default=lambda self: self.env.company
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        help="Companies whose branches belong to the club. Leave empty when the lead company and its branches are all.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        string="Country of phone numbers",
        required=True,
        default=lambda self: self.env.company.country_id or self.env.ref("base.ir"),
        help="Mobile numbers typed without a country code are read as numbers of this country.",
    )
    card_prefix = fields.Char(
        required=True,
        compute="_compute_card_prefix",
        store=True,
        readonly=False,
        precompute=True,
        size=8,
        help="First digits of the membership cards. Beginning with 9 they can never be the number of a bank card.",
    )
    points_program_id = fields.Many2one(
        comodel_name="loyalty.program",
        domain=[("program_type", "=", "loyalty")],
        copy=False,
        help="Odoo's loyalty program that holds the rules and rewards. Left empty, a new one is made.",
    )
    credit_program_id = fields.Many2one(
        comodel_name="loyalty.program",
        domain=[("program_type", "=", "ewallet")],
        copy=False,
        help="Odoo's eWallet program for money credit. Optional.",
    )
    program_ids = fields.One2many(comodel_name="loyalty.program", inverse_name="club_id", string="Programs")
    branch_ids = fields.One2many(comodel_name="loyalty.club.branch", inverse_name="club_id", string="Branches")
    member_ids = fields.One2many(comodel_name="loyalty.club.member", inverse_name="club_id", string="Members")
    sale_earn_state = fields.Selection(
        selection=[
            ("confirmed", "is confirmed"),
            ("delivered", "is delivered"),
            ("invoiced", "is invoiced"),
            ("paid", "is paid"),
        ],
        string="A sale order earns when it",
        default="invoiced",
        required=True,
        tracking=True,
    )
    adjust_limit = fields.Float(
        string="Adjustments need a second person above",
        default=1000.0,
        tracking=True,
        help="A manual change of more than this amount waits until another manager approves it.",
    )
    offline_budget = fields.Float(
        string="Spending without network, per member",
        default=0.0,
        tracking=True,
        help="How many points a member may spend at a till that has lost its network. 0 switches it off.",
    )
    card_on_join = fields.Boolean(
        string="Give a virtual card on joining",
        default=True,
        help="A new member gets a card number at once, to show on the phone; a plastic card can replace it later.",
    )
    member_count = fields.Integer(compute="_compute_member_count")
    exception_count = fields.Integer(compute="_compute_exception_count")

    _prefix_digits = models.Constraint(
        "CHECK (card_prefix ~ '^[0-9]{4,8}$')", "The card prefix must be four to eight digits."
    )
    _points_program_unique = models.UniqueIndex(
        "(points_program_id) WHERE points_program_id IS NOT NULL", "That points program belongs to another club."
    )
    _credit_program_unique = models.UniqueIndex(
        "(credit_program_id) WHERE credit_program_id IS NOT NULL", "That credit program belongs to another club."
    )

    @api.depends("country_id")
    def _compute_card_prefix(self):
        for club in self:
            club.card_prefix = club.card_prefix or default_prefix(club.country_id.code or "IR")

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("club_id", "in", self.ids), ("state", "!=", "left")], ["club_id"], ["__count"]
            )
        )
        for club in self:
            club.member_count = counts.get(club, 0)

    def _compute_exception_count(self):
        counts = dict(
            self.env["loyalty.club.exception"]._read_group(
                [("club_id", "in", self.ids), ("state", "=", "open")], ["club_id"], ["__count"]
            )
        )
        for club in self:
            club.exception_count = counts.get(club, 0)

    @api.constrains("currency_id", "points_program_id", "credit_program_id")
    def _check_currency(self):
        for club in self:
            for program in club.points_program_id | club.credit_program_id:
                if program.currency_id != club.currency_id:
                    raise ValidationError(
                        self.env._(
                            "The program %(program)s is in %(theirs)s, the club in %(ours)s. "
                            "Choose a program of the club's currency.",
                            program=program.name,
                            theirs=program.currency_id.name,
                            ours=club.currency_id.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        for club in clubs:
            if not club.points_program_id:
                club.points_program_id = club._club_make_program("loyalty")
            club._club_take_programs()
        return clubs

    def write(self, vals):
        if {"points_program_id", "credit_program_id", "currency_id"} & set(vals):
            self._club_refuse_program_change(vals)
        result = super().write(vals)
        if {"points_program_id", "credit_program_id"} & set(vals):
            self._club_take_programs()
        return result

    def _club_refuse_program_change(self, vals):
        for club in self:
            for name in ("points_program_id", "credit_program_id"):
                if name in vals and club[name] and club[name].id != vals[name] and club[name].sudo().club_account_ids:
                    raise UserError(
                        self.env._(
                            "The program %s has balances in the ledger and cannot be exchanged. "
                            "Make another club for the other program.",
                            club[name].name,
                        )
                    )

    def _club_take_programs(self):
        """Make the club's programs managed ones, with all the cards they have."""
        for club in self:
            for program in club.points_program_id | club.credit_program_id:
                if program.club_id != club:
                    self.env["loyalty.club.adoption"].create(
                        {"club_id": club.id, "program_id": program.id}
                    )._club_adopt()

    def _club_make_program(self, program_type):
        """A new core program by Odoo's preset, for all tills and sale orders of the club's companies."""
        self.ensure_one()
        Program = self.env["loyalty.program"]
        preset = Program._program_type_default_values()[program_type]
        program = Program.create(
            {
                **preset,
                "name": self.env._("%s points", self.name)
                if program_type == "loyalty"
                else self.env._("%s credit", self.name),
                "program_type": program_type,
                "portal_point_name": self.env._("points") if program_type == "loyalty" else self.currency_id.symbol,
                "company_id": False if len(self.company_ids) > 1 else self.company_id.id,
                "currency_id": self.currency_id.id,
            }
        )
        return program

    def action_club_make_credit_program(self):
        for club in self:
            if not club.credit_program_id:
                club.credit_program_id = club._club_make_program("ewallet")

    def _club_program(self, kind):
        """The program of a kind of value: ``points`` or ``credit``."""
        self.ensure_one()
        return self.points_program_id if kind == "points" else self.credit_program_id
