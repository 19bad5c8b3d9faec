"""Preparing: who gets which text is fixed in one statement; then codes and messages are made batch by batch.

Each batch is committed whole, and a member has one row here and one key in the queue. So a job that dies goes on where
it stopped, and two jobs at once wait for each other: nobody gets it twice, nobody is forgotten.
"""

import logging
from datetime import datetime

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.campaign_figures import split_shares
from ..rules.campaign_links import new_tokens

_logger = logging.getLogger(__name__)

#: Recipients between two commits.
STEP = 5_000


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    frozen_at = fields.Datetime(readonly=True, copy=False, help="Who gets it is fixed since then.")
    recipient_count = fields.Integer(string="To be sent to", readonly=True, copy=False, help="Without those held out.")

    @api.model
    def _cron_campaigns(self):
        """Start what is due, prepare what has started, close what has gone."""
        self._club_start_due()
        campaigns = self.search([("state", "=", "preparing")], order="started_at, id")
        self.env["ir.cron"]._commit_progress(remaining=len(campaigns))
        for campaign in campaigns:
            if not campaign._club_prepare_all():
                return
        self._club_close_finished()

    @api.model
    def _club_start_due(self):
        due = self.search([("state", "=", "scheduled"), ("send_at", "<=", fields.Datetime.now())])
        due.write({"state": "preparing", "started_at": fields.Datetime.now()})

    def _club_prepare_all(self):
        """Prepare until nothing is left; False when the job's time is over."""
        self.ensure_one()
        while True:
            more = self._club_prepare_safely(STEP)
            if not self.env["ir.cron"]._commit_progress(0 if more else 1):
                return False
            if not more:
                return True

    def _club_prepare_safely(self, limit):
        """A batch whose errors don't reach other campaigns; returns whether there is more to do."""
        try:
            with self.env.cr.savepoint():
                return self._club_prepare(limit)
        except SerializationFailure:  # somebody pressed a button meanwhile: look again
            self.env.cr.rollback()
            return True
        except UserError as error:
            _logger.info("Campaign %s stopped by itself: %s", self.id, error)
            self.write({"state": "stopped", "problem": str(error)})
            return False

    def _club_prepare(self, limit):
        """One batch of the work; returns whether there is more to do."""
        self.ensure_one()
        self.env.flush_all()
        # two jobs must not both take the same batch: the second waits here and starts again with what the first did
        self.env.cr.execute(
            SQL("UPDATE loyalty_club_campaign SET id = id WHERE id = %s", self.id), log_exceptions=False
        )
        self.invalidate_recordset(["state", "frozen_at"], flush=False)
        if self.state != "preparing":
            return False
        if not self.frozen_at:
            self._club_freeze()
            return True
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM loyalty_club_campaign_recipient
                    WHERE campaign_id = %s AND message_id IS NULL AND NOT control ORDER BY place LIMIT %s""",
                self.id,
                limit,
            )
        )
        ids = [recipient_id for (recipient_id,) in rows]
        if ids:
            self._club_give_tokens(ids)
            self._club_give_codes(ids)
            self._club_queue_batch(ids)
        if len(ids) < limit:
            self.state = "sending"
        return len(ids) == limit

    # -- who gets what ---------------------------------------------------------------------------------------------

    def _club_freeze(self):
        """Fix texts, links, recipients, their shares and who is held out."""
        self.variant_ids._club_freeze()
        Recipient = self.env["loyalty.club.campaign.recipient"]
        total, reachable = self._club_freeze_recipients()
        if not total:
            raise UserError(self.env._("Nobody is in the audience any more."))
        control = split_shares(reachable, self.control_percent, [1])[0]
        variants = self.variant_ids
        shares = split_shares(total - control, 0, variants.mapped("share"))[1:]
        bounds, upto = [], 0
        for variant, share in zip(variants, shares, strict=True):
            bounds.append((upto, upto + share, variant.id))
            upto += share
        cases = SQL(" ").join(
            SQL("WHEN rank > %s AND rank <= %s THEN %s", low, high, variant)
            for low, high, variant in bounds
            if high > low
        )
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_campaign_recipient r SET control = t.held,
                          variant_id = CASE WHEN t.held THEN NULL %(cases)s END
                     FROM (SELECT id, held, row_number() OVER (PARTITION BY held ORDER BY md5('text' || id)) AS rank
                             FROM (SELECT id, reachable AND row_number() OVER (
                                              PARTITION BY reachable ORDER BY md5('held' || id)) <= %(control)s AS held
                                     FROM loyalty_club_campaign_recipient WHERE campaign_id = %(campaign)s) chosen) t
                    WHERE t.id = r.id""",
                cases=cases,
                control=control,
                campaign=self.id,
            )
        )
        Recipient.invalidate_model(flush=False)
        self.write({"frozen_at": fields.Datetime.now(), "recipient_count": total - control})

    def _club_freeze_recipients(self):
        """Write down the audience in random order; returns (how many, how many of them can be reached)."""
        user = self.confirmed_by_id or self.env.user
        people = self.with_user(user)._club_people()  # what the one who confirmed it may see, and nothing else
        self.env.cr.execute(
            SQL(
                """INSERT INTO loyalty_club_campaign_recipient
                          (campaign_id, member_id, place, control, reachable, click_count, bought_count, bought_amount)
                   SELECT %(campaign)s, a.id, row_number() OVER (ORDER BY md5(a.id || ':' || %(campaign)s)),
                          FALSE, TRUE, 0, 0, 0
                     FROM (%(people)s) a ON CONFLICT (campaign_id, member_id) DO NOTHING""",
                campaign=self.id,
                people=people,
            )
        )
        total = self.env.cr.rowcount
        if self.control_percent:
            refused = list(self._club_refused(self._club_recipient_members()))
            self.env.cr.execute(
                SQL(
                    """UPDATE loyalty_club_campaign_recipient SET reachable = FALSE
                        WHERE campaign_id = %s AND member_id = ANY(%s)""",
                    self.id,
                    refused,
                )
            )
            return total, total - len(refused)
        return total, total

    def _club_people(self):
        """The audience as a query of member ids."""
        Member = self.env["loyalty.club.member"]
        return Member._search(self._club_members()).select()

    def _club_recipient_members(self):
        return SQL("SELECT member_id AS id FROM loyalty_club_campaign_recipient WHERE campaign_id = %s", self.id)

    # -- batches ---------------------------------------------------------------------------------------------------

    def _club_give_tokens(self, ids):
        """A token for the short links of each recipient in a batch."""
        if not self.variant_ids.sudo().link_ids:  # Odoo's trackers are not for marketing people
            return
        tokens = new_tokens(len(ids))
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_campaign_recipient r SET token = t.token
                     FROM unnest(%s::int[], %s::text[]) AS t(id, token)
                    WHERE t.id = r.id AND r.token IS NULL""",
                ids,
                tokens,
            )
        )

    def _club_give_codes(self, ids):
        """Hook: personal codes for a batch."""

    def _club_queue_batch(self, ids):
        """Queue the messages of a batch, text by text, and note which message is whose."""
        for variant in self.variant_ids:
            self.env["loyalty.club.message"]._club_queue_query(self._club_batch_query(variant, ids))
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_campaign_recipient r SET message_id = m.id
                     FROM loyalty_club_message m
                    WHERE r.id = ANY(%s) AND m.key = 'campaign:' || r.campaign_id || ':' || r.member_id""",
                ids,
            )
        )
        self.env["loyalty.club.campaign.recipient"].invalidate_model(["token", "message_id"], flush=False)

    def _club_batch_query(self, variant, ids):
        return SQL(
            """SELECT 'campaign:' || r.campaign_id || ':' || r.member_id AS key, %(club)s AS club_id,
                      %(company)s AS company_id, r.member_id, %(user)s AS user_id,
                      %(channel)s AS channel, %(channels)s AS channels, 'campaign' AS lane, %(purpose)s AS purpose,
                      %(template)s AS template_id, %(values)s AS "values", p.lang, %(why)s AS why,
                      r.campaign_id, r.variant_id, 'loyalty.club.campaign' AS origin_model, r.campaign_id AS origin_id,
                      %(start)s + (r.place - 1) * %(gap)s * interval '1 second' AS not_before,
                      %(until)s::timestamp AS not_after
                 FROM loyalty_club_campaign_recipient r
                 JOIN loyalty_club_member m ON m.id = r.member_id
                 JOIN res_partner p ON p.id = m.partner_id
            LEFT JOIN loyalty_card card ON card.id = r.card_id
                WHERE r.id = ANY(%(ids)s) AND r.variant_id = %(variant)s ORDER BY r.place""",
            club=self.club_id.id,
            company=self.club_id.sudo().company_id.id,
            user=self.confirmed_by_id.id or self.env.uid,
            channel=self._club_channels()[0],
            channels=",".join(self._club_channels()),
            purpose=self.purpose,
            template=variant.sent_template_id.id,
            values=self._club_values_sql(variant),
            why=self.name,
            start=max(self.send_at or datetime.min, self.started_at),
            gap=self._club_spread() / max(1, self._club_last_place()),
            until=self._club_not_after(),
            ids=ids,
            variant=variant.id,
        )

    def _club_last_place(self):
        rows = self.env.execute_query(
            SQL("SELECT max(place) FROM loyalty_club_campaign_recipient WHERE campaign_id = %s", self.id)
        )
        return rows[0][0] or 0

    def _club_values_sql(self, variant):
        """jsonb of what the text gets besides what is known of every member: the token of its links, the code."""
        values = (
            {**self._club_code_values(), "token": SQL("r.token")}
            if variant.sudo().link_ids
            else self._club_code_values()
        )
        pairs = [SQL("%s, %s", name, value) for name, value in values.items()]
        return SQL("jsonb_build_object(%s)", SQL(", ").join(pairs)) if pairs else SQL("NULL::jsonb")

    def _club_code_values(self):
        """Hook: {placeholder: SQL} of the recipient r and its coupon, card."""
        return {}
