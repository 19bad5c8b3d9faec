"""What the office does with members: find them by anything they say, block them, let them leave, open their books."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.membership import MEMBER_CHANGES, can_change
from ..tools.card_number import clean
from ..tools.digits import only_digits, to_ascii
from ..tools.identify import classify
from ..tools.phone import format_national
from ..tools.text import normalise, spellings
from .club_lookup import MANY


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    mobile = fields.Char(string="Mobile in international form")
    club_search = fields.Char(
        string="Name, number or mobile",
        store=False,
        search="_search_club_search",
        help="A card or membership number, a mobile in any form, or a part of the name.",
    )
    mobile_display = fields.Char(string="Mobile", compute="_compute_mobile_display")
    avatar_128 = fields.Image(related="partner_id.avatar_128")
    email = fields.Char(related="partner_id.email", readonly=False)
    phone = fields.Char(related="partner_id.phone", readonly=False, string="Phone")
    street = fields.Char(related="partner_id.street", readonly=False)
    city = fields.Char(related="partner_id.city", readonly=False)
    district = fields.Char(related="partner_id.club_district", readonly=False)
    country_id = fields.Many2one(related="partner_id.country_id", readonly=False)
    lang = fields.Selection(related="partner_id.lang", readonly=False)
    birth_date = fields.Date(related="partner_id.club_birth_date", readonly=False)
    wedding_date = fields.Date(related="partner_id.club_wedding_date", readonly=False)
    gender = fields.Selection(related="partner_id.club_gender", readonly=False)
    education = fields.Selection(related="partner_id.club_education", readonly=False)
    industry_id = fields.Many2one(related="partner_id.industry_id", readonly=False)
    referred_ids = fields.One2many(
        comodel_name="loyalty.club.member", inverse_name="referrer_id", string="Invited", readonly=True
    )
    card_count = fields.Integer(compute="_compute_card_count")
    points_display = fields.Char(string="Points", compute="_compute_balances")
    credit_display = fields.Char(string="Credit", compute="_compute_balances")
    exception_count = fields.Integer(compute="_compute_exception_count")

    @api.depends("mobile", "club_id.country_id")
    def _compute_mobile_display(self):
        for member in self:
            number = format_national(member.mobile, member.club_id.country_id.code) if member.mobile else False
            # a direction mark and spaces that do not break keep the number readable in right-to-left text
            member.mobile_display = number and "\u200e" + number.replace(" ", "\u00a0")

    def _compute_card_count(self):
        counts = dict(
            self.env["loyalty.club.card"]._read_group(
                [("member_id", "in", self.ids), ("state", "=", "active")], ["member_id"], ["__count"]
            )
        )
        for member in self:
            member.card_count = counts.get(member, 0)

    def _compute_exception_count(self):
        counts = dict(
            self.env["loyalty.club.exception"]
            .sudo()
            ._read_group(  # a count only; cashiers see that something is open
                [("member_id", "in", self.ids), ("state", "=", "open")], ["member_id"], ["__count"]
            )
        )
        for member in self:
            member.exception_count = counts.get(member, 0)

    @api.depends("account_ids.balance", "club_id.points_program_id", "club_id.credit_program_id")
    def _compute_balances(self):
        """Whoever reads no accounts, as cashiers, sees the balances of as many members as a look-up finds."""
        reads = self.env["loyalty.club.account"].has_access("read")
        told = self if reads or len(self) <= MANY else self.browse()
        for member in self:
            shown = {}
            for account in member.sudo().account_ids if member in told else ():  # as said above
                shown[account.program_id] = account.balance_display
            member.points_display = shown.get(member.club_id.points_program_id, False)
            member.credit_display = shown.get(member.club_id.credit_program_id, False)

    # -- finding ---------------------------------------------------------------------------------------------------

    def _search_club_search(self, operator, value):
        if operator not in ("ilike", "like", "=", "in"):
            raise UserError(self.env._("Members are found by “contains” or “is”, not by “%s”.", operator))
        terms = value if isinstance(value, (list, tuple, set)) else [value]
        return Domain.OR(self._club_search_domain(term) for term in terms if term)

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ("ilike", "like") and isinstance(value, str) and value.strip():
            return self._club_search_domain(value)
        return super()._search_display_name(operator, value)

    @api.model
    def _club_search_domain(self, term):
        """Where to look for what somebody says: a card, a mobile in any form, a membership number or a name."""
        kind = classify(term)
        if kind == "card":
            return Domain("card_ids.number", "=", clean(term))
        domain = Domain("number", "ilike", to_ascii(normalise(term)))
        for spelling in spellings(term):
            domain |= Domain("partner_id.name", "ilike", spelling)
        digits = only_digits(term).removeprefix("00").lstrip("0")
        if len(digits) >= 4:
            domain |= Domain("mobile", "like", digits)
        return domain

    # -- states ----------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any({"state", "merged_into_id"} & set(vals) for vals in vals_list):
            raise AccessError(self.env._("A new member is active; block him with the button afterwards."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and {"state", "club_id", "partner_id", "merged_into_id", "number"} & set(vals):
            raise AccessError(
                self.env._(
                    "The state of a member is changed with the buttons; club, person and number stay. "
                    "Merge contacts to join two members."
                )
            )
        return super().write(vals)

    def _club_set_state(self, state):
        """Change the state where the rules allow it; the caller has checked who asks."""
        names = dict(self._fields["state"]._description_selection(self.env))
        for member in self:
            if member.merged_into_id:
                raise UserError(
                    self.env._(
                        "%(member)s was merged into %(target)s. Open that member.",
                        member=member.display_name,
                        target=member.merged_into_id.display_name,
                    )
                )
            if not can_change(MEMBER_CHANGES, member.state, state):
                raise UserError(
                    self.env._(
                        "%(member)s is “%(old)s” and cannot become “%(new)s”.",
                        member=member.display_name,
                        old=names[member.state],
                        new=names[state],
                    )
                )
        self.sudo().write({"state": state})  # states change by the methods of this file only

    def _club_check_officer(self):
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers block members or let them leave."))
        self.check_access("write")

    def action_block(self):
        self._club_check_officer()
        self._club_set_state("blocked")

    def action_unblock(self):
        self._club_check_officer()
        self._club_set_state("active")

    def action_leave(self):
        self._club_check_officer()
        self._club_set_state("left")

    def action_return(self):
        self._club_check_officer()
        self._club_set_state("active")

    # -- numbers ---------------------------------------------------------------------------------------------------

    @api.model
    def _club_draw_numbers(self, count):
        """``count`` membership numbers in one query, where the sequence's settings allow it."""
        Sequence = self.env["ir.sequence"].sudo()  # everybody who may join a member gets a number
        domain = [("code", "=", "loyalty.club.member"), ("company_id", "in", [self.env.company.id, False])]
        sequence = Sequence.search(domain, order="company_id", limit=1) if count else Sequence
        if not sequence:
            return ["/"] * count
        if count == 1 or sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count)
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for (number,) in rows]

    # -- ways to the books -----------------------------------------------------------------------------------------

    def action_open_cards(self):
        self.ensure_one()
        return self._club_open(
            "loyalty_club.loyalty_club_card_action", [("member_id", "=", self.id)], self.env._("Cards of %s", self.name)
        )

    def action_open_accounts(self):
        self.ensure_one()
        return self._club_open(
            "loyalty_club.loyalty_club_account_action",
            [("member_id", "=", self.id)],
            self.env._("Balances of %s", self.name),
        )

    def action_open_statement(self):
        self.ensure_one()
        return self._club_open(
            "loyalty_club.loyalty_club_posting_action",
            [("account_id.member_id", "=", self.id)],
            self.env._("Statement of %s", self.name),
        )

    def action_open_exceptions(self):
        self.ensure_one()
        return self._club_open(
            "loyalty_club.loyalty_club_exception_action",
            [("member_id", "=", self.id)],
            self.env._("Exceptions of %s", self.name),
        )

    def _club_open(self, xmlid, domain, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action.update(domain=domain, context={"create": False}, display_name=name, name=name)
        return action
