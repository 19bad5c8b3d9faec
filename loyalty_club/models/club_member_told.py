"""What members are told about: joining, and what they receive. The messages themselves are made by other addons."""

from odoo import api, models
from odoo.fields import Datetime
from odoo.tools import SQL

from ..rules.lives import local_day
from .club_entry_roll import VISITS

#: Who came into the club in other ways did not do anything just now.
JOINED_BY_THEMSELVES = ("till", "sale", "backoffice", "web")


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env["loyalty.club.messenger"]._club_happened(
            "joined",
            [
                {
                    "member_id": member.id,
                    "cause": f"joined:{member.id}",
                    "branch_id": member.joined_branch_id.id,
                    "origin": (member._name, member.id),
                    "at": member.joined_at,
                }
                for member in members
                if member.joined_channel in JOINED_BY_THEMSELVES
            ],
        )
        return members

    def _club_here(self, branch=None, at=None):
        """A cashier has found the member: once a day in each branch he is welcomed, where the club does that."""
        self.ensure_one()
        Messenger = self.env["loyalty.club.messenger"]
        if not Messenger._club_listens("check_in", self.club_id):
            return
        at = at or Datetime.now()
        day = local_day(at, self.club_id._club_zone())
        place = branch.id if branch else 0
        cause = f"check_in:{self.id}:{place}:{day}"
        Messenger._club_happened(
            "check_in",
            [{"member_id": self.id, "cause": cause, "branch_id": place or None, "at": at}],
        )

    @api.model
    def _club_visits_since(self, club, since):
        """Queries of (member_id, at) that find who was here at or after ``since``; addons that sell add theirs.

        :param since: instant (naive UTC)
        """
        return [
            SQL("SELECT id AS member_id, joined_at AS at FROM loyalty_club_member WHERE joined_at >= %s", since),
            SQL(
                """SELECT member_id, at FROM loyalty_club_event
                    WHERE club_id = %s AND code = 'visit' AND at >= %s""",
                club.id,
                since,
            ),
            # what the club gives by itself has no document of a sale
            SQL(
                """SELECT a.member_id, e.occurred_at AS at FROM loyalty_club_entry e
                     JOIN loyalty_club_posting p ON p.entry_id = e.id
                     JOIN loyalty_club_account a ON a.id = p.account_id
                    WHERE e.club_id = %s AND e.occurred_at >= %s AND e.kind = ANY(%s) AND a.member_id IS NOT NULL
                      AND e.origin_model IS NOT NULL AND e.origin_model NOT LIKE 'loyalty.club%%'""",
                club.id,
                since,
                list(VISITS),
            ),
        ]
