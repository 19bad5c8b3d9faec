"""Clubs: one programme of a business, with its points and credit."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.card_number import default_prefix

#: Kinds of value, each with the type of Odoo's program behind it; the field is ``<kind>_program_id``.
KINDS = {"points": "loyalty", "credit": "ewallet", "gift": "gift_card", "prepaid": "gift_card"}
PROGRAM_FIELDS = tuple(f"{kind}_program_id" for kind in KINDS)


class LoyaltyClub(models.Model):
    _name = "loyalty.club"
    _inherit = ["mail.thread", "loyalty.club.limits.mixin", "loyalty.club.guarded.mixin"]
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
    gift_program_id = fields.Many2one(
        comodel_name="loyalty.program",
        domain=[("program_type", "=", "gift_card")],
        copy=False,
        help="Odoo's gift card program behind the club's gift cards. Optional.",
    )
    prepaid_program_id = fields.Many2one(
        comodel_name="loyalty.program",
        domain=[("program_type", "=", "gift_card")],
        copy=False,
        help="The program behind prepaid discount cards. Optional.",
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
        help="What changes a member's balance by hand by more than this in a day waits until another manager approves "
        "it, however many steps it comes in.",
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
    _gift_program_unique = models.UniqueIndex(
        "(gift_program_id) WHERE gift_program_id IS NOT NULL", "That gift card program belongs to another club."
    )
    _prepaid_program_unique = models.UniqueIndex(
        "(prepaid_program_id) WHERE prepaid_program_id IS NOT NULL", "That prepaid program belongs to another club."
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

    @api.constrains("currency_id", *PROGRAM_FIELDS)
    def _check_currency(self):
        for club in self:
            for program in club._club_programs_of_kinds():
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
                club._club_ensure_program("points")
            club._club_take_programs()
        return clubs

    def write(self, vals):
        if {*PROGRAM_FIELDS, "currency_id"} & set(vals):
            self._club_refuse_program_change(vals)
        result = super().write(vals)
        if set(PROGRAM_FIELDS) & set(vals):
            self._club_take_programs()
        return result

    def _club_refuse_program_change(self, vals):
        for club in self:
            for name in PROGRAM_FIELDS:
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
            for kind, name in zip(KINDS, PROGRAM_FIELDS, strict=True):
                program = club[name]
                if program and program.club_id != club:
                    program.club_kind = kind
                    self.env["loyalty.club.adoption"].create(
                        {"club_id": club.id, "program_id": program.id}
                    )._club_adopt()

    def _club_make_program(self, kind):
        """A new core program by Odoo's preset for a kind of value, for all channels of the club's companies."""
        self.ensure_one()
        Program = self.env["loyalty.program"]
        made = Program.create(
            {
                **Program._program_type_default_values()[KINDS[kind]],
                "name": self._club_program_name(kind),
                "program_type": KINDS[kind],
                "club_kind": kind,
                "portal_point_name": self.env._("points") if kind == "points" else self.currency_id.symbol,
                "company_id": False if len(self.company_ids) > 1 else self.company_id.id,
                "currency_id": self.currency_id.id,
            }
        )
        self._club_name_in_languages(made, lambda club: club._club_program_name(kind))
        return made

    def _club_program_name(self, kind):
        names = {
            "points": self.env._("%s points", self.name),
            "credit": self.env._("%s credit", self.name),
            "gift": self.env._("%s gift cards", self.name),
            "prepaid": self.env._("%s prepaid cards", self.name),
        }
        return names[kind]

    def _club_name_in_languages(self, record, name_of):
        """Give what was just made its name in the other languages too: cashiers and members read their own.

        :param name_of: function of the club in a language
        """
        for lang, _name in self.env["res.lang"].get_installed():
            if lang != self.env.lang:
                record.with_context(lang=lang).name = name_of(self.with_context(lang=lang))

    def _club_ensure_program(self, kind):
        """The club's program of a kind of value, made when it has none."""
        self.ensure_one()
        name = f"{kind}_program_id"
        if not self[name]:
            self[name] = self._club_make_program(kind)
        return self[name]

    def action_club_make_credit_program(self):
        for club in self:
            club._club_ensure_program("credit")

    def _club_program(self, kind):
        """The program of a kind of value: ``points``, ``credit``, ``gift`` or ``prepaid``; empty when it has none."""
        self.ensure_one()
        return self[f"{kind}_program_id"]

    def _club_programs_of_kinds(self):
        """All programs of the club that are named on it, points first."""
        return self.env["loyalty.program"].union(*(self[name] for name in PROGRAM_FIELDS))

    # -- limits of what one person may do ----------------------------------------------------------------------------

    def _club_limits(self):
        return super()._club_limits() | {
            "adjust_limit": False,
            "adjust_day_limit": True,
            "refund_limit": True,
            "event_give_limit": False,
            "offline_budget": False,
            "referral_user_limit": True,
        }

    def _club_limit_club(self):
        return self

    def _club_signal_raised(self, record, name, in_force):
        """Tell the other managers that a limit was raised."""
        self.ensure_one()
        # signals are the server's
        self.env["loyalty.club.signal"].sudo().create(
            {
                "kind": "limits",
                "key": f"limits:{record._name}:{record.id}:{name}:{uuid4().hex}",
                "club_id": self.id,
                "day": self._club_today(),
                "user_id": self.env.uid,
                "count": 1,
                "usual": in_force,
                "amount": record[name],
                "limit": f"{record._name},{name}",
            }
        )
