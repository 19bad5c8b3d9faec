"""Who brought whom: one row for each invitation that was used, or tried, with the reason when it does not count."""

from odoo import api, fields, models
from odoo.tools import SQL

REFUSALS = [
    ("self", "Invited himself"),
    ("circle", "A circle of invitations"),
    ("known", "Member already"),
    ("contact", "Same phone, e-mail or contact"),
    ("household", "Same address"),
    ("customer", "Customer already"),
    ("staff", "Joined by the inviting person"),
    ("many", "Too many joined by one user"),
    ("inactive", "The inviting membership is not active"),
]


class LoyaltyClubReferral(models.Model):
    _name = "loyalty.club.referral"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Referral"
    _order = "id desc"

    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="cascade")
    referrer_id = fields.Many2one(
        comodel_name="loyalty.club.member",
        string="Invited by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    friend_id = fields.Many2one(
        comodel_name="loyalty.club.member",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        selection=[("joined", "Joined"), ("bought", "Has bought"), ("refused", "Does not count")],
        required=True,
        readonly=True,
        default="joined",
    )
    refusal = fields.Selection(selection=REFUSALS, string="Why it does not count", readonly=True)
    channel = fields.Selection(related="friend_id.joined_channel", string="Joined through", store=True)
    branch_id = fields.Many2one(related="friend_id.joined_branch_id", string="Joined at", store=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Joined by", readonly=True, default=lambda self: self.env.user
    )
    at = fields.Datetime(string="When", required=True, readonly=True, default=fields.Datetime.now)
    purchase_ids = fields.One2many(
        comodel_name="loyalty.club.referral.purchase", inverse_name="referral_id", readonly=True
    )
    reward_ids = fields.One2many(comodel_name="loyalty.club.referral.reward", inverse_name="referral_id", readonly=True)
    purchase_count = fields.Integer(string="Purchases", readonly=True, default=0)
    purchase_amount = fields.Float(
        string="Purchases, amount", digits=(16, 3), readonly=True, help="What the friend paid and kept."
    )
    earned_display = fields.Char(string="Earned", compute="_compute_earned_display")

    # who was invited once was invited; trials that do not count may come again
    _friend_once = models.UniqueIndex(
        "(friend_id) WHERE state <> 'refused'", "Somebody has invited this member already."
    )

    @api.depends("referrer_id", "friend_id")
    def _compute_display_name(self):
        for referral in self:
            referral.display_name = f"{referral.referrer_id.display_name} → {referral.friend_id.display_name}"

    def _compute_earned_display(self):
        totals = (
            self.env["loyalty.club.referral.reward"]
            .sudo()  # the sum is shown to whoever sees the member
            ._read_group(
                [("referral_id", "in", self.ids), ("amount", ">", 0)], ["referral_id", "account_id"], ["amount:sum"]
            )
        )
        for referral in self:
            earned = [
                (account, amount)
                for one, account, amount in totals
                if one.id == referral.id and account.member_id.id == referral.referrer_id.id
            ]
            referral.earned_display = " · ".join(account._club_format(amount) for account, amount in earned) or False

    # -- judging ---------------------------------------------------------------------------------------------------

    @api.model
    def _club_refer(self, friend, referrer, created=True):
        """Note that ``referrer`` brought ``friend``; one that does not count is noted with its reason.

        :param created: whether the friend has become a member just now
        :return: the referral (state ``refused`` when it does not count)
        """
        self = self.sudo()  # whoever joins somebody, at the till or on the web page
        refusal = self._club_refusal_of(friend, referrer, created)
        referral = self.create(
            {
                "club_id": friend.club_id.id,
                "referrer_id": referrer.id,
                "friend_id": friend.id,
                "state": "refused" if refusal else "joined",
                "refusal": refusal,
            }
        )
        if not refusal:
            friend.sudo().referrer_id = referrer  # a cashier or visitor who joins somebody writes no members
            referral._club_tell_joined()
        return referral

    def _club_tell_joined(self):
        """Both hear of it: who joined by an invitation, and who had invited him."""
        for code, member, other in (
            ("invited", self.friend_id, self.referrer_id),
            ("friend_joined", self.referrer_id, self.friend_id),
        ):
            row = {"member_id": member.id, "cause": f"referral:{self.id}", "origin": (self._name, self.id)}
            self.env["loyalty.club.messenger"]._club_happened(code, [{**row, "values": {"friend": other.name}}])

    @api.model
    def _club_refusal_of(self, friend, referrer, created):
        """Why ``referrer`` did not bring ``friend``, or False."""
        if friend == referrer:
            return "self"
        if friend._club_is_circle(referrer):
            return "circle"
        if not created or friend.referrer_id:
            return "known"
        if referrer.state != "active":
            return "inactive"
        if friend._club_same_person(referrer):
            return "contact"
        if friend._club_same_household(referrer):
            return "household"
        if friend._club_bought_before():
            return "customer"
        return self._club_refusal_of_user(referrer)

    @api.model
    def _club_refusal_of_user(self, referrer):
        """Whether the user who joins the friend works for his own code."""
        user = self.env.user
        if user._is_public() or user._is_superuser():
            return False  # the web page is throttled by address
        if user.partner_id in (referrer.partner_id | referrer.partner_id.commercial_partner_id):
            return "staff"
        limit = referrer.club_id._club_limit("referral_user_limit")
        if not limit:
            return False
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        joined = self.search_count(
            [
                ("referrer_id", "=", referrer.id),
                ("user_id", "=", user.id),
                ("at", ">=", since),
                ("state", "!=", "refused"),
            ]
        )
        return "many" if joined >= limit else False

    @api.model
    def _club_wants_purchases(self, club):
        """Whether purchases of this club's members lead to anything here; without a query, for every sale."""
        visits = self.env["loyalty.club.event.type"]._club_kinds_on()
        return (club.id, "visit") in visits or club.id in self.env["loyalty.club.referral.rule"]._club_clubs()

    # -- what the friend buys --------------------------------------------------------------------------------------

    @api.model
    def _club_open_friends(self, partners):
        """{partner id: referral} of invited friends among ``partners`` (or their companies), where clubs have rules."""
        clubs = self.env["loyalty.club.referral.rule"]._club_clubs()
        if not partners or not clubs:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, r.id FROM res_partner p
                     JOIN loyalty_club_member m ON m.partner_id IN (p.id, p.commercial_partner_id)
                     JOIN loyalty_club_referral r ON r.friend_id = m.id AND r.state <> 'refused'
                    WHERE p.id = ANY(%s) AND r.club_id = ANY(%s)""",
                partners.ids,
                list(clubs),
            )
        )
        return {partner_id: self.sudo().browse(referral_id) for partner_id, referral_id in rows}

    def _club_note_purchase(self, origin, at, branch=None):
        """Note a purchase of the invited friend; the job looks at it when the return window is over.

        :param origin: the order; its model has ``_club_referral_kept``
        """
        self.ensure_one()
        Purchase = self.env["loyalty.club.referral.purchase"].sudo()  # sellers note it without rights on referrals
        if at < self.at and at < self.friend_id.joined_at:
            return Purchase
        known = Purchase.search([("origin_model", "=", origin._name), ("origin_id", "=", origin.id)])
        if known:
            return known
        days = self.sudo().club_id.referral_wait_days
        return Purchase.create(
            {
                "referral_id": self.id,
                "origin_model": origin._name,
                "origin_id": origin.id,
                "at": at,
                "branch_id": branch.id if branch else False,
                "due_at": fields.Datetime.add(at, days=days),
            }
        )
