"""What messages cost and when they will have gone: asked before the button is pressed."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.pacing import estimated_end
from ..rules.parts import SIZES, count_parts, sizes_of
from .club_gateway_line import LINE_PURPOSE

#: How far back the pace of a lane is looked at.
LOOK_BACK = timedelta(minutes=5)


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    @api.model
    def _club_price(self, club, purpose, bodies, branch=None):
        """Parts and cost of texts before they are sent.

        :param bodies: list of texts, one for each message
        :return: (parts of all, Decimal cost of all in the gateway's currency)
        """
        company = (branch or club).sudo().company_id
        line = self.env["loyalty.club.gateway"].sudo()._club_line(company, LINE_PURPOSE[purpose], branch)
        sizes, suffix = (sizes_of(line.chars_66), line.opt_out_suffix or "") if line else (SIZES, "")
        counted = {body: count_parts(body + suffix, sizes).count for body in set(bodies)}
        parts = sum(counted[body] for body in bodies)
        return parts, parts * self._club_part_cost(club.id, line)

    @api.model
    def _club_part_cost(self, club_id, line=None):
        """Decimal price of one part: of the line, or what the club's settings say."""
        if line and line.part_cost:
            return Decimal(str(line.part_cost))
        club = self.env["loyalty.club"].sudo().browse(club_id or [])
        return Decimal(str(club.message_part_cost or 0))

    @api.model
    def _club_forecast(self, club, domain):
        """When the waiting messages of ``domain`` will have gone, at the pace of the last minutes.

        :return: dict ``waiting``, ``per_minute``, ``end`` (UTC; None when nothing has gone lately)
        """
        domain = Domain("club_id", "=", club.id) & Domain(domain)
        waiting = self.search_count(domain & Domain("state", "in", ("waiting", "sending")))
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT count(*), min(called_at) FROM loyalty_club_message
                    WHERE club_id = %s AND lane = 'campaign' AND called_at > %s
                      -- all there are: so the index by line serves it
                      AND (line_id = ANY(ARRAY(SELECT id FROM loyalty_club_gateway_line)) OR line_id IS NULL)""",
                club.id,
                now - LOOK_BACK,
            )
        )
        count, since = rows[0]
        minutes = max((now - since).total_seconds() / 60, 1 / 6) if since else 1
        pace = count / minutes
        end = None if club.message_stopped else estimated_end(waiting, pace, now, *club._club_quiet_hours())
        return {"waiting": waiting, "per_minute": round(pace), "end": end}
