"""What invited friends buy, and the job that pays for it when the return window is over."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lives import local_day
from ..rules.lots import end_of_day
from ..rules.movement import Movement, NewLot
from ..rules.periods import bounds
from ..rules.referral import counts, due, within_cap
from ..tools.amount import to_amount

AT_ONCE = 50


class LoyaltyClubReferralPurchase(models.Model):
    _name = "loyalty.club.referral.purchase"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Purchase of an Invited Friend"
    _order = "at, id"

    referral_id = fields.Many2one(
        comodel_name="loyalty.club.referral", required=True, readonly=True, index=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="referral_id.club_id", store=True, index=True)
    friend_id = fields.Many2one(related="referral_id.friend_id")
    origin_model = fields.Char(required=True, readonly=True)
    origin_id = fields.Many2oneReference(model_field="origin_model", required=True, readonly=True, string="Order")
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True, ondelete="set null")
    at = fields.Datetime(string="When", required=True, readonly=True)
    due_at = fields.Datetime(
        string="Looked at on", required=True, readonly=True, help="The return window is over then."
    )
    state = fields.Selection(
        selection=[("waiting", "In the return window"), ("done", "Counted"), ("returned", "Returned")],
        required=True,
        readonly=True,
        default="waiting",
    )
    rank = fields.Integer(string="Number", readonly=True, help="The friend's how-manieth purchase this is.")
    kept = fields.Float(string="Paid and kept", digits=(16, 3), readonly=True)
    reward_ids = fields.One2many(comodel_name="loyalty.club.referral.reward", inverse_name="purchase_id", readonly=True)

    _origin_once = models.Constraint("UNIQUE (origin_model, origin_id)", "This purchase was noted before.")
    _waiting = models.Index("(due_at) WHERE state = 'waiting'")

    @api.model
    def _cron_pay(self):
        """Pay for the purchases whose return window is over; a run that is cut off is taken up by the next one."""
        while True:
            purchases = self._club_take_due()
            for purchase in purchases:
                try:
                    with self.env.cr.savepoint():
                        purchase._club_settle()
                except UserError as error:
                    purchase._club_put_off(str(error))
            if not purchases or not self.env["ir.cron"]._commit_progress(len(purchases)):
                return

    @api.model
    def _club_take_due(self):
        """Some purchases that are due, oldest first, which no other run is at."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM loyalty_club_referral_purchase WHERE state = 'waiting' AND due_at <= %s
                 ORDER BY at, id LIMIT %s FOR UPDATE SKIP LOCKED""",
                fields.Datetime.now(),
                AT_ONCE,
            )
        )
        return self.browse([purchase_id for (purchase_id,) in rows])

    def _club_put_off(self, message=False):
        """Look again tomorrow; with ``message``, somebody should look, too."""
        self.due_at = fields.Datetime.add(fields.Datetime.now(), days=1)
        Exceptions = self.env["loyalty.club.exception"].sudo()  # the job's own notes
        origin = [("origin_model", "=", self.origin_model), ("origin_id", "=", self.origin_id)]
        if message and not Exceptions.search_count([*origin, ("state", "=", "open")], limit=1):
            Exceptions._club_report(
                "refused",
                self.club_id,
                message,
                member_id=self.friend_id.id,
                origin_model=self.origin_model,
                origin_id=self.origin_id,
            )

    def _club_settle(self):
        """Count the purchase with what is left of it, and post what it earns."""
        self.ensure_one()
        origin = self.env[self.origin_model].browse(self.origin_id).exists() if self.origin_model in self.env else None
        kept = origin._club_referral_kept(self.due_at) if origin else Decimal(0)
        if kept is None:
            return self._club_put_off()
        referral = self.referral_id
        referrer, friend = referral.referrer_id._club_now(), referral.friend_id._club_now()
        if kept <= 0 or referrer == friend:
            return self.write({"state": "returned", "kept": 0})
        rank = referral.purchase_count + 1
        self.write({"state": "done", "kept": float(kept), "rank": rank})
        referral.write(
            {
                "state": "bought",
                "purchase_count": rank,
                "purchase_amount": float(to_amount(referral.purchase_amount, 3) + kept),
            }
        )
        rules = referral.club_id.referral_rule_ids.filtered(lambda rule: counts(rule._club_reward(), rank, kept))
        receivers = {"referrer": referrer, "friend": friend}
        for rule in rules:
            self._club_reward(rule, receivers[rule.side], kept)
        return True

    # -- rewards ---------------------------------------------------------------------------------------------------

    def _club_reward(self, rule, member, kept):
        """Post what ``rule`` gives ``member`` for this purchase, within its caps, decided under the account's lock."""
        program = rule.club_id._club_program(rule.value)
        wanted = due(rule._club_reward(), kept, program._club_decimals())
        if not wanted:
            return
        account = member._club_account(program)
        self.env["loyalty.club.entry"]._club_flush()
        self.env["loyalty.club.entry"]._club_lock([account.id])
        amount = self._club_within_caps(rule, account, wanted) if member.state == "active" else Decimal(0)
        entry = self._club_post_reward(rule, account, amount) if amount else self.env["loyalty.club.entry"]
        state = "given" if amount == wanted else "part" if amount else "cap"
        self.env["loyalty.club.referral.reward"].create(
            {
                "purchase_id": self.id,
                "rule_id": rule.id,
                "account_id": account.id,
                "side": rule.side,
                "value": rule.value,
                "amount": float(amount),
                "wanted": float(wanted),
                "state": state if member.state == "active" else "inactive",
                "entry_id": entry.id,
            }
        )

    def _club_within_caps(self, rule, account, wanted):
        """What of ``wanted`` the limits per member and per friend leave."""
        amount = wanted
        start, end = bounds(rule.cap_period, fields.Datetime.now(), rule.club_id._club_zone())
        for cap, condition in (
            (rule.cap_amount, SQL("account_id = %s AND at >= %s AND at < %s", account.id, start, end)),
            (rule.cap_friend, SQL("referral_id = %s", self.referral_id.id)),
        ):
            if cap:
                self.env["loyalty.club.referral.reward"].flush_model()
                rows = self.env.execute_query(
                    SQL(
                        """SELECT COALESCE(SUM(amount), 0)::text FROM loyalty_club_referral_reward
                            WHERE rule_id = %s AND %s""",
                        rule.id,
                        condition,
                    )
                )
                amount = within_cap(amount, Decimal(rows[0][0]), to_amount(cap, 3))
        return amount

    def _club_post_reward(self, rule, account, amount):
        expires_at = None
        if rule.life_days:
            zone = rule.club_id._club_zone()
            today = local_day(fields.Datetime.now(), zone)
            expires_at = end_of_day(fields.Date.add(today, days=rule.life_days), zone)
        branch_id = self.branch_id.id or None
        entry = self.env["loyalty.club.entry"]._club_post(
            [
                Movement(
                    key=f"referral:{self.id}:{rule.id}",
                    kind="earn",
                    account_id=account.id,
                    amount=amount,
                    incoming=True,
                    counter="issue",
                    branch_id=branch_id,
                    new_lots=(NewLot(amount, branch_id, None, expires_at),) if expires_at else (),
                    # not the order: what comes from an order goes with its returns, and this was decided after them
                    origin=(self._name, self.id),
                    reason=rule.name,
                    details={"referral": self.referral_id.id, "purchase": self.id, "rule": rule.id},
                )
            ]
        )
        entry._club_tell_received(reason=rule.name)
        return entry


