"""Members who invite: their code and link, who they brought, and how joining names them."""

import secrets
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..rules.referral import is_circle
from ..tools.phone import to_e164
from ..tools.referral_code import clean, new_code
from ..tools.text import normalise, search_key


class _Undone(Exception):
    """Ends what is done only to be undone."""


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    referral_code = fields.Char(
        string="Invitation code", readonly=True, copy=False, help="Friends name it when they join."
    )
    referral_link = fields.Char(string="Invitation link", compute="_compute_referral_link")
    referral_ids = fields.One2many(
        comodel_name="loyalty.club.referral", inverse_name="referrer_id", string="Invitations", readonly=True
    )
    referral_count = fields.Integer(string="Friends brought", compute="_compute_referral_count")

    _referral_code_unique = models.UniqueIndex(
        "(referral_code) WHERE referral_code IS NOT NULL", "Another member has this invitation code."
    )

    @api.depends("referral_code")
    def _compute_referral_link(self):
        for member in self:
            code = member.referral_code
            member.referral_link = f"{member.get_base_url()}/club/join/{code}" if code else False

    def _compute_referral_count(self):
        counts = dict(
            self.env["loyalty.club.referral"]._read_group(
                [("referrer_id", "in", self.ids), ("state", "!=", "refused")], ["referrer_id"], ["__count"]
            )
        )
        for member in self:
            member.referral_count = counts.get(member, 0)

    @api.constrains("referrer_id")
    def _check_referrer_circle(self):
        for member in self:
            if member.referrer_id and member._club_is_circle(member.referrer_id):
                raise ValidationError(self.env._("Invitations cannot run in a circle."))

    # -- codes -----------------------------------------------------------------------------------------------------

    def _club_code(self):
        """The member's code, made when he has none (members who were taken over or imported)."""
        self.ensure_one()
        member = self.sudo()  # a member asks for his own code on the portal
        while not member.referral_code:
            code = new_code()
            if not member.search_count([("referral_code", "=", code)], limit=1):
                member.referral_code = code
        return member.referral_code

    def action_club_referral_code(self):
        self.check_access("write")
        for member in self:
            member._club_code()

    def action_open_referrals(self):
        self.ensure_one()
        return self._club_open(
            "loyalty_club.loyalty_club_referral_action",
            [("referrer_id", "=", self.id)],
            self.env._("Invited by %s", self.name),
        )

    # -- joining ---------------------------------------------------------------------------------------------------

    @api.model
    def _club_find_referrer(self, club, text):
        """The member of ``club`` whom ``text`` names: invitation code, membership number or mobile; else empty."""
        text = normalise(text or "")
        members = self.sudo().search(  # whoever joins a friend names the referrer without seeing members
            [("club_id", "=", club.id), ("merged_into_id", "=", False), ("state", "!=", "left")]
            + self._club_referrer_domain(club, text),
            limit=2,
        )
        return members if len(members) == 1 else self.browse()

    @api.model
    def _club_referrer_domain(self, club, text):
        code = clean(text)
        number = to_e164(text, club.country_id.code) if text else None
        domain = [("number", "=ilike", search_key(text).replace("%", "").replace("_", "") or "-")]
        if code:
            domain = ["|", ("referral_code", "=", code), *domain]
        if number:
            domain = ["|", ("mobile", "=", number), *domain]
        return domain

    @api.model
    def _club_enrol(self, club, mobile=None, name=None, partner=None, referrer=None, **values):
        """See above; and who brought him.

        :param referrer: invitation code, membership number or mobile of the inviting member, as typed
        :raises UserError: nobody in the club has this code or number
        """
        by = self.browse(values.pop("referrer_id", None) or ())
        if referrer and referrer.strip():
            by = self._club_find_referrer(club, referrer)
            if not by:
                raise UserError(
                    self.env._(
                        "No member has the invitation code, membership number or mobile “%s”. "
                        "Check it, or leave it empty.",
                        referrer.strip(),
                    )
                )
        member, created = super()._club_enrol(club, mobile=mobile, name=name, partner=partner, **values)
        if by:
            self.env["loyalty.club.referral"]._club_refer(member, by, created)
        return member, created

    @api.model
    def _club_join_on_web(self, club, mobile, name, referrer, mobile_key=None, consents=None):
        """Join by a member's link. Who is a member already stays as he is, unless he proves that the number is his.

        :param mobile_key: of the code that was sent to the number; :param consents: see ``_club_enrol``
        """
        number = self._club_read_mobile(club, mobile)
        member = self._club_find(club, number)
        if member and not mobile_key:
            self._club_as_if_new(club, number, name, referrer)
            self.env["loyalty.club.referral"]._club_refer(member, referrer, created=False)
            return member
        member, _created = self._club_enrol(
            club,
            mobile=mobile,
            name=name,
            referrer_id=referrer.id,
            joined_channel="web",
            mobile_key=mobile_key,
            consents=consents,
        )
        return member

    def _club_as_if_new(self, club, number, name, referrer):
        """Do the work of joining for a number that nobody has, and undo it: a visitor does not learn from how long the
        answer takes whether a number is a member's."""
        free = number
        while self._club_find(club, free):
            free = f"{number[:-6]}{secrets.randbelow(10**6):06d}"
        with suppress(_Undone), self.env.cr.savepoint():
            self._club_enrol(club, mobile=free, name=name, referrer_id=referrer.id, joined_channel="web")
            self.env.flush_all()
            raise _Undone

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        referrers = [vals.pop("referrer_id", False) for vals in vals_list]
        members = super().create(vals_list)
        for member, referrer_id in zip(members, referrers, strict=True):
            if referrer_id:
                self.env["loyalty.club.referral"]._club_refer(member, self.browse(referrer_id))
        return members

    @api.model
    def _club_new_codes(self, count):
        """``count`` codes that nobody has."""
        codes = set()
        while len(codes) < count:
            drawn = {new_code() for _missing in range(count - len(codes))}
            taken = self.env.execute_query(
                SQL("SELECT referral_code FROM loyalty_club_member WHERE referral_code = ANY(%s)", list(drawn))
            )
            codes |= drawn - {code for (code,) in taken}
        return list(codes)

    def write(self, vals):
        if "referrer_id" in vals:
            referrer = self.browse(vals["referrer_id"] or ())
            self.filtered(lambda member: not member._club_brought_by(referrer))._club_set_referrer(referrer)
        return super().write(vals)

    def _club_brought_by(self, referrer):
        """Whether it was judged already that ``referrer`` brought this member."""
        self.ensure_one()
        return bool(referrer) and bool(
            self.env["loyalty.club.referral"]
            .sudo()  # the member's own rights decide who writes him
            .search_count(
                [("friend_id", "=", self.id), ("referrer_id", "=", referrer.id), ("state", "!=", "refused")], limit=1
            )
        )

    def _club_set_referrer(self, referrer):
        """The office notes later who invited these members.

        :raises UserError: it does not count, or somebody is noted already
        """
        reasons = dict(self.env["loyalty.club.referral"]._fields["refusal"]._description_selection(self.env))
        for member in self:
            if member.referrer_id == referrer:
                continue
            if member.referrer_id:
                raise UserError(self.env._("Who invited %s is noted already and stays.", member.name))
            if referrer.club_id != member.club_id:
                raise ValidationError(self.env._("The inviting member belongs to another club."))
            member.check_access("write")
            referral = self.env["loyalty.club.referral"]._club_refer(member, referrer)
            if referral.state == "refused":
                raise UserError(
                    self.env._(
                        "%(friend)s does not count as invited by %(referrer)s: %(reason)s.",
                        friend=member.name,
                        referrer=referrer.name,
                        reason=reasons[referral.refusal],
                    )
                )

    # -- who is who ------------------------------------------------------------------------------------------------

    def _club_now(self):
        """The member this one was merged into, or himself."""
        self.ensure_one()
        member = self
        while member.merged_into_id:
            member = member.merged_into_id
        return member

    def _club_is_circle(self, referrer):
        """Whether this member is the referrer or has invited him, directly or through others."""
        self.ensure_one()
        self.flush_model(["referrer_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE up(id, by) AS (
                       SELECT id, referrer_id FROM loyalty_club_member WHERE id = %s
                       UNION SELECT m.id, m.referrer_id FROM up JOIN loyalty_club_member m ON m.id = up.by)
                   SELECT id, by FROM up""",
                referrer.id,
            )
        )
        return is_circle(self.id, referrer.id, dict(rows))

    def _club_same_person(self, other):
        """Whether two members have a phone, an e-mail or a company in common."""
        self.ensure_one()
        ours, theirs = self.sudo().partner_id, other.sudo().partner_id  # a cashier compares what he may not read

        def marks(member, partner):
            found = {member.mobile, partner.phone_sanitized, partner.email_normalized} - {False, None, ""}
            return found | {partner.commercial_partner_id.id}

        return bool(marks(self, ours) & marks(other, theirs))

    def _club_same_household(self, other):
        """Whether two members live at the same address."""
        self.ensure_one()

        def home(member):
            partner = member.sudo().partner_id  # a cashier compares what he may not read
            return search_key(partner.street or ""), search_key(partner.city or ""), partner.zip or ""

        return bool(home(self)[0]) and home(self) == home(other)

    def _club_bought_before(self):
        """Whether the member was a customer before he joined. Addons that sell know."""
        self.ensure_one()
        return False
