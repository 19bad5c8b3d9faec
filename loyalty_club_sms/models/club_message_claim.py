"""Claiming and booking: a message is marked and the mark committed before the gateway is called; the answer after."""

import json

from odoo import fields, models
from odoo.tools import SQL

from ..gateways.base import GATEWAY_REASONS
from ..rules.retry import Way, judge

#: What an answer writes, with the types of the columns.
ANSWER = {
    "state": "varchar",
    "reason": "varchar",
    "detail": "varchar",
    "not_before": "timestamp",
    "ref": "varchar",
    "parts": "int4",
    "cost": "numeric",
    "sent_at": "timestamp",
    "channel": "varchar",
    "address": "varchar",
    "gateway_id": "int4",
    "tried": "varchar",
}


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    def _club_claim(self, letters, route, worker):
        """Mark ``letters`` as being sent by ``worker``, committed; those that nobody else took and nobody stopped."""
        rows = [
            {
                "id": letter.id,
                "address": letter.address,
                "body": None if letter.secret else letter.body,
                "lang": letter.lang,
                "parts": letter.parts,
            }
            for letter in letters
        ]
        statement = SQL(
            """UPDATE loyalty_club_message m
                  SET state = 'sending', worker = %(worker)s, called_at = %(now)s, attempts = m.attempts + 1,
                      address = r.address, body = r.body, lang = r.lang, parts = r.parts, channel = %(channel)s,
                      gateway_id = %(gateway)s, line_id = %(line)s
                 FROM (SELECT given.* FROM json_to_recordset(%(rows)s)
                              AS given(id int, address varchar, body text, lang varchar, parts int)
                         JOIN loyalty_club_message w ON w.id = given.id
                        WHERE w.state = 'waiting' AND %(going)s FOR UPDATE OF w SKIP LOCKED) r
                WHERE m.id = r.id RETURNING m.id""",
            worker=worker,
            now=fields.Datetime.now(),
            channel=route.channel,
            gateway=route.gateway.id or None,
            line=route.line.id or None,
            rows=json.dumps(rows),
            going=self.env["loyalty.club.message.stop"]._club_sql("w"),
        )
        taken = {row[0] for row in self._club_try(lambda: self._club_rows(statement))}
        return [letter for letter in letters if letter.id in taken]

    def _club_rows(self, statement):
        self.env.cr.execute(statement, log_exceptions=False)  # a collision with another worker is normal
        return self.env.cr.fetchall()

    def _club_book_outcomes(self, letters, outcomes, route, worker):
        """Write down what the gateway said of each letter, committed."""
        now = fields.Datetime.now()
        said = {outcome.uuid: outcome for outcome in outcomes or ()}
        rows = [self._club_answer(letter, said.get(letter.uuid), route, now) for letter in letters]
        self._club_write_answers(rows, SQL("m.worker = %s AND m.state = 'sending'", worker))
        route.line._club_rest(max((outcome.wait for outcome in said.values()), default=0))
        blocked = [row["id"] for row in rows if row["state"] == "blocked"]
        if blocked:
            self._club_try(self.browse(blocked)._club_blocked)
        return rows

    def _club_answer(self, letter, outcome, route, now):
        """The row that an outcome makes of a letter. A gateway that does not mention one leaves it unsure."""
        state = outcome.state if outcome else "unsure"
        reason = (outcome.reason if outcome else "unanswered") or (None if state == "accepted" else "unknown")
        tried = {*(letter.tried or "").split(","), route.name} - {""}
        way = Way(
            lane=letter.lane,
            attempts=letter.attempts + 1,
            idempotent=route.idempotent,
            has_fallback=bool(route.fallback) and f"gateway:{route.fallback.id}" not in tried,
            has_channel=bool(letter.next_channel()),
            not_after=letter.not_after,
            gateway_fault=reason in GATEWAY_REASONS,
            wait=outcome.wait if outcome else 0,
        )
        verdict = judge(state, reason, way, now)
        parts = outcome.parts if outcome and outcome.parts else letter.parts
        row = {
            "id": letter.id,
            "state": verdict.state,
            "reason": reason,
            "detail": (outcome.detail or None) if outcome else None,
            "not_before": verdict.not_before or letter.not_before,
            "ref": outcome.ref if outcome else None,
            "parts": parts,
            "cost": self._club_cost(letter, outcome, parts, route),
            "sent_at": now if verdict.state == "sent" else None,
            "channel": letter.channel,
            "address": letter.address,
            "gateway_id": route.gateway.id or None,
            "tried": ",".join(sorted(tried)),
        }
        if verdict.by == "fallback":
            row["gateway_id"] = route.fallback.id
        elif verdict.state == "waiting" and verdict.by == "same" and state != "unsure":
            # it is not there: the next try begins with the gateway that the company has then
            row.update(gateway_id=None, tried=None)
        elif verdict.by == "channel":
            row.update(channel=letter.next_channel(), address=None, gateway_id=None, parts=None)
        return row

    def _club_cost(self, letter, outcome, parts, route):
        """What a message cost: what the gateway says, otherwise parts at the price of one; nothing when it did not
        go. An unsure one is counted, so that nobody is surprised by the gateway's bill."""
        if outcome and outcome.cost is not None:
            return str(outcome.cost)
        if outcome and outcome.state in ("refused", "later"):
            return "0"
        return str(self._club_part_cost(letter.club_id, route.line) * (parts or 0))

    def _club_write_answers(self, rows, condition):
        """Write ``rows`` (dicts of ``ANSWER`` and ``id``) to messages that meet ``condition`` on m, committed."""
        if not rows:
            return
        types = SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in ANSWER.items())
        columns = SQL(", ").join(SQL("%s = r.%s", SQL.identifier(name), SQL.identifier(name)) for name in ANSWER)
        statement = SQL(
            """UPDATE loyalty_club_message m
                  SET %(columns)s, worker = NULL, secret = CASE WHEN r.state = 'waiting' THEN m.secret END
                 FROM json_to_recordset(%(rows)s) AS r(id int, %(types)s)
                WHERE m.id = r.id AND %(condition)s RETURNING m.id""",
            columns=columns,
            types=types,
            rows=json.dumps(rows, default=str),
            condition=condition,
        )

        def write():
            # a crash of the database loses at most the answer: the message is then unsure, and not sent twice
            self.env.cr.execute("SET LOCAL synchronous_commit = off")
            return self._club_rows(statement)

        self._club_try(write)
