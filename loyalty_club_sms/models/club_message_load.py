"""Reading ahead: the next messages of a lane, made ready to send. Nothing is marked yet, so nothing is lost here."""

import logging
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import datetime

from odoo import fields, models
from odoo.addons.loyalty_club.tools.sealed import unseal
from odoo.tools import SQL

from ..rules.consent import NO_ADDRESS
from ..rules.pacing import day_of, is_quiet, next_open
from ..rules.parts import count_parts
from ..rules.ways import next_way
from .club_message import ADVERTISING

_logger = logging.getLogger(__name__)

#: Messages that are made ready at a time.
LOAD = 2000


@dataclass(slots=True)
class Letter:
    """A message on its way through one run."""

    id: int
    uuid: str
    club_id: int | None
    company_id: int
    branch_id: int | None
    member_id: int | None
    channel: str
    channels: str | None
    address: str | None
    lane: str
    purpose: str
    template_id: int | None
    values: dict | None
    body: str | None
    secret: dict | None
    lang: str | None
    attempts: int
    gateway_id: int | None
    tried: str | None
    not_before: datetime
    not_after: datetime | None
    parts: int | None = None

    def place(self):
        return self.not_before, self.id

    def road(self):
        """What its way to the phone depends on."""
        return self.company_id, self.branch_id or 0, self.purpose, self.channel, self.gateway_id or 0

    def next_channel(self):
        """The channel after this one in its order, or None."""
        return next_way(self.channels, self.channel)