class LoyaltyClubReferralReward(models.Model):
    _name = "loyalty.club.referral.reward"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Reward of a Referral"
    _order = "id desc"

    purchase_id = fields.Many2one(
        comodel_name="loyalty.club.referral.purchase", required=True, readonly=True, index=True, ondelete="cascade"
    )
    referral_id = fields.Many2one(related="purchase_id.referral_id", store=True, index=True)
    club_id = fields.Many2one(related="referral_id.club_id", store=True, index=True)
    rule_id = fields.Many2one(
        comodel_name="loyalty.club.referral.rule", readonly=True, index="btree_not_null", ondelete="set null"
    )
    account_id = fields.Many2one(
        comodel_name="loyalty.club.account", required=True, readonly=True, index=True, ondelete="restrict"
    )
    referrer_id = fields.Many2one(related="referral_id.referrer_id", store=True, string="Invited by")
    friend_id = fields.Many2one(related="referral_id.friend_id", store=True)
    side = fields.Selection(
        selection=[("referrer", "The member who invited"), ("friend", "The invited friend")],
        string="For",
        required=True,
        readonly=True,
    )
    value = fields.Selection(selection=[("points", "Points"), ("credit", "Credit")], required=True, readonly=True)
    amount = fields.Float(digits=(16, 3), readonly=True)
    wanted = fields.Float(string="Without limits", digits=(16, 3), readonly=True)
    state = fields.Selection(
        selection=[
            ("given", "Given"),
            ("part", "Up to the limit"),
            ("cap", "Nothing, by the limit"),
            ("inactive", "Nothing, not active"),
        ],
        required=True,
        readonly=True,
    )
    at = fields.Datetime(string="When", required=True, readonly=True, default=fields.Datetime.now)
    entry_id = fields.Many2one(
        comodel_name="loyalty.club.entry", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    _once = models.Constraint("UNIQUE (purchase_id, rule_id)", "This was given before.")
