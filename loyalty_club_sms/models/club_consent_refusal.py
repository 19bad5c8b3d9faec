"""Who must not be written to, and why: facts of many messages in a few queries, for the rule in ``rules/consent``."""

from odoo import api, models

from ..rules.consent import (
    Facts,
    is_advertising,
    refusal,
)


class LoyaltyClubConsent(models.Model):
    _inherit = "loyalty.club.consent"

    @api.model
    def _club_refusals(self, messages):
        """Which of these messages must not go.

        :param messages: ``loyalty.club.message``; an empty address is looked up by the message's channel
        :return: {message id: reason} of those; see ``rules.consent.REASONS``
        """
        messages = messages.sudo()  # the dispatcher's question; nothing but a code leaves
        # the dispatcher writes by SQL and asks many times in a run, in which members change, too
        messages.invalidate_recordset()
        messages.member_id.invalidate_recordset(["state", "merged_into_id", "mobile"])
        addresses = self._club_addresses(messages)
        rows = [
            {
                "id": message.id,
                "member": message.member_id,
                "address": message.address or addresses.get((message.channel, message.member_id.id)),
                "channel": message.channel,
                "lane": message.lane,
                "purpose": message.purpose,
                "company": message.company_id,
                "branch": message.branch_id,
                "line": message.line_id,
            }
            for message in messages
        ]
        return self._club_judge(rows)

    @api.model
    def _club_refusals_before(self, members, purpose, channel, company, branch=None):
        """What a campaign to ``members`` would be refused for, before anything is queued.

        :return: {member id: reason} of those who would not get it on this channel
        """
        members = members.sudo()  # for the counts of whoever makes the campaign
        addresses = self.env["loyalty.club.channel"]._club_channel(channel)._club_address(members)
        Line, Branch = self.env["loyalty.club.gateway.line"], self.env["loyalty.club.branch"]
        rows = [
            {
                "id": member.id,
                "member": member,
                "address": addresses.get(member.id),
                "channel": channel,
                "lane": "campaign",
                "purpose": purpose,
                "company": company,
                "branch": branch or Branch,
                "line": Line,
            }
            for member in members
        ]
        return self._club_judge(rows)

    def _club_addresses(self, messages):
        """{(channel, member id): address} of the messages that have none yet."""
        found = {}
        waiting = messages.filtered(lambda message: message.member_id and not message.address)
        for code, some in waiting.grouped("channel").items():
            own = self.env["loyalty.club.channel"]._club_channel(code)._club_address(some.member_id)
            found.update({(code, member_id): address for member_id, address in own.items()})
        return found

    def _club_judge(self, rows):
        """Long because it gathers each fact once for all rows: {row id: reason}."""
        member_ids = {row["member"].id for row in rows if row["member"]}
        members = self.env["loyalty.club.member"].sudo().browse(member_ids)
        members.fetch(["state", "merged_into_id"])
        advertising = [row for row in rows if is_advertising(row["lane"], row["purpose"])]
        latest = self.sudo()._club_latest(
            {row["member"].id for row in advertising if row["member"]},
            channels={row["channel"] for row in advertising},
        )
        by_sms = [row for row in advertising if row["channel"] == "sms" and row["address"]]
        blacklisted = self._club_blacklisted({row["address"] for row in by_sms})
        lines = self._club_lines_of(by_sms)
        barred = self.env["loyalty.club.barred"]._club_barred(
            {line_id for line_id in lines.values() if line_id}, {row["address"] for row in by_sms}
        )
        refused = {}
        for row in rows:
            member = row["member"]
            state = "left" if member.merged_into_id else member.state
            purpose = row["purpose"] if row["purpose"] in ("news", "offers") else "news"
            reason = refusal(
                Facts(
                    lane=row["lane"],
                    purpose=row["purpose"],
                    member=state if member else None,
                    address=bool(row["address"]),
                    consent=latest.get((member.id, purpose, row["channel"])),
                    blacklisted=row["channel"] == "sms" and row["address"] in blacklisted,
                    barred=(lines.get(row["id"]), row["address"]) in barred,
                )
            )
            if reason:
                refused[row["id"]] = reason
        return refused

    def _club_blacklisted(self, numbers):
        """Those of ``numbers`` that are on core's phone blacklist."""
        found = self.env["phone.blacklist"].sudo().search_fetch([("number", "in", list(numbers))], ["number"])
        return set(found.mapped("number"))

    def _club_lines_of(self, rows):
        """{row id: id of the line that advertising would leave by}; each company and branch is asked for once."""
        Gateway, lines, known = self.env["loyalty.club.gateway"], {}, {}
        for row in rows:
            key = (row["company"], row["branch"])
            if not row["line"] and key not in known:
                known[key] = Gateway._club_line(row["company"], "advertising", row["branch"]).id
            lines[row["id"]] = row["line"].id or known.get(key)
        return lines
