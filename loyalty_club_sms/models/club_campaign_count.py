"""Counting before the button: who is in the audience, who will really get it, in how many parts, at what cost.

The count asks the very questions that the queue will ask later: it says what would happen now.
"""

from collections import Counter
from fractions import Fraction

from odoo import fields, models
from odoo.tools import SQL

from ..rules.campaign_figures import split_shares
from ..rules.parts import SIZES, count_parts, sizes_of

#: Members whose texts are written to count the parts of texts that differ from one to the other.
SAMPLE = 200


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    counted_at = fields.Datetime(readonly=True, copy=False)
    audience_count = fields.Integer(string="In the audience", readonly=True, copy=False)
    reach_count = fields.Integer(string="Will get it", readonly=True, copy=False)
    held_count = fields.Integer(string="Held out for comparison", readonly=True, copy=False)
    part_count = fields.Integer(string="Parts", readonly=True, copy=False)
    cost_estimate = fields.Float(string="Cost", digits=(16, 2), readonly=True, copy=False)
    cost_unit = fields.Char(readonly=True, copy=False)
    count_exact = fields.Boolean(readonly=True, copy=False)
    refusals = fields.Json(readonly=True, copy=False)
    count_text = fields.Text(string="Why others don't", compute="_compute_count_text")
    exact_text = fields.Char(compute="_compute_count_text")

    def _compute_count_text(self):
        reasons = self.env["loyalty.club.message"]._club_reasons()
        for campaign in self:
            refusals = Counter(campaign.refusals or {})
            campaign.count_text = "\n".join(
                f"{count:,} × {reasons.get(reason, reason)}" for reason, count in refusals.most_common()
            )
            if not campaign.counted_at:
                campaign.exact_text = False
            elif campaign.count_exact:
                campaign.exact_text = self.env._("exact: the text is the same for everybody")
            else:
                asked = min(SAMPLE, campaign.reach_count + campaign.held_count)
                campaign.exact_text = self.env._("estimated from the texts of %s members", asked)

    def action_count(self):
        """Count again; a large audience takes a few seconds."""
        for campaign in self:
            campaign.check_access("write")
            campaign._club_count()

    def _club_count(self):
        self.ensure_one()
        people = self._club_people()
        total = self.env.execute_query(SQL("SELECT count(*) FROM (%s) a", people))[0][0]
        refused, by_channel = self._club_reach(people)
        reached = total - len(refused)
        held = split_shares(reached, self.control_percent, [1])[0]
        by_sms = round((reached - held) * by_channel["sms"] / max(1, reached))
        parts, exact = self._club_count_parts(people, list(refused), by_sms)
        cost, unit = self._club_cost_of(parts)
        # figures are written by counting only
        self.sudo().write(
            {
                "counted_at": fields.Datetime.now(),
                "audience_count": total,
                "reach_count": reached - held,
                "held_count": held,
                "refusals": dict(Counter(refused.values())),
                "part_count": parts,
                "count_exact": exact,
                "cost_estimate": cost,
                "cost_unit": unit,
            }
        )

    # -- who gets it -----------------------------------------------------------------------------------------------

    def _club_refused(self, people):
        """{member id: reason} of those of ``people`` (a query of member ids) who would not get it now."""
        return self._club_reach(people)[0]

    def _club_reach(self, people):
        """Who of ``people`` would not get it now, and how many would get it by which channel.

        Refused is who would be on every channel; the reason is the last channel's.

        :return: ({member id: reason}, Counter of channels)
        """
        self.ensure_one()
        self.env.flush_all()
        Consent = self.env["loyalty.club.consent"].sudo()  # those who make a campaign may know how many it reaches
        company = self.club_id.sudo().company_id
        refused = dict.fromkeys(member_id for (member_id,) in self.env.execute_query(people))
        reached = Counter()
        for channel in self._club_channels():
            members = self.env["loyalty.club.member"].browse(refused)
            refused = Consent._club_refusals_before(members, self.purpose, channel, company)
            reached[channel] += len(members) - len(refused)
        return refused, reached

    # -- parts and cost --------------------------------------------------------------------------------------------

    def _club_line(self):
        """The line of a gateway by which advertising goes; empty when there is none."""
        Gateway = self.env["loyalty.club.gateway"].sudo()  # which line it is; credentials stay with the gateway
        return Gateway._club_line(self.club_id.sudo().company_id, "advertising", None)

    def _club_line_form(self):
        """(sizes of the parts, what is added to every text) on that line."""
        line = self._club_line()
        return (sizes_of(line.chars_66), line.opt_out_suffix or "") if line else (SIZES, "")

    def _club_cost_of(self, parts):
        """(cost of so many parts, unit)"""
        line = self._club_line()
        cost = parts * self.env["loyalty.club.message"].sudo()._club_part_cost(self.club_id.id, line)
        unit = line.part_cost and line.gateway_id._club_price_unit()
        return float(cost), unit or self.currency_id.name

    def _club_count_parts(self, people, refused, reached):
        """(parts of all messages, whether that is exact) for ``reached`` people of ``people`` without ``refused``."""
        if not reached or not self.variant_ids:
            return 0, True
        sizes, suffix = self._club_line_form()
        exact = all(variant._club_is_fixed() for variant in self.variant_ids)
        groups = self._club_groups(people, refused) if exact else self._club_groups_of_sample(people, refused)
        shares = split_shares(reached, 0, self.variant_ids.mapped("share"))[1:]
        everybody = sum(weight for _members, weight in groups)
        total = Fraction(0)
        for variant, share in zip(self.variant_ids, shares, strict=True):
            sum_of_parts = Fraction(0)
            for members, weight in groups:
                texts = variant._club_texts(members).values()
                parts = sum(count_parts(text + suffix, sizes).count for text, _lang in texts)
                sum_of_parts += Fraction(parts * weight, max(1, len(texts)))
            total += share * sum_of_parts / max(1, everybody)
        # which language gets which text, or is held out, is drawn when the campaign starts
        drawn = len(groups) > 1 and (len(self.variant_ids) > 1 or everybody > reached)
        return round(total), exact and not drawn

    def _club_groups(self, people, refused):
        """One member of each language, with how many there are: enough for texts that differ by language only."""
        rows = self.env.execute_query(
            SQL(
                """SELECT min(m.id), count(*) FROM (%s) a
                     JOIN loyalty_club_member m ON m.id = a.id JOIN res_partner p ON p.id = m.partner_id
                    WHERE NOT EXISTS (SELECT FROM unnest(%s::int[]) AS r(id) WHERE r.id = a.id) GROUP BY p.lang""",
                people,
                refused,
            )
        )
        return [(self.env["loyalty.club.member"].browse(member_id), count) for member_id, count in rows]

    def _club_groups_of_sample(self, people, refused):
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM (%s) a
                    WHERE NOT EXISTS (SELECT FROM unnest(%s::int[]) AS r(id) WHERE r.id = a.id)
                 ORDER BY md5(a.id::text) LIMIT %s""",
                people,
                refused,
                SAMPLE,
            )
        )
        members = self.env["loyalty.club.member"].browse([member_id for (member_id,) in rows])
        return [(members, len(members))] if members else []
