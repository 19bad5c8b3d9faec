"""What people change by hand, alone, on one day: the sums behind every limit, so that splitting gains nothing.

Requests that nobody else decided, points written on Odoo's card, and presents of gift cards count together.
"""

from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ..rules.lots import ZERO
from ..tools.amount import to_amount

#: Entries since an instant that somebody made alone, with his id.
ALONE = """
    SELECT entry.id, request.requested_by_id AS who FROM loyalty_club_entry entry
      JOIN (SELECT 'loyalty.club.adjustment' AS model, id, requested_by_id, decided_by_id, state
              FROM loyalty_club_adjustment
             UNION ALL
            SELECT 'loyalty.club.extension', id, requested_by_id, decided_by_id, state
              FROM loyalty_club_extension) request ON request.id = entry.origin_id
                                          AND request.model = entry.origin_model
     WHERE entry.club_id = %(club)s AND entry.posted_at >= %(since)s
       AND request.state = 'done' AND request.requested_by_id = request.decided_by_id
    UNION ALL
    SELECT id, user_id FROM loyalty_club_entry
     WHERE club_id = %(club)s AND posted_at >= %(since)s
       AND (jsonb_exists(details, 'by_hand') OR (origin_model = 'loyalty.club.gift' AND kind = 'earn'))
"""


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    adjust_day_limit = fields.Float(
        string="… and above, for one person and day",
        default=10_000.0,
        tracking=True,
        help="What one person changes by hand in a day without a second person, for all members together: adjustments, "
        "longer lives, points on cards and presents of gift cards. 0: no limit beside the one for a member and day.",
    )

    def _club_by_hand_today(self, user, member_ids=()):
        """What was changed by hand since midnight without a second person.

        :return: (Decimal that ``user`` changed, {member id: Decimal that anybody changed} of ``member_ids``)
        """
        self.ensure_one()
        self.env["loyalty.club.adjustment"].flush_model(["state", "requested_by_id", "decided_by_id"])
        self.env["loyalty.club.extension"].flush_model(["state", "requested_by_id", "decided_by_id"])
        alone = SQL(ALONE, club=self.id, since=self._club_end_of(self._club_today() - timedelta(days=1)))
        rows = self.env.execute_query(
            SQL(
                """SELECT account.member_id, alone.who, SUM(posting.amount)::text FROM (%(alone)s) alone
                     JOIN loyalty_club_entry entry ON entry.id = alone.id
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                     JOIN loyalty_club_account account ON account.id = posting.account_id
                    WHERE (entry.kind <> 'transfer' OR posting.to_account_id = account.id)
                      AND (alone.who = %(user)s OR account.member_id = ANY(%(members)s)) GROUP BY 1, 2""",
                alone=alone,
                user=user.id,
                members=list(member_ids),
            )
        )
        mine, members = ZERO, dict.fromkeys(member_ids, ZERO)
        for member_id, who, amount in rows:
            mine += Decimal(amount) if who == user.id else ZERO
            if member_id in members:
                members[member_id] += Decimal(amount)
        return mine, members

    def _club_needs_second(self, user, amounts):
        """Whether ``user`` may not change so much alone today.

        :param amounts: {member id: Decimal above zero}; False as an id: nobody's, as a gift card
        """
        self.ensure_one()
        limit, day_limit = (to_amount(self._club_limit(name), 3) for name in ("adjust_limit", "adjust_day_limit"))
        if max(amounts.values()) > limit:
            return True
        ids = [member_id for member_id in amounts if isinstance(member_id, int) and member_id]
        mine, members = self._club_by_hand_today(user, ids)
        if day_limit and mine + sum(amounts.values(), ZERO) > day_limit:
            return True
        return any(amount + members.get(member_id, ZERO) > limit for member_id, amount in amounts.items())
