"""Who must not be written to, and why: facts of any number of messages in one query, for the rule in
``rules/consent``. Equal facts come in one row with all that share them, so the rule is asked a few times only."""

from odoo import api, models
from odoo.tools import SQL

from ..rules.consent import ADVERTISING, Facts, refusal

#: Facts of ``rows`` (id, member_id, address, channel, lane, purpose, topic, line_id, asked_for), and the ids that
#: share them.
#: ``topic``: what the member would have to agree to; NULL: nothing. ``line_id``: of advertising by SMS.
FACTS = """
    SELECT array_agg(id), lane, purpose, member, has_address, consent, blacklisted, barred, asked_for
      FROM (SELECT r.id, r.lane, r.purpose, r.asked_for, r.place IS NOT NULL AS has_address, said.given AS consent,
                   CASE WHEN r.merged_into_id IS NOT NULL THEN 'left' ELSE r.state END AS member,
                   black.id IS NOT NULL AS blacklisted, barred.id IS NOT NULL AS barred
              FROM (SELECT given.*, member.state, member.merged_into_id,
                           COALESCE(given.address, CASE WHEN given.channel = 'sms' THEN NULLIF(member.mobile, '') END)
                           AS place
                      FROM (%(rows)s) given LEFT JOIN loyalty_club_member member ON member.id = given.member_id) r
         LEFT JOIN LATERAL (SELECT COALESCE(k.given, FALSE) AS given FROM loyalty_club_consent k
                             WHERE k.member_id = r.member_id AND k.purpose = r.topic AND k.channel = r.channel
                          ORDER BY k.at DESC, k.id DESC LIMIT 1) said ON TRUE
         LEFT JOIN phone_blacklist black
                   ON black.number = r.place AND black.active AND r.channel = 'sms' AND r.topic IS NOT NULL
         LEFT JOIN loyalty_club_barred barred
                   ON barred.line_id = r.line_id AND barred.address = r.place AND barred.lifted_at IS NULL) facts
  GROUP BY lane, purpose, member, has_address, consent, blacklisted, barred, asked_for"""
#: Messages as such rows; ``others`` are addresses on other channels than SMS.
MESSAGES = """
    SELECT w.id, w.member_id, COALESCE(NULLIF(w.address, ''), others.address) AS address, w.channel, w.lane, w.purpose,
           CASE WHEN w.purpose = ANY(%(advertising)s) THEN w.purpose WHEN w.lane = 'campaign' THEN 'news' END AS topic,
           CASE WHEN w.channel = 'sms' AND (w.lane = 'campaign' OR w.purpose = ANY(%(advertising)s))
                THEN COALESCE(w.line_id, lines.line_id) END AS line_id, COALESCE(w.is_test, FALSE) AS asked_for
      FROM loyalty_club_message w
 LEFT JOIN unnest(%(ids)s::int[], %(addresses)s::text[]) AS others(id, address) ON others.id = w.id
 LEFT JOIN unnest(%(companies)s::int[], %(branches)s::int[], %(lines)s::int[]) AS lines(company_id, branch_id, line_id)
           ON lines.company_id = w.company_id AND lines.branch_id = COALESCE(w.branch_id, 0)
     WHERE w.id = ANY(%(messages)s)"""
#: Members as such rows, before anything is queued.
MEMBERS = """
    SELECT m.id, m.id AS member_id, others.address, %(channel)s::text AS channel, 'campaign' AS lane,
           %(purpose)s::text AS purpose, %(topic)s::text AS topic, %(line)s::int AS line_id, FALSE AS asked_for
      FROM unnest(%(members)s::int[]) AS m(id)
 LEFT JOIN unnest(%(ids)s::int[], %(addresses)s::text[]) AS others(id, address) ON others.id = m.id"""


