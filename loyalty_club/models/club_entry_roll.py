"""Rolling lots: what dies after days without a visit lives longer with each visit of its member."""

import json
from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

#: Entries that a member makes by coming; what a club gives by itself carries no document and is no visit.
VISITS = ("earn", "redeem", "load")


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_rolling(self, movements):
        """{account id with rolling lots: accounts whose visits count for it}; empty where no program has such lots."""
        programs = self.env["loyalty.program"]._club_rolling_programs()
        visits = {m.account_id for m in movements if m.kind in VISITS and (m.origin or m.branch_id)}
        if not programs or not visits:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT other.id, own.id FROM loyalty_club_account own
                     JOIN loyalty_club_account other ON other.member_id = own.member_id
                    WHERE own.id = ANY(%(visits)s) AND other.program_id = ANY(%(programs)s)
                    UNION SELECT id, id FROM loyalty_club_account
                           WHERE id = ANY(%(visits)s) AND program_id = ANY(%(programs)s)""",
                visits=list(visits),
                programs=list(programs),
            )
        )
        rolling = defaultdict(set)
        for account_id, visited in rows:
            rolling[account_id].add(visited)
        return rolling

    def _club_roll(self, rolling, movements, accounts, ids):
        """Let the open rolling lots of those who came live their days anew from the visit on; never shorter.

        :param ids: {key: entry id} of ``movements``; each lot keeps the visit that moved its end, as its proof
        """
        now = fields.Datetime.now()
        visits = {}
        for movement in movements:
            if movement.kind in VISITS and (movement.origin or movement.branch_id):
                # a till whose clock is ahead is here now
                visit = (min(movement.occurred_at or now, now), ids[movement.key])
                visits[movement.account_id] = max(visit, visits.get(movement.account_id, visit))
        clubs = self.env["loyalty.club"].browse({accounts[account_id]["club_id"] for account_id in rolling})
        zones = {club.id: club._club_zone() for club in clubs}
        last = {
            account_id: max((visits[one] for one in visited if one in visits), default=None)
            for account_id, visited in rolling.items()
        }
        rows = [
            {"account": account_id, "at": visit[0], "visit": visit[1], "zone": zones[accounts[account_id]["club_id"]]}
            for account_id, visit in last.items()
            if visit
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_lot lot SET expires_at = later.ends, rolled_by_id = later.visit
                     FROM (SELECT old.id, v.visit, (((v.at AT TIME ZONE 'UTC') AT TIME ZONE v.zone)::date
                                  + old.idle_days + 1)::timestamp AT TIME ZONE v.zone AT TIME ZONE 'UTC' AS ends
                             FROM json_to_recordset(%s) v(account int, at timestamp, visit int, zone text)
                             JOIN loyalty_club_lot old ON old.account_id = v.account AND old.remaining > 0
                                                      AND old.idle_days > 0 AND old.expires_at > v.at) later
                    WHERE lot.id = later.id AND later.ends > lot.expires_at""",
                json.dumps(rows, default=str),
            )
        )
        if self.env.cr.rowcount:
            self.env["loyalty.club.lot"].invalidate_model(["expires_at", "rolled_by_id"], flush=False)
