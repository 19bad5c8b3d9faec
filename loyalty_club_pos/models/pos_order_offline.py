"""What is spent without network is bounded by the club, on the server: for a member and a day, for a till and a day."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.tools import SQL

#: A till may take so many times of what one member may, where the club says nothing else.
TILL_TIMES = 10


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    offline_till_budget = fields.Float(
        string="Points that a till may take without network in a day",
        digits=(16, 3),
        tracking=True,
        help="For all members together. What is beyond is not taken from the balance; an exception tells you. "
        "0: ten times what one member may spend.",
    )
    offline_till_credit = fields.Float(
        string="Credit and cards that a till may take without network in a day",
        digits=(16, 3),
        tracking=True,
        help="For all customers together. What is beyond is not taken from the balance; an exception tells you. "
        "0: ten times what one member may spend.",
    )

    def _club_limits(self):
        return super()._club_limits() | {"offline_till_budget": True, "offline_till_credit": True}


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    _offline = models.Index("(posted_at) WHERE jsonb_exists(details, 'offline')")


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_offline_details(self):
        """What the entry of a spending without network says: the till, for the sums of its day."""
        return {"offline": self.config_id.id}

    def _club_offline_refusal(self, club, account, amount):
        """Why ``amount`` is not taken from ``account`` for this order that was paid without network; False when it is.

        :param amount: Decimal
        """
        points = account.kind == "points"
        names = ("offline_budget", "offline_till_budget") if points else ("offline_credit", "offline_till_credit")
        budget, till_budget = (to_amount(club._club_limit(name), 3) for name in names)
        member, till = self._club_spent_offline(club, account, points)
        if member + amount <= budget and till + amount <= (till_budget or TILL_TIMES * budget):
            return False
        return self.env._(
            "%(who)s spent %(amount)s without network. Today %(member)s of theirs and %(till)s at %(name)s were taken; "
            "the club allows %(budget)s for one member. The balance was not touched: settle it with the customer.",
            who=account.member_id.display_name or account.display_name,
            amount=account._club_format(amount),
            member=account._club_format(member),
            till=account._club_format(till),
            name=self.config_id.name,
            budget=account._club_format(budget),
        )

    def _club_spent_offline(self, club, account, points):
        """What was taken without network since midnight: from ``account``, and at this till (Decimals).

        The day is the server's, whatever the till says of its orders.
        """
        kinds = ["points"] if points else ["credit", "gift", "prepaid"]
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(posting.amount) FILTER (WHERE account.id = %(account)s), 0)::text,
                          COALESCE(SUM(posting.amount) FILTER (WHERE entry.details->>'offline' = %(till)s), 0)::text
                     FROM loyalty_club_entry entry
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                     JOIN loyalty_club_account account ON account.id = posting.account_id
                    WHERE jsonb_exists(entry.details, 'offline') AND entry.posted_at >= %(since)s
                      AND entry.club_id = %(club)s AND account.kind = ANY(%(kinds)s)""",
                account=account.id,
                till=str(self.config_id.id),
                since=club._club_end_of(club._club_today() - timedelta(days=1)),
                club=club.id,
                kinds=kinds,
            )
        )
        return Decimal(rows[0][0]), Decimal(rows[0][1])
