"""Members: one partner in one club. One person, one member."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.phone import is_mobile, to_e164


class LoyaltyClubMember(models.Model):
    _name = "loyalty.club.member"
    _inherit = ["mail.thread", "loyalty.club.guarded.mixin"]
    _description = "Club Member"
    _order = "id desc"
    _rec_names_search = ["number", "partner_id", "mobile"]

    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(comodel_name="res.partner", required=True, index=True, ondelete="restrict")
    number = fields.Char(string="Membership number", required=True, readonly=True, copy=False, default="/")
    state = fields.Selection(
        selection=[("active", "Active"), ("blocked", "Blocked"), ("left", "Left")],
        required=True,
        default="active",
        readonly=True,
        tracking=True,
        help="A blocked member neither earns nor spends; one who left is kept for the books.",
    )
    mobile = fields.Char(
        compute="_compute_mobile",
        store=True,
        precompute=True,
        help="The partner's phone in international form; one member of a club for each number.",
    )
    name = fields.Char(related="partner_id.name", readonly=False)
    joined_at = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    joined_branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True, ondelete="restrict")
    joined_channel = fields.Selection(
        selection=[
            ("till", "Till"),
            ("sale", "Sale order"),
            ("backoffice", "Back office"),
            ("web", "Web"),
            ("adoption", "Taken over"),
            ("import", "Import"),
        ],
        default="backoffice",
        required=True,
        readonly=True,
    )
    joined_user_id = fields.Many2one(comodel_name="res.users", default=lambda self: self.env.user, readonly=True)
    referrer_id = fields.Many2one(
        comodel_name="loyalty.club.member", string="Invited by", index="btree_not_null", ondelete="restrict"
    )
    merged_into_id = fields.Many2one(
        comodel_name="loyalty.club.member", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    cashier_note = fields.Char(help="Shown at the till when the member is found.")
    card_ids = fields.One2many(comodel_name="loyalty.club.card", inverse_name="member_id")
    account_ids = fields.One2many(comodel_name="loyalty.club.account", inverse_name="member_id", readonly=True)
    company_ids = fields.Many2many(related="club_id.company_ids")

    _partner_unique = models.UniqueIndex(
        "(club_id, partner_id) WHERE merged_into_id IS NULL", "This person is a member of the club already."
    )
    _number_unique = models.Constraint("UNIQUE (club_id, number)", "Another member has this number.")
    _mobile_unique = models.UniqueIndex(
        "(club_id, mobile) WHERE mobile IS NOT NULL AND state <> 'left'",
        "Another member of the club has this mobile number. Open that member instead.",
    )

    @api.depends("partner_id.phone", "partner_id.country_id", "club_id.country_id")
    def _compute_mobile(self):
        for member in self:
            region = member.partner_id.country_id.code or member.club_id.country_id.code
            number = to_e164(member.partner_id.phone, region)
            member.mobile = number if number and is_mobile(number) else False

    @api.depends("partner_id.name", "number", "mobile")
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.partner_id.name or member.mobile or ''} ({member.number})"

    @api.constrains("referrer_id")
    def _check_referrer(self):
        for member in self:
            if member.referrer_id == member:
                raise ValidationError(self.env._("A member cannot have invited themselves."))
            if member.referrer_id and member.referrer_id.club_id != member.club_id:
                raise ValidationError(self.env._("The inviting member belongs to another club."))

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        vals_list = self._club_numbered(vals_list)
        # numbers are the server's, whoever may join members; joined_* says who, when and where
        quiet = self.sudo().with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        members = super(LoyaltyClubMember, quiet).create(vals_list).with_env(self.env)
        members.check_access("create")
        members._club_link_accounts()
        members.filtered("club_id.card_on_join")._club_give_virtual_card()
        return members

    def _club_numbered(self, vals_list):
        """``vals_list`` of new members with the numbers that the club gives them; no caller names these."""
        server = frozenset() if self.env.su else self._club_server_fields()
        vals_list = [{name: value for name, value in vals.items() if name not in server} for vals in vals_list]
        unnumbered = [vals for vals in vals_list if vals.get("number", "/") == "/"]
        for vals, number in zip(unnumbered, self._club_draw_numbers(len(unnumbered)), strict=True):
            vals["number"] = number
        for vals, code in zip(vals_list, self._club_new_codes(len(vals_list)), strict=True):
            vals["referral_code"] = code
        return vals_list

    def _club_link_accounts(self):
        """Give the member the accounts that his core cards had before he joined."""
        self.flush_recordset()
        if self.ids:
            self.env.cr.execute(
                SQL(
                    """UPDATE loyalty_club_account a SET member_id = m.id
                     FROM loyalty_card c, loyalty_club_member m
                    WHERE c.id = a.card_id AND m.partner_id = c.partner_id AND m.club_id = a.club_id
                      AND m.merged_into_id IS NULL
                      AND a.member_id IS NULL AND a.kind IN ('points', 'credit') AND m.id IN %s
                      AND NOT EXISTS (SELECT FROM loyalty_club_account x
                                       WHERE x.member_id = m.id AND x.program_id = a.program_id)
                      AND a.id = (SELECT min(y.id) FROM loyalty_club_account y JOIN loyalty_card d ON d.id = y.card_id
                                   WHERE d.partner_id = c.partner_id AND y.program_id = a.program_id)""",
                    tuple(self.ids),
                )
            )
            self.env["loyalty.club.account"].invalidate_model(["member_id"], flush=False)

    def _club_give_virtual_card(self):
        self.env["loyalty.club.card"]._club_issue_virtual(self)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_ledger(self):
        if self.account_ids:
            raise UserError(self.env._("A member with a ledger is never deleted. Set the member to “Left” instead."))

    def _club_account(self, program, create=True):
        """The member's account in ``program``; see ``loyalty.club.account._club_for_member``."""
        self.ensure_one()
        return self.env["loyalty.club.account"].sudo()._club_for_member(self, program, create)

    @api.model
    def _club_enrol(self, club, mobile=None, name=None, partner=None, lang=None, **values):
        """Make somebody a member, or return the member that he is already.

        The partner is looked up by mobile in international form before one is made.

        :param club: the club to join
        :param mobile: as typed, in any form and with Persian or Arabic digits; optional when ``partner`` is given
        :param lang: code of the language that a new member is written to in; without it his contact's own one
        :param values: further values of the member (joined_branch_id, joined_channel, referrer_id, cashier_note)
        :return: (member, created)
        :raises UserError: the number is no mobile number
        """
        number = self._club_read_mobile(club, mobile) if mobile else None
        member = self._club_find(club, number, partner)
        if member:
            if member.state == "left":
                member._club_set_state("active")
            return member, False
        partner = (
            partner
            or self._club_find_partner(club, number)
            or self.env["res.partner"]
            .sudo()
            .create({"name": name or number, "phone": number, "country_id": club.country_id.id})
        )
        if lang and lang != partner.lang:
            partner.lang = lang  # before he is welcomed
        if number and not partner.phone:
            partner.phone = number
        return self._club_create([{"club_id": club.id, "partner_id": partner.id, **values}]), True

    @api.model
    def _club_read_mobile(self, club, mobile):
        number = to_e164(mobile, club.country_id.code)
        if not number or not is_mobile(number):
            raise UserError(
                self.env._(
                    "“%(mobile)s” is not a mobile number of %(country)s. "
                    "Check the digits, or type it with its country code (+…).",
                    mobile=mobile,
                    country=club.country_id.name,
                )
            )
        return number

    @api.model
    def _club_find(self, club, number=None, partner=None):
        """The member with this mobile (E.164) or partner, active ones first; empty when there is none."""
        domain = [("club_id", "=", club.id), ("merged_into_id", "=", False)]
        domain += [("mobile", "=", number)] if number else [("partner_id", "=", partner.id if partner else 0)]
        members = self.search(domain, order="id")
        if not members and number and partner:
            members = self.search(
                [("club_id", "=", club.id), ("partner_id", "=", partner.id), ("merged_into_id", "=", False)]
            )
        return members.sorted(lambda member: member.state == "left")[:1]

    @api.model
    def _club_find_partner(self, club, number):
        """The oldest partner with this mobile who is no member yet."""
        if not number:
            return self.env["res.partner"]
        return (
            self.env["res.partner"]
            .sudo()
            .search(
                [("phone_sanitized", "=", number), ("club_member_ids", "not any", [("club_id", "=", club.id)])],
                order="id",
                limit=1,
            )
        )

    def _club_merge_into(self, target):
        """Move accounts and cards of these members to ``target`` and let them leave; their ledgers stay readable."""
        for member in self:
            for account in member.account_ids:
                account._club_move_all(
                    target._club_account(account.program_id),
                    key=f"merge:{member.id}:{target.id}:{account.program_id.id}",
                    reason=self.env._("Merged with %s", target.number),
                )
                account.card_id.write({"active": False})
            if member.state == "blocked":
                target.state = "blocked"  # merging is no way out of a block
            member.write({"state": "left", "merged_into_id": target.id})
            member.flush_recordset(["merged_into_id"])  # the database lets card numbers follow a merge only
            member.card_ids.sudo().member_id = target

    @api.model
    def _club_of_partner(self, club, partner):
        """The member behind a customer: the contact himself, else his company; empty when none is one."""
        self.flush_model(["club_id", "partner_id", "merged_into_id"])
        partner.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT m.id FROM res_partner p
                     JOIN loyalty_club_member m ON m.club_id = %s AND m.partner_id IN (p.id, p.commercial_partner_id)
                                               AND m.merged_into_id IS NULL
                    WHERE p.id = %s ORDER BY m.partner_id = p.id DESC LIMIT 1""",
                club.id,
                partner.id,
            )
        )
        return self.browse(rows[0] if rows else [])

    def _club_accounts(self):
        """{program id: (account id, balance as Decimal)} of one member."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL("SELECT program_id, id, balance::text FROM loyalty_club_account WHERE member_id = %s", self.id)
        )
        return {program: (account, Decimal(balance)) for program, account, balance in rows}
