"""From which amount on a club asks for proof, and the check before anything is spent."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields, models, tools
from odoo.tools import SQL

from ..rules.proof import WINDOW_HOURS, needs_proof
from ..tools.amount import to_amount
from .club_proof import SPENT_KINDS

#: Postings looked at for what was spent lately; nobody shops that often by hand.
LATELY = 500


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    proof_points = fields.Boolean(
        string="Ask for a code when points are spent",
        tracking=True,
        help="The member gets a one-time code on his mobile, or types his PIN. Unticked: nobody is asked.",
    )
    proof_limit_points = fields.Float(
        string="Points without a code",
        digits=(16, 3),
        tracking=True,
        help="What a member may spend within 24 hours without proof, all his purchases together. 0 asks every time.",
    )
    proof_credit = fields.Boolean(
        string="Ask for a code when credit is spent",
        tracking=True,
        help="The member gets a one-time code on his mobile, or types his PIN. Unticked: nobody is asked.",
    )
    proof_limit_credit = fields.Float(
        string="Credit without a code",
        digits=(16, 3),
        tracking=True,
        help="What a member may spend within 24 hours without proof, all his purchases together. 0 asks every time.",
    )

    _proof_limits_positive = models.Constraint(
        "CHECK (proof_limit_points >= 0 AND proof_limit_credit >= 0)",
        "What may be spent without a code is zero or more.",
    )

    def write(self, values):
        result = super().write(values)
        if any(name.startswith("proof_") for name in values):
            self.env.registry.clear_cache()
        return result

    @tools.ormcache("self.id", "value")
    def _club_proof_limit(self, value):
        """What may be spent of ``value`` without proof, as Decimal; None: no proof is ever asked."""
        self.ensure_one()
        if not value or not self[f"proof_{value}"]:
            return None
        return to_amount(self[f"proof_limit_{value}"], 3)


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    def _club_needs_proof(self, amount):
        """Whether spending ``amount`` (Decimal) now needs proof; bearers' cards prove themselves by their code."""
        self.ensure_one()
        club = self.club_id.sudo()  # the club's own setting; a cashier may spend without reading clubs
        limit = club._club_proof_limit(SPENT_KINDS.get(self.kind)) if self.member_id else None
        return limit is not None and needs_proof(amount, self._club_unproved(), limit)

    def _club_unproved(self):
        """What this account spent and set aside in the last hours without proof, as Decimal. Returns don't lower it.

        By the time of booking, not the time that a till says.
        """
        self.ensure_one()
        self.env["loyalty.club.hold"].flush_model()
        self.env["loyalty.club.proof"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH lately AS (
                       SELECT p.entry_id, p.amount FROM loyalty_club_posting p
                        WHERE p.account_id = %(account)s AND p.from_account_id = %(account)s
                     ORDER BY p.seq DESC LIMIT %(lately)s)
                   SELECT (COALESCE((
                       SELECT SUM(l.amount) FROM lately l JOIN loyalty_club_entry e ON e.id = l.entry_id
                        WHERE e.kind = 'redeem' AND e.posted_at > %(since)s
                          AND NOT EXISTS (SELECT FROM loyalty_club_proof f WHERE f.entry_id = e.id)
                          AND NOT EXISTS (SELECT FROM loyalty_club_hold h
                                           WHERE h.key = substr(e.key, 6) AND h.state = 'captured'
                                              AND h.proof_id IS NOT NULL)), 0)
                        + COALESCE((
                       SELECT SUM(h.amount) FROM loyalty_club_hold h
                        WHERE h.account_id = %(account)s AND h.state = 'held' AND h.proof_id IS NULL), 0))::text""",
                account=self.id,
                lately=LATELY,
                since=fields.Datetime.now() - timedelta(hours=WINDOW_HOURS),
            )
        )
        return Decimal(rows[0][0])

    def _club_proof_missing(self, amount, key, proof, order=None):
        missing = super()._club_proof_missing(amount, key, proof, order)
        limit = self.club_id.sudo()._club_proof_limit(SPENT_KINDS.get(self.kind))  # the club's own setting
        if missing or not self.member_id or limit is None:
            return missing
        self.env["loyalty.club.entry"].sudo()._club_lock([self.id])  # two payments at once must see each other
        if self._club_asked_before(key):
            return False
        if proof:
            found = self.env["loyalty.club.proof"]._club_find(proof)
            if found._club_good_for(self, amount, order or key):
                return False
            return self.env._(
                "The confirmation is over, or it is for another customer, purchase or amount. Ask for a new code."
            )
        if self._club_needs_proof(amount):
            return self.env._(
                "%(member)s has to confirm this with a code or the PIN: more than %(limit)s in a day is spent.",
                member=self.member_id.display_name,
                limit=self._club_format(float(limit)),
            )
        return False

    def _club_asked_before(self, key):
        """Whether this payment is on the books: it was allowed then."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM loyalty_club_hold
                        WHERE key = %(key)s AND account_id = %(account)s AND state <> 'released'
                        UNION ALL SELECT 1 FROM loyalty_club_entry WHERE key = %(key)s LIMIT 1""",
                    key=key,
                    account=self.id,
                )
            )
        )


class LoyaltyClubHold(models.Model):
    _inherit = "loyalty.club.hold"

    proof_id = fields.Many2one(
        comodel_name="loyalty.club.proof", index="btree_not_null", readonly=True, ondelete="restrict"
    )