class LoyaltyClubConsent(models.Model):
    _inherit = "loyalty.club.consent"

    @api.model
    def _club_refusals(self, messages):
        """Which of these messages must not go.

        :param messages: ``loyalty.club.message``; an empty address is looked up by the message's channel
        :return: {message id: reason} of those; see ``rules.consent.REASONS``
        """
        if not messages:
            return {}
        messages.flush_model()
        addresses = self._club_addresses_elsewhere(messages)
        lines = self._club_lines(messages)
        return self._club_judge(
            SQL(
                MESSAGES,
                messages=messages.ids,
                advertising=list(ADVERTISING),
                ids=list(addresses),
                addresses=list(addresses.values()),
                companies=[company for company, _branch in lines],
                branches=[branch for _company, branch in lines],
                lines=list(lines.values()),
            )
        )

    @api.model
    def _club_refusals_before(self, members, purpose, channel, company, branch=None):
        """What a campaign to ``members`` would be refused for, before anything is queued; also for very many.

        :return: {member id: reason} of those who would not get it on this channel
        """
        members = members.sudo()  # for the counts of whoever makes the campaign
        addresses, line = {}, None
        if channel == "sms":
            line = self.env["loyalty.club.gateway"]._club_line(company, "advertising", branch).id or None
        else:
            addresses = self.env["loyalty.club.channel"]._club_channel(channel)._club_address(members)
        return self._club_judge(
            SQL(
                MEMBERS,
                members=members.ids,
                channel=channel,
                purpose=purpose,
                topic=purpose if purpose in ADVERTISING else "news",
                line=line,
                ids=list(addresses),
                addresses=list(addresses.values()),
            )
        )

    def _club_judge(self, rows):
        """{id: reason} of those of ``rows`` (SQL, see ``FACTS``) that must not go."""
        for model, names in (
            ("loyalty.club.member", ["state", "merged_into_id", "mobile"]),
            ("loyalty.club.consent", ["member_id", "purpose", "channel", "given", "at"]),
            ("loyalty.club.barred", ["lifted_at"]),
            ("phone.blacklist", ["number", "active"]),
        ):
            self.env[model].flush_model(names)
        refused = {}
        for ids, lane, purpose, member, *known in self.env.execute_query(SQL(FACTS, rows=rows)):
            reason = refusal(Facts(lane, purpose, member, *known))
            if reason:
                refused.update(dict.fromkeys(ids, reason))
        return refused

    def _club_addresses_elsewhere(self, messages):
        """{message id: address} of messages that go by another channel than SMS and have no address yet."""
        rows = self.env.execute_query(
            SQL(
                """SELECT channel, id, member_id FROM loyalty_club_message
                    WHERE id = ANY(%s) AND channel <> 'sms' AND COALESCE(address, '') = '' AND member_id IS NOT NULL""",
                messages.ids,
            )
        )
        found = {}
        for channel in {row[0] for row in rows}:
            own = {message: member for code, message, member in rows if code == channel}
            members = self.env["loyalty.club.member"].sudo().browse(set(own.values()))  # the dispatcher's question
            addresses = self.env["loyalty.club.channel"]._club_channel(channel)._club_address(members)
            found.update({message: addresses[member] for message, member in own.items() if member in addresses})
        return found

    def _club_lines(self, messages):
        """{(company, branch or 0): id of the line that advertising leaves by, or None}."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT company_id, branch_id FROM loyalty_club_message WHERE id = ANY(%s)", messages.ids)
        )
        Gateway, Company = self.env["loyalty.club.gateway"], self.env["res.company"]
        Branch = self.env["loyalty.club.branch"]
        return {
            (company, branch or 0): Gateway._club_line(
                Company.browse(company), "advertising", Branch.browse(branch or [])
            ).id
            or None
            for company, branch in rows
        }

    def _club_blacklisted(self, numbers):
        """Those of ``numbers`` that are on core's phone blacklist."""
        found = self.env["phone.blacklist"].sudo().search_fetch([("number", "in", list(numbers))], ["number"])
        return set(found.mapped("number"))
