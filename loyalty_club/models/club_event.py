"""Points for behaviour: one keyed call gives them, once per key and within the caps, and notes why it gave nothing."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.behaviour import over_cap
from ..rules.lives import local_day
from ..rules.lots import end_of_day
from ..rules.movement import Movement, NewLot
from ..rules.periods import bounds
from ..tools.amount import to_amount


class LoyaltyClubEvent(models.Model):
    _name = "loyalty.club.event"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Behaviour of a Member"
    _log_access = False
    _order = "id desc"
    _rec_name = "key"

    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="cascade")
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", required=True, readonly=True, index=True, ondelete="cascade"
    )
    type_id = fields.Many2one(
        comodel_name="loyalty.club.event.type", readonly=True, index="btree_not_null", ondelete="set null"
    )
    code = fields.Char(required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, help="Names what happened; the same thing gives nothing twice.")
    at = fields.Datetime(string="When", required=True, readonly=True)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True, ondelete="set null")
    user_id = fields.Many2one(comodel_name="res.users", string="By", readonly=True)
    state = fields.Selection(
        selection=[("given", "Given"), ("count", "Often enough"), ("amount", "Much enough")],
        required=True,
        readonly=True,
        help="Often enough, much enough: the event gave nothing, because a limit of its period was reached.",
    )
    value = fields.Selection(selection=[("points", "Points"), ("credit", "Credit")], readonly=True)
    amount = fields.Float(digits=(16, 3), readonly=True)
    reason = fields.Char(readonly=True)
    entry_id = fields.Many2one(
        comodel_name="loyalty.club.entry", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    _once = models.Constraint("UNIQUE (member_id, code, key)", "This was noted before.")

    @api.model
    def _club_give(self, kind, pairs, *, at=None, branch=None, reason="", origin=None, amount=None, by_hand=False):
        """Give members what ``kind`` gives, each key once, within its caps; decided under the lock of their accounts.

        :param kind: one ``loyalty.club.event.type``
        :param pairs: list of (member id, key); members of the kind's club
        :param amount: Decimal in units of the account; default what the kind gives
        :param by_hand: whether somebody gives it as he sees fit, which counts for the limits of changes by hand
        :return: {(member id, key): entry id or None when it gave nothing}
        """
        self = self.sudo()  # events come from sales, jobs and buttons of people without rights on the ledger
        self.env["loyalty.club.member"].flush_model(["merged_into_id"])
        pairs = list(dict.fromkeys(pairs))
        found = self._club_found(kind.code, pairs)
        fresh = [pair for pair in pairs if pair not in found]
        program = kind.club_id._club_program(kind.value)
        members = self.env["loyalty.club.member"].browse({member_id for member_id, _key in fresh})
        members = members.filtered(lambda member: member.state == "active" and member.club_id == kind.club_id)
        if not members or not program:
            return found
        accounts = self.env["loyalty.club.account"]._club_for_members(members, program)
        self.env["loyalty.club.entry"]._club_flush()
        self.env["loyalty.club.entry"]._club_lock(sorted(set(accounts.values())))
        at = at or fields.Datetime.now()
        amount = to_amount(kind.amount, program._club_decimals()) if amount is None else amount
        rows = self._club_judge(kind, [pair for pair in fresh if pair[0] in accounts], at, amount)
        values = {"at": at, "branch": branch, "reason": reason, "origin": origin, "by_hand": by_hand}
        self._club_post_given(kind, rows, accounts, values)
        self._club_insert_events(kind, rows, values)
        return {**found, **{(row["member"], row["key"]): row["entry"] for row in rows}}

    def _club_found(self, code, pairs):
        """{(member id, key): entry id or None} of what was noted before, also for who was merged into the member."""
        if not pairs:
            return {}
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE self(id, member) AS (
                       SELECT id, id FROM loyalty_club_member WHERE id = ANY(%(members)s)
                       UNION ALL SELECT old.id, self.member FROM self
                                   JOIN loyalty_club_member old ON old.merged_into_id = self.id)
                   SELECT self.member, event.key, event.entry_id FROM self
                     JOIN loyalty_club_event event ON event.member_id = self.id
                    WHERE event.code = %(code)s AND event.key = ANY(%(keys)s)""",
                members=list({member_id for member_id, _key in pairs}),
                code=code,
                keys=list({key for _member_id, key in pairs}),
            )
        )
        wanted = set(pairs)
        return {(member, key): entry for member, key, entry in rows if (member, key) in wanted}

    def _club_given(self, kind, member_ids, at):
        """{member id: [how often, how much as Decimal]} that was given in the cap's period around ``at``."""
        given = defaultdict(lambda: [0, Decimal(0)])
        cap = kind._club_cap()
        if cap.count is None and cap.amount is None:
            return given
        club = kind.club_id
        start, end = bounds(kind.cap_period, at, club._club_zone(), kind.calendar, club._club_week_start())
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE self(id, member) AS (
                       SELECT id, id FROM loyalty_club_member WHERE id = ANY(%s)
                       UNION ALL SELECT old.id, self.member FROM self
                                   JOIN loyalty_club_member old ON old.merged_into_id = self.id)
                   SELECT self.member, COUNT(*), SUM(event.amount)::text FROM self
                     JOIN loyalty_club_event event ON event.member_id = self.id
                    WHERE event.code = %s AND event.state = 'given' AND event.at >= %s AND event.at < %s
                 GROUP BY self.member""",
                list(member_ids),
                kind.code,
                start,
                end,
            )
        )
        given.update({member: [count, Decimal(total)] for member, count, total in rows})
        return given

    def _club_judge(self, kind, pairs, at, amount):
        """What becomes of each pair: rows with ``state``; what is given in this call counts for the next pair."""
        cap = kind._club_cap()
        given = self._club_given(kind, {member_id for member_id, _key in pairs}, at)
        rows = []
        for member_id, key in pairs:
            count, total = given[member_id]
            refusal = over_cap(cap, count, total, amount)
            if not refusal:
                given[member_id] = [count + 1, total + amount]
            rows.append(
                {
                    "member": member_id,
                    "key": key,
                    "state": refusal or "given",
                    "amount": Decimal(0) if refusal else amount,
                    "entry": None,
                }
            )
        return rows

    def _club_post_given(self, kind, rows, accounts, values):
        """Post what is given and write the entries into ``rows``."""
        given = [row for row in rows if row["state"] == "given"]
        branch_id = values["branch"].id if values["branch"] else None
        expires_at = None
        if kind.life_days:
            zone = kind.club_id._club_zone()
            expires_at = end_of_day(fields.Date.add(local_day(values["at"], zone), days=kind.life_days), zone)
        by_hand = {"by_hand": True} if values["by_hand"] else {}
        movements = [
            Movement(
                key=f"event:{row['member']}:{kind.code}:{row['key']}",
                kind="earn",
                account_id=accounts[row["member"]],
                amount=row["amount"],
                incoming=True,
                counter="issue",
                branch_id=branch_id,
                occurred_at=values["at"],
                new_lots=(NewLot(row["amount"], branch_id, None, expires_at),) if expires_at else (),
                origin=values["origin"] or ("loyalty.club.member", row["member"]),
                reason=values["reason"] or kind.name,
                details={"event": kind.code, "name": kind.name, "key": row["key"], **by_hand},
            )
            for row in given
        ]
        entries = self.env["loyalty.club.entry"]._club_post(movements)
        for row, entry_id in zip(given, entries.ids, strict=True):
            row["entry"] = entry_id
        entries._club_tell_received(reason=values["reason"], kind=kind)

    def _club_insert_events(self, kind, rows, values):
        """Note what was given and what was not. A race for one key makes the request start again."""
        if not rows:
            return
        common = (
            kind.club_id.id,
            kind.id,
            kind.code,
            values["at"],
            values["branch"].id if values["branch"] else None,
            self.env.uid,
            kind.value,
            values["reason"] or None,
        )
        self.env.cr.execute_values(
            """INSERT INTO loyalty_club_event (member_id, key, state, amount, entry_id, club_id, type_id, code, at,
                                               branch_id, user_id, value, reason)
               VALUES %s ON CONFLICT DO NOTHING""",
            [(row["member"], row["key"], row["state"], row["amount"], row["entry"], *common) for row in rows],
        )
        self.env["loyalty.club.member"].invalidate_model(["event_ids", "event_count"], flush=False)