COLUMNS = tuple(field.name for field in fields_of(Letter) if field.name != "parts")


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    def _club_load(self, run):
        """The next letters of the run's lane, in the order in which they were due; moves the run's place."""
        now = fields.Datetime.now()
        after, after_id = run.place or (datetime.min, 0)
        query = SQL(
            """SELECT %(columns)s FROM loyalty_club_message m
                WHERE m.state = 'waiting' AND m.lane = %(lane)s AND m.not_before <= %(now)s
                  AND (m.not_before, m.id) > (%(after)s, %(after_id)s)
                  AND (m.not_after IS NULL OR m.not_after > %(now)s)
                  AND %(going)s AND %(only)s AND %(awake)s AND %(open)s
             ORDER BY m.not_before, m.id LIMIT %(limit)s""",
            columns=SQL(", ").join(SQL("m.%s", SQL.identifier(name)) for name in COLUMNS),
            lane=run.lane,
            now=now,
            after=after,
            after_id=after_id,
            going=self.env["loyalty.club.message.stop"]._club_sql("m"),
            only=SQL("m.id = ANY(%s)", run.ids) if run.ids else SQL("TRUE"),
            awake=self._club_awake_sql(run.lane, now),
            open=self._club_open_roads_sql(run.closed),
            limit=LOAD,
        )
        letters = [Letter(*row) for row in self.env.execute_query(query)]
        if letters:
            run.place = letters[-1].place()
        return letters

    def _club_awake_sql(self, lane, now):
        """Condition: the message's club has no quiet hours now. Only campaigns keep them."""
        if lane != "campaign":
            return SQL("TRUE")
        clubs = self.env["loyalty.club"].sudo().with_context(active_test=False).search([("id", "!=", False)])
        quiet = [club.id for club in clubs if is_quiet(now, *club._club_quiet())]
        return SQL("(m.club_id IS NULL OR m.club_id <> ALL(%s))", quiet) if quiet else SQL("TRUE")

    def _club_open_roads_sql(self, closed):
        """Condition: the message does not need a line that is full or a gateway that hangs."""
        if not closed:
            return SQL("TRUE")
        roads = SQL(", ").join(SQL("(%s, %s, %s, %s, %s)", *road) for road in sorted(closed))
        return SQL(
            """(m.company_id, COALESCE(m.branch_id, 0), m.purpose, m.channel, COALESCE(m.gateway_id, 0))
               NOT IN (%s)""",
            roads,
        )

    def _club_prepare(self, letters):
        """Fill in addresses and texts, and count parts.

        :return: the letters that can be sent; the others are written down as refused, or as due another day
        """
        refused = {}
        self._club_ask_consent(letters, refused)
        self._club_find_addresses(letters, refused)
        self._club_render_letters(letters, refused)
        held = self._club_over_cap([letter for letter in letters if letter.id not in refused])
        rows = [self._club_refusal(letter, *refused[letter.id]) for letter in letters if letter.id in refused]
        rows += [self._club_later(letter, held[letter.id]) for letter in letters if letter.id in held]
        self._club_write_answers(rows, SQL("m.state = 'waiting'"))
        return [letter for letter in letters if letter.id not in refused and letter.id not in held]

    def _club_ask_consent(self, letters, refused):
        """Who does not want such messages; ``refused``: {message id: (state, reason, detail)}."""
        refusals = self.env["loyalty.club.consent"]._club_refusals(self.browse([letter.id for letter in letters]))
        for message, reason in refusals.items():
            refused[message] = ("failed" if reason == NO_ADDRESS else "blocked", reason, None)

    def _club_find_addresses(self, letters, refused):
        """The addresses that members have on their channel today."""
        wanted = defaultdict(set)
        for letter in letters:
            if letter.member_id and (letter.channel != "sms" or not letter.address):
                wanted[letter.channel].add(letter.member_id)
        found = {channel: self._club_addresses(channel, ids) for channel, ids in wanted.items()}
        for letter in letters:
            if letter.member_id and letter.channel in found:
                letter.address = letter.address or found[letter.channel].get(letter.member_id)
            if not letter.address:
                refused.setdefault(letter.id, ("failed", NO_ADDRESS, None))

    def _club_render_letters(self, letters, refused):
        """Texts of templates, in each member's language, all in one call. A text that can't be written fails its
        message and no other."""
        rest = [letter for letter in letters if letter.id not in refused]
        for letter in rest:
            if letter.secret:
                secret = unseal(self.env["loyalty.club.gift"]._club_key(), letter.secret.get("sealed") or "")
                letter.body = letter.body or secret.get("body")
                letter.values = letter.values or secret.get("values")
        unwritten = [letter for letter in rest if not letter.body and letter.template_id]
        if unwritten:
            try:
                self._club_render_some(unwritten)
            except Exception:  # noqa: BLE001 whose text it was shows below
                for letter in unwritten:
                    self._club_render_one(letter, refused)
        for letter in rest:
            if not (letter.body or "").strip():
                refused.setdefault(letter.id, ("failed", "empty", None))

    def _club_render_some(self, letters):
        Template = self.env["loyalty.club.template"]
        items = [
            (letter.id, Template.browse(letter.template_id), letter.member_id, letter.values, letter.lang)
            for letter in letters
        ]
        with self.env.cr.savepoint():
            texts = Template._club_render_all(items)
        for letter in letters:
            letter.body, letter.lang = texts.get(letter.id) or (None, letter.lang)

    def _club_render_one(self, letter, refused):
        try:
            self._club_render_some([letter])
        except Exception as error:  # noqa: BLE001 it is written on the message
            _logger.info("The text of message %s could not be written: %s", letter.id, type(error).__name__)
            refused[letter.id] = ("failed", "text_error", None if letter.secret else str(error)[:300])

    def _club_over_cap(self, letters):
        """{message id: when its member may get it} for advertising beyond the club's cap for a day."""
        by_club, held, now = defaultdict(list), {}, fields.Datetime.now()
        for letter in letters:
            if letter.purpose in ADVERTISING and letter.member_id and letter.club_id:
                by_club[letter.club_id].append(letter)
        for club_id, own in by_club.items():
            club = self.env["loyalty.club"].sudo().browse(club_id)
            if not club.message_day_cap:
                continue
            start, end = day_of(now, club._club_zone())
            counts = self._club_advertised({letter.member_id for letter in own}, start)
            for letter in own:
                counts[letter.member_id] += 1
                if counts[letter.member_id] > club.message_day_cap:
                    held[letter.id] = next_open(end, *club._club_quiet())
        return held

    def _club_advertised(self, member_ids, since):
        """{member id: how much advertising went to it since the instant ``since``}"""
        rows = self.env.execute_query(
            SQL(
                """SELECT member_id, count(*) FROM loyalty_club_message
                    WHERE member_id = ANY(%s) AND purpose = ANY(%s) AND called_at >= %s
                      AND state IN ('sending', 'sent', 'delivered', 'unsure') GROUP BY member_id""",
                list(member_ids),
                list(ADVERTISING),
                since,
            )
        )
        return defaultdict(int, rows)

    def _club_refusal(self, letter, state, reason, detail):
        """The row of a letter that is not sent: refused for good, or left to its next channel."""
        row = self._club_letter_row(letter, reason=reason, detail=detail)
        channel = letter.next_channel()
        if channel and reason not in ("empty", "text_error"):
            return {**row, "state": "waiting", "channel": channel, "address": None}
        return {**row, "state": state}

    def _club_later(self, letter, at):
        """The row of a letter that is due another day, or never as it would be worth nothing then."""
        if letter.not_after and at >= letter.not_after:
            return self._club_letter_row(letter, state="cancelled", reason="late")
        return self._club_letter_row(letter, state="waiting", reason="cap", not_before=at)

    def _club_letter_row(self, letter, **answer):
        """What is in the queue of a letter already, as a row of an answer."""
        names = ("id", "not_before", "channel", "address", "gateway_id", "tried")
        return {**{name: getattr(letter, name) for name in names}, **answer}

    def _club_count_parts(self, letters, sizes, suffix=""):
        """Write the parts of each letter on it; equal texts are counted once."""
        known = {}
        for letter in letters:
            if letter.body not in known:
                known[letter.body] = count_parts(letter.body + suffix, sizes).count
            letter.parts = known[letter.body]
