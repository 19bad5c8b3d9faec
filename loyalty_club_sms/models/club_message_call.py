"""Calls: messages are marked, handed over, and the answer is written down.

With a gateway that drops second copies two calls of a campaign are under way at once, so that it need not wait while
we write. The calls are made by threads that know nothing of the database; marking and writing stay where they are.
"""

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from odoo import fields, models

from ..gateways.base import Outcome, Text

_logger = logging.getLogger(__name__)

#: Calls under way at once, at most: what a gateway that begins to hang leaves unanswered.
WIDTH = 2


@dataclass(slots=True)
class Flight:
    """A call under way."""

    route: Any
    letters: list
    texts: list
    answer: Future


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    def _club_make_calls(self, run, calls):
        """Make the calls; true when the run's time is over before the last one. Some may be under way still."""
        for number, (route, letters) in enumerate(calls):
            self._club_land(run, self._club_width(run, route) - 1)
            if run.lane == "campaign":
                self._club_let_pass(run)
            if route.shut and run.lane != "code":
                run.closed.add(letters[0].road())
                continue
            self._club_make_call(run, route, letters)
            if run.is_over() and number + 1 < len(calls):
                return True
        return run.is_over()

    def _club_width(self, run, route):
        """How many calls may be under way: more than one only where it does no harm if none is answered, and only
        after the gateway has taken something."""
        many = run.lane == "campaign" and route.idempotent and route.caller and route.proven
        return WIDTH if many else 1

    def _club_make_call(self, run, route, letters):
        """Claim, call, write the outcome. Between the first and the last a dead worker leaves unsure messages."""
        self._club_count_parts(letters, route.sizes, route.suffix)
        caller = route.caller() if self._club_width(run, route) > 1 else None
        letters = self._club_claim(letters, route, run.worker)
        if not letters:
            return
        texts = [Text(letter.uuid, letter.address, letter.body) for letter in letters]
        if caller:
            run.pool = run.pool or ThreadPoolExecutor(WIDTH)
            run.flights.append(Flight(route, letters, texts, run.pool.submit(caller, texts)))
        else:
            self._club_take_down(run, route, letters, self._club_hand_over(route, texts, route.deliver, texts))

    def _club_hand_over(self, route, texts, call, *given):
        """Outcomes of one call. An error of ours is no reason to send twice: the messages are unsure."""
        try:
            return call(*given)
        except Exception as error:  # noqa: BLE001 whatever it was, the answer has to be written down
            # neither the text of the error nor its frames: a code may be in them
            _logger.error("Handing messages to %s failed: %s", route.name, type(error).__name__)
            self.env.cr.rollback()
            return [Outcome(text.uuid, "unsure", reason="error") for text in texts]

    def _club_take_down(self, run, route, letters, outcomes):
        rows = self._club_book_outcomes(letters, outcomes, route, run.worker)
        route.note(rows)
        run.again |= any(row["state"] == "waiting" and row["not_before"] <= fields.Datetime.now() for row in rows)
        run.done += len(letters)

    # -- calls under way -----------------------------------------------------------------------------------------------

    def _club_land(self, run, most=0):
        """Write down what the calls under way were answered, until at most ``most`` of them are left."""
        while len(run.flights) > most:
            wait([flight.answer for flight in run.flights], return_when=FIRST_COMPLETED)
            for flight in [flight for flight in run.flights if flight.answer.done()]:
                run.flights.remove(flight)
                outcomes = self._club_hand_over(flight.route, flight.texts, flight.answer.result)
                self._club_take_down(run, flight.route, flight.letters, outcomes)

    @contextmanager
    def _club_flights(self, run):
        """All calls of the run are answered and written down at its end, however it ends."""
        try:
            yield
        except Exception:
            if not self.env.cr.closed:
                self.env.cr.rollback()  # what was to stay is committed
            raise
        finally:
            try:
                self._club_land(run)
            finally:
                if run.pool:
                    run.pool.shutdown()
