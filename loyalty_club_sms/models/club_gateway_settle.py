"""Messages of which nobody knew whether they had gone: gateways that know them by our own number are asked."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..rules.retry import next_try

#: A request that was on its way when we stopped waiting has arrived, or never will.
SETTLED = timedelta(minutes=3)
#: What the gateway could not tell is asked for again after this.
AGAIN = timedelta(minutes=15)
#: Begins the keys of core's own SMS, which core sends again or not.
CORE = "sms.sms:"


class LoyaltyClubGateway(models.Model):
    _inherit = "loyalty.club.gateway"

    def _club_settle(self):
        """Ask for the messages that may have gone, a call at a time, each committed.

        :return: whether everything that was due was asked for
        """
        driver = self._club_driver()
        if not driver.find_within:
            return True
        return self._club_ask(
            lambda: self._club_unsettled(driver),
            lambda unsure: unsure.mapped("uuid"),
            driver.find,
            self._club_note_found,
        )

    def _club_unsettled(self, driver):
        """Unsure messages that the gateway can be asked for by our own number, as many as one call takes."""
        now = fields.Datetime.now()
        # templates that go without our number
        nameless = self.with_context(active_test=False).line_ids.filtered(lambda line: not line._club_is_idempotent())
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM loyalty_club_message
                    WHERE gateway_id = %(gateway)s AND ref IS NULL AND state = 'unsure'
                      AND called_at BETWEEN %(oldest)s AND %(youngest)s
                      AND (polled_at IS NULL OR polled_at < called_at OR polled_at < %(again)s)
                      AND (line_id IS NULL OR line_id <> ALL(%(nameless)s))
                 ORDER BY polled_at NULLS FIRST, id LIMIT %(limit)s""",
                gateway=self.id,
                oldest=now - timedelta(seconds=driver.find_within),
                youngest=now - SETTLED,
                again=now - AGAIN,
                nameless=nameless.ids,
                limit=driver.max_find,
            )
        )
        return self.env["loyalty.club.message"].browse([row[0] for row in rows])

    def _club_note_found(self, unsure, found):
        """Write what the gateway said: of what it has the reference, of what never came that it may go again."""
        unsure.invalidate_recordset(flush=False)
        here = {message: found[message.uuid] for message in unsure if found.get(message.uuid)}
        for message, one in here.items():
            message.write({"state": "sent", "reason": False, "ref": one.ref, "sent_at": message.called_at})
        told = {one.ref: one.status for one in here.values()}
        changed = self.env["loyalty.club.message"]._club_delivery(told, self, unsure)
        never = unsure.filtered(lambda message: message.uuid in found and found[message.uuid] is None)
        (changed | never._club_never_came(fields.Datetime.now()))._club_tell_core()


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    _to_settle = models.Index("(gateway_id, called_at) WHERE state = 'unsure' AND ref IS NULL")

    def _club_never_came(self, now):
        """These certainly did not go: another try if one is left, else they have failed; returns the latter."""
        failed = self.browse()
        for message in self:
            # a text that was handed over is there, but those of codes are gone with the sending
            at = message.body and not message.key.startswith(CORE) and message._club_next_try(now)
            if at:
                again = {"state": "waiting", "reason": "never_came", "not_before": at, "gateway_id": False}
                message.write({**again, "tried": False, "cost": 0})
                self._club_wake({message.lane: at}, [])
            else:
                message.write({"state": "failed", "reason": "never_came", "cost": 0})
                failed |= message
        failed.filtered("body")._club_next_channel()
        return failed

    def _club_next_try(self, now):
        return next_try(self.lane, self.attempts, now, self.not_after)
