"""What features say has happened becomes messages, by the automations that are on. A sale never fails by it."""

import logging
from collections import defaultdict
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class LoyaltyClubMessenger(models.AbstractModel):
    _inherit = "loyalty.club.messenger"

    @api.model
    def _club_listens(self, code, club=None):
        on = self.env["loyalty.club.automation"].sudo()._club_on()
        return (code, club.id) in on if club else any(code == trigger for trigger, _club_id in on)

    @api.model
    def _club_happened(self, code, rows):
        if not rows or not self._club_listens(code):
            return
        # what the sale has to write is written before: a failure below takes nothing of it along
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                # cashiers and visitors cause messages and read none of this
                self.env["loyalty.club.automation"].sudo()._club_write_about(code, rows)
        except OperationalError:
            raise  # two at once: Odoo starts the request again
        except Exception:
            _logger.exception("Nothing is written to members about %s: %s", code, [row.get("cause") for row in rows])

    @api.model
    def _club_text(self, code, member, values, default, club=None):
        club = member.club_id if member else club
        ids = self.env["loyalty.club.automation"].sudo()._club_on().get((code, club.id)) if club else ()
        if not ids:
            return default
        try:
            # whoever asks for a code reads no templates
            template = self.env["loyalty.club.automation"].sudo().browse(ids[0]).template_id
            if not member:
                values = {"club": club.sudo().with_context(lang=self.env.lang).name, **values}
            item = ("text", template, member.id if member else False, values, self.env.lang)
            text, _lang = template._club_render_all([item])["text"]
        except OperationalError:
            raise
        except Exception:
            _logger.exception("The text for %s cannot be written", code)
            return default
        secret = values.get("code")
        return text if text and (not secret or str(secret) in text) else default


class LoyaltyClubAutomation(models.Model):
    _inherit = "loyalty.club.automation"

    def _club_write_about(self, code, rows):
        """Queue the messages about ``rows`` of ``_club_happened``; the same cause is queued once."""
        on = self._club_on()
        members = self.env["loyalty.club.member"].browse({row["member_id"] for row in rows})
        theirs = defaultdict(list)
        states = {member.id: (member.club_id.id, member.state) for member in members}
        for row in rows:
            club_id, state = states[row["member_id"]]
            if state != "left":
                theirs[club_id].append(row)
        queue = []
        for club_id, happened in theirs.items():
            for automation in self.browse(on.get((code, club_id), ())):
                queue += automation._club_rows(happened)
        if queue:
            self.env["loyalty.club.message"]._club_queue(queue)

    def _club_rows(self, happened):
        """Rows of the queue for what this automation wants of ``happened``; what is too late by now is left out."""
        self.ensure_one()
        now, plan = fields.Datetime.now(), self._club_plan()
        wanted = self._club_wanted({row["member_id"] for row in happened})
        queue = []
        for row in happened:
            not_before = (row.get("at") or now) + timedelta(hours=plan["delay"])
            not_after = not_before + timedelta(hours=plan["valid_hours"])
            if row["member_id"] not in wanted or not_after <= now:
                continue
            queue.append(
                {
                    **self._club_common(),
                    "key": f"automation:{self.id}:{row['cause']}",
                    "member_id": row["member_id"],
                    "values": self._club_row_values(row),
                    "branch_id": row.get("branch_id"),
                    "origin": row.get("origin"),
                    "not_before": max(not_before, now),
                    "not_after": not_after,
                }
            )
        return queue

    def _club_row_values(self, row):
        """What the cause says, and in which branch; that one goes before the branch where the member joined."""
        branch = self.env["loyalty.club.branch"].browse(row.get("branch_id") or ())
        return {**({"branch": branch.name} if branch else {}), **(row.get("values") or {})}

    def _club_common(self):
        """Columns that all messages of this automation have."""
        return dict(self._club_plan()["common"])

    def _club_wanted(self, member_ids):
        """Those of ``member_ids`` that fulfil the condition; no query when there is none."""
        if self._club_plan()["domain"] == "[]":
            return member_ids
        domain = self._club_domain()
        if domain.is_true():
            return member_ids
        return set(self.env["loyalty.club.member"].search(Domain("id", "in", list(member_ids)) & domain).ids)
