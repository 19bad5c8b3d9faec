"""Members and what they agree to: reading, giving, withdrawing, joining, merging."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .club_consent import CHANNELS, PURPOSES, SOURCE_OF_JOINING


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    consent_ids = fields.One2many(
        comodel_name="loyalty.club.consent",
        inverse_name="member_id",
        string="Consents",
        readonly=True,
        groups="loyalty_club.group_club_officer,loyalty_club.group_club_auditor",
    )
    consent_summary = fields.Char(string="Agrees to", compute="_compute_consent_summary")
    consent_news = fields.Boolean(
        string="Agrees to news by SMS", compute="_compute_consent_sms", search="_search_consent_news"
    )
    consent_offers = fields.Boolean(
        string="Agrees to offers by SMS", compute="_compute_consent_sms", search="_search_consent_offers"
    )

    consent_obstacle = fields.Char(
        compute="_compute_consent_obstacle", help="What stops advertising although the member agrees."
    )

    @api.depends("mobile")
    def _compute_consent_obstacle(self):
        numbers = self.filtered("mobile").mapped("mobile")
        blacklisted = self.env["loyalty.club.consent"]._club_blacklisted(numbers)
        barred = (
            self.env["loyalty.club.barred"]
            .sudo()  # who reads the member reads this
            .search([("address", "in", numbers), ("lifted_at", "=", False)])
            .grouped("address")
        )
        for member in self:
            if member.mobile in blacklisted:
                member.consent_obstacle = self.env._("The number is on the phone blacklist: no advertising by SMS.")
            elif member.mobile in barred:
                lines = ", ".join(barred[member.mobile].line_id.mapped("number"))
                member.consent_obstacle = self.env._("Advertising does not reach the number from the line %s.", lines)
            else:
                member.consent_obstacle = False

    @api.depends("consent_ids")
    def _compute_consent_summary(self):
        latest = self.env["loyalty.club.consent"].sudo()._club_latest(self.ids)  # who reads the member reads this
        purposes, channels = self._club_consent_names()
        for member in self:
            given = [
                f"{purposes[purpose]} ({channels[channel]})"
                for purpose in purposes
                for channel in channels
                if latest.get((member.id, purpose, channel))
            ]
            member.consent_summary = ", ".join(given) or self.env._("no advertising")

    @api.depends("consent_ids")
    def _compute_consent_sms(self):
        latest = self.env["loyalty.club.consent"].sudo()._club_latest(self.ids, channels=["sms"])  # as above
        for member in self:
            member.consent_news = latest.get((member.id, "news", "sms"), False)
            member.consent_offers = latest.get((member.id, "offers", "sms"), False)

    def _search_consent_news(self, operator, value):
        return self._club_search_consent("news", operator, value)

    def _search_consent_offers(self, operator, value):
        return self._club_search_consent("offers", operator, value)

    def _club_search_consent(self, purpose, operator, value):
        if operator != "in":
            return NotImplemented
        given = self.env["loyalty.club.consent"]._club_given_query(purpose, "sms")
        condition = "%s IN (%s)" if True in value else "%s NOT IN (%s)"
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(condition, model._field_to_sql(alias, "id"), given),
            predicate=lambda member: member[f"consent_{purpose}"] is (True in value),
        )

    def _club_consent_names(self):
        """({purpose: name}, {channel: name}) in the user's language."""
        consent = self.env["loyalty.club.consent"]
        return tuple(dict(consent._fields[name]._description_selection(self.env)) for name in ("purpose", "channel"))

    def _club_consents(self, purpose, channel):
        """Who of these members agrees.

        :return: {member id: True given, False withdrawn, None never asked}
        """
        latest = self.env["loyalty.club.consent"]._club_latest(self.ids, [purpose], [channel])
        return {member_id: latest.get((member_id, purpose, channel)) for member_id in self.ids}

    # -- giving and withdrawing ------------------------------------------------------------------------------------

    def _club_give_consent(self, purpose, channel, source, **proof):
        """Note that these members agree. Who has agreed to the same text already gets no second row.

        :param purpose: news or offers; :param channel: sms, email, telegram or bale
        :param source: how, one of ``SOURCES``; the caller knows that it is the member who says it
        :param proof: as there is: text_id, branch_id, place, note, incoming_id, at, user_id
        :return: the rows that were added
        """
        latest = self._club_consents(purpose, channel)
        text_id = proof.get("text_id") or False
        same = self.browse()
        agreed = self.filtered(lambda member: latest[member.id])
        if agreed:
            last = agreed._club_last_texts(purpose, channel)
            same = agreed.filtered(lambda member: last.get(member.id) == text_id or not text_id)
        proof.setdefault("lang", (self.env.lang or "en_US") if text_id else False)
        return (self - same)._club_add_consents([(purpose, channel)], True, source, proof)

    def _club_withdraw_consent(self, purposes, channels, source, **proof):
        """Note that these members withdraw; also who never agreed, so that nothing older revives it.

        :param purposes: list of purposes; :param channels: list of channels
        :return: the rows that were added: none for who has withdrawn already
        """
        latest = self.env["loyalty.club.consent"]._club_latest(self.ids, purposes, channels)
        rows = self.env["loyalty.club.consent"]
        for purpose in purposes:
            for channel in channels:
                still = self.filtered(lambda m, p=purpose, c=channel: latest.get((m.id, p, c)) is not False)
                rows |= still._club_add_consents([(purpose, channel)], False, source, proof)
        return rows

    def _club_add_consents(self, what, given, source, proof):
        # rows are written by these methods only; who may call them has been checked by the callers
        return (
            self.env["loyalty.club.consent"]
            .sudo()
            .create(
                [
                    {
                        "member_id": member.id,
                        "purpose": purpose,
                        "channel": channel,
                        "given": given,
                        "source": source,
                        "user_id": self.env.uid,
                        **proof,
                    }
                    for member in self
                    for purpose, channel in what
                ]
            )
        )

    def _club_last_texts(self, purpose, channel):
        """{member id: id of the text of his last consent, or False}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (member_id) member_id, text_id FROM loyalty_club_consent
                    WHERE member_id = ANY(%s) AND purpose = %s AND channel = %s AND given
                 ORDER BY member_id, at DESC, id DESC""",
                self.ids,
                purpose,
                channel,
            )
        )
        return {member_id: text_id or False for member_id, text_id in rows}

    # -- joining and merging ---------------------------------------------------------------------------------------

    def _club_note_consents(self, consents, channel, branch_id=False):
        result = super()._club_note_consents(consents, channel, branch_id)
        Text = self.env["loyalty.club.consent.text"].sudo()  # which texts there are is no secret
        for consent in consents:
            text = Text.browse(consent.get("text_id") or ()).exists()
            if text.purpose != consent["purpose"] or text.club_id not in (self.club_id, Text.club_id):
                raise UserError(self.env._("What the customer was shown is out of date. Ask again."))
            self._club_give_consent(
                consent["purpose"],
                "sms",
                SOURCE_OF_JOINING.get(channel, "office"),
                text_id=text.id,
                branch_id=branch_id or False,
                place=consent.get("place") or False,
            )
        return result

    def _club_merge_into(self, target):
        """The latest word of the person holds, whichever of his memberships he said it with."""
        result = super()._club_merge_into(target)
        Consent = self.env["loyalty.club.consent"].sudo()  # merging has its own rights
        what = [(purpose, channel) for purpose, _name in PURPOSES for channel, _label in CHANNELS]
        for purpose, channel in what:
            rows = Consent.search(
                [("member_id", "in", (self | target).ids), ("purpose", "=", purpose), ("channel", "=", channel)],
                limit=1,
            )
            if rows and rows.member_id != target:
                values = rows.copy_data()[0]
                Consent.create({**values, "member_id": target.id, "source": "merge", "user_id": self.env.uid})
        return result
