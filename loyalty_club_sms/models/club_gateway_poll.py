"""Asking gateways: what became of messages, and what people wrote to lines. A callback only makes it sooner."""

import logging
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..gateways import Status, Trouble

_logger = logging.getLogger(__name__)

#: Vendors forget messages after two or three days.
FORGET = timedelta(hours=72)
#: A message is asked for soon after it went, and then more and more seldom.
FIRST, LEAST = timedelta(seconds=20), timedelta(minutes=3)
#: A callback prompts at most one round in so much time.
PROMPT = timedelta(seconds=20)


class LoyaltyClubGateway(models.Model):
    _inherit = "loyalty.club.gateway"

    trouble = fields.Char(readonly=True, copy=False, help="What went wrong when reports were last asked for.")
    polled_at = fields.Datetime(string="Reports asked", readonly=True, copy=False)
    callback_at = fields.Datetime(string="Last callback", readonly=True, copy=False)
    callback_token = fields.Char(
        groups="base.group_system",
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: secrets.token_urlsafe(24),
    )
    callback_url = fields.Char(
        string="Callback address",
        groups="base.group_system",
        compute="_compute_callback_url",
        help="May be typed in the vendor's panel for delivery reports and incoming messages. What comes there is not "
        "believed: it only makes us ask the gateway at once.",
    )

    @api.depends("callback_token")
    def _compute_callback_url(self):
        base = self.get_base_url() if self else ""
        for gateway in self:
            token = gateway.callback_token
            gateway.callback_url = f"{base}/loyalty_club_sms/callback/{token}" if token else False

    def action_new_callback(self):
        self.check_access("write")
        for gateway in self:
            gateway.sudo().callback_token = secrets.token_urlsafe(24)  # set by this button only

    def _club_prompted(self):
        """A callback came: ask soon. Whether it was the first one for a while."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.callback_at and self.callback_at > now - PROMPT:
            return False
        self.callback_at = now
        self.env.ref("loyalty_club_sms.ir_cron_gateway_poll")._trigger()
        return True

    @api.model
    def _cron_poll(self):
        """Ask every gateway for reports and for incoming messages, until nothing is due or the time is over."""
        for gateway in self.search([("active", "=", True)]):
            troubles, done = [], True
            for ask in (gateway._club_poll_incoming, gateway._club_settle, gateway._club_poll):
                try:
                    done = ask() and done
                except Trouble as trouble:
                    # masked by the driver
                    _logger.info("Gateway %s can't be asked: %s %s", gateway.id, trouble.reason, trouble)
                    troubles.append(gateway._club_says(trouble.reason, str(trouble)))
            gateway.write({"trouble": "\n".join(troubles) or False, "polled_at": fields.Datetime.now()})
            if not self.env["ir.cron"]._commit_progress(1) or not done:
                return

    def _club_poll(self):
        """Ask for the messages that are due, a call at a time, each committed.

        :return: whether everything that was due was asked for
        """
        driver = self._club_driver()
        if not driver.can_status:
            return True
        return self._club_ask(
            lambda: self._club_due(driver.max_refs),
            lambda due: dict.fromkeys(due.mapped("ref")),
            driver.statuses,
            self._club_note,
        )

    def _club_ask(self, choose, names_of, ask, note):
        """Ask about messages, a call at a time, each committed.

        :param choose: gives the messages of the next call, none at the end
        :param names_of: what the gateway knows these messages by
        :param ask: the call, with such names; it touches no record
        :param note: writes the answer down, with the messages and what ``ask`` gave
        :return: whether everything that was due was asked for
        """
        Message = self.env["loyalty.club.message"]
        while due := choose():
            names = names_of(due)
            self.env["ir.cron"]._commit_progress(0)  # no transaction waits for the vendor
            answer = ask(names)
            Message._club_try(lambda due=due, answer=answer: self._club_note_asked(due, answer, note))
            if not self.env["ir.cron"]._commit_progress(len(due)):
                self.env["ir.cron"]._commit_progress(0, remaining=1)  # go on at once, in the next run
                return False
        return True

    def _club_note_asked(self, due, answer, note):
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_message SET polled_at = %s WHERE id = ANY(%s)",
                fields.Datetime.now(),
                list(due.ids),
            )
        )
        note(due, answer)

    def _club_due(self, limit):
        """Messages whose state is worth asking for now: the younger, the more often."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM loyalty_club_message
                    WHERE gateway_id = %(gateway)s AND ref IS NOT NULL AND state IN ('sent', 'unsure')
                      AND called_at BETWEEN %(oldest)s AND %(youngest)s
                      AND (polled_at IS NULL OR polled_at < %(prompt)s
                           OR polled_at < LEAST(%(now)s - %(least)s, %(now)s - (polled_at - called_at)))
                 ORDER BY polled_at NULLS FIRST, id LIMIT %(limit)s""",
                gateway=self.id,
                now=now,
                oldest=now - FORGET,
                youngest=now - FIRST,
                least=LEAST,
                prompt=self.callback_at or now - FORGET,
                limit=limit,
            )
        )
        return self.env["loyalty.club.message"].browse([row[0] for row in rows])

    def _club_note(self, due, statuses):
        """Write what the gateway said of messages."""
        known = {ref: status for ref, status in statuses.items() if isinstance(status, Status)}
        changed = self.env["loyalty.club.message"]._club_delivery(known, self, due)
        changed._club_tell_core()

    def _club_poll_incoming(self):
        """Read what came to the lines that receive; the same message may come again and counts once.

        :return: True, as everything was read
        """
        driver = self._club_driver()
        if not driver.can_receive:
            return True
        for number in dict.fromkeys(self.line_ids.filtered("receives").mapped("number")):
            found = driver.incoming(number)
            if found:
                self.env["loyalty.club.incoming"]._club_received(self, found)
        return True
