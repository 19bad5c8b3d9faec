"""The dispatcher: one run of a lane, call by call. Codes leave with the commit, service messages overtake campaigns."""

import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .club_message_load import LOAD

_logger = logging.getLogger(__name__)

#: Seconds that one run of a job may take at least; core's scheduler calls a job ten times before it turns to others.
SLICE = 5
#: Seconds until urgent messages are looked for again when none could be sent (their line is full, their gateway hangs).
PATIENCE = 2
#: What is looked for between two calls of a campaign.
URGENT = ("code", "service")


@dataclass(slots=True)
class Run:
    """One worker's run through a lane: how far it has read, and which roads are closed for the time being."""

    lane: str
    worker: int
    ids: list | None = None
    deadline: float | None = None
    place: tuple | None = None
    closed: set = field(default_factory=set)
    done: int = 0
    again: bool = False
    #: When the run looks for urgent messages again (monotonic): what could not be sent just now is left alone a while.
    look_at: float = 0.0
    #: Calls that are being made by ``pool`` just now.
    flights: list = field(default_factory=list)
    pool: Any = None

    def is_over(self):
        return self.deadline is not None and time.monotonic() > self.deadline


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    @api.model
    def _cron_send(self, lane):
        self.sudo()._club_dispatch(lane)

    @api.model
    def _club_dispatch(self, lane, ids=None):
        """Send what is due in a lane, until nothing is left or the job's time is over. Commits as it goes.

        :param ids: only these messages
        :return: how many were handed to a gateway
        """
        end = self.env.context.get("cron_end_time")
        deadline = max(end, time.monotonic() + SLICE) if end else None
        with self._club_worker() as worker:
            run = Run(lane, worker, ids, deadline)
            self._club_try(lambda: self._club_recover(worker))
            self._club_try(lambda: self._club_drop_late(lane))
            self._club_drain(run)
        return run.done

    def _club_drain(self, run, is_job=True):
        """Send load after load. A lane that is drained for another one (``is_job`` false) reports no progress."""
        with self._club_flights(run):
            while letters := self._club_load(run) or self._club_load_again(run):
                over = self._club_make_calls(run, self._club_calls(run, letters))
                if is_job:
                    # those that were refused are done, too
                    self.env["ir.cron"]._commit_progress(len(letters), remaining=int(over or len(letters) >= LOAD))
                self.env.invalidate_all(flush=False)
                if over:
                    return
        if is_job:
            self.env["ir.cron"]._commit_progress(0, remaining=0)

    def _club_load_again(self, run):
        """At the end of the lane: what another gateway or channel shall take at once."""
        self._club_land(run)
        if not run.again:
            return []
        run.again, run.place = False, None
        return self._club_load(run)

    def _club_calls(self, run, letters):
        """Calls to make: (route, letters of one call), in the order of the letters, all texts ready."""
        roads = defaultdict(list)
        for letter in letters:
            roads[letter.road()].append(letter)
        sendable, routes, left = [], {}, {}
        for road, own in roads.items():
            route = self._club_route(own[0])
            room = left.setdefault(route.line.id or route.name, self._club_room(route, run.lane))
            if len(own) > room:
                run.closed.add(road)
                own = own[: int(room)]
            left[route.line.id or route.name] -= len(own)
            routes.update({letter.id: route for letter in own})
            sendable += own
        calls = defaultdict(list)
        for letter in self._club_prepare(sendable):
            route = routes[letter.id]
            open_calls = calls[id(route), letter.body if route.same_body else None]
            if not open_calls or len(open_calls[-1][1]) >= route.size:
                open_calls.append((route, []))
            open_calls[-1][1].append(letter)
        self.env.cr.commit()  # pylint: disable=invalid-commit; claims want to see what others did meanwhile
        return [call for open_calls in calls.values() for call in open_calls]

    def _club_let_pass(self, run):
        """Send codes and service messages that wait, before the campaign's next call."""
        if time.monotonic() < run.look_at:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT lane FROM loyalty_club_message
                    WHERE state = 'waiting' AND lane = ANY(%s) AND not_before <= %s""",
                list(URGENT),
                fields.Datetime.now(),
            )
        )
        for lane in sorted(row[0] for row in rows):  # code before service
            urgent = Run(lane, run.worker, deadline=run.deadline)
            self._club_drain(urgent, is_job=False)
            if not urgent.done:
                run.look_at = time.monotonic() + PATIENCE

    # -- waking --------------------------------------------------------------------------------------------------------

    def _club_wake(self, wake, ids):
        now = fields.Datetime.now()
        if wake.pop("code", None):
            registry = self.env.registry

            @self.env.cr.postcommit.add
            def send():
                self._club_send_at_once(registry, ids)

        jobs = {
            lane: self.env["ir.model.data"]._xmlid_to_res_id(f"loyalty_club_sms.ir_cron_message_{lane}")
            for lane in wake
        }
        # as the scheduler's own _trigger, but without reading the job: this is a part of each sale. Callers need no
        # right on the scheduler
        self.env["ir.cron.trigger"].sudo().create(
            [{"cron_id": jobs[lane], "call_at": max(at, now)} for lane, at in wake.items() if jobs[lane]]
        )
        if any(at <= now for at in wake.values()):
            self.env.cr.postcommit.add(self.env["ir.cron"]._notifydb)

    def _club_wake_all(self):
        now = fields.Datetime.now()
        self._club_wake(dict.fromkeys(("service", "campaign"), now), [])

    @staticmethod
    def _club_send_at_once(registry, ids):
        """Send codes with a cursor of their own: the request's is done. What goes wrong stays in the queue, whose job
        tries again as long as the code is good."""
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["loyalty.club.message"]._club_dispatch("code", ids=ids)
        except Exception as error:  # noqa: BLE001 the sale or log-in that asked for the code goes on
            _logger.warning("Codes were left to the job: %s", type(error).__name__)
